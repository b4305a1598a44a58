"""Crate files that state more than they contain are refused before OpenUSD reads them; others pass."""

import struct
from pathlib import Path

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, Vt

from sparselbm.errors import SceneError
from sparselbm.scene.usd import Scene
from sparselbm.scene.usd.crate import require_sound
from sparselbm.scene.usd.crate_values import CrateFault
from sparselbm.scene.usd.lz4 import integers, unpacked

ASSETS = Path(__file__).parents[2] / "assets"


@pytest.fixture(scope="module")
def crate(tmp_path_factory):
    """Contents of a crate with arrays of several types, time samples, dictionaries, references and list operations."""
    path = tmp_path_factory.mktemp("crate") / "scene.usdc"
    stage = Usd.Stage.CreateNew(str(path))
    mesh = UsdGeom.Mesh.Define(stage, "/Mesh")
    mesh.CreatePointsAttr([(x, y, 0) for x in range(8) for y in range(8)])
    mesh.CreateFaceVertexCountsAttr([3] * 40)
    mesh.CreateFaceVertexIndicesAttr([k % 64 for k in range(120)])
    mesh.AddTranslateOp().Set(Gf.Vec3d(1, 0, 0), 1.0)
    mesh.GetPrim().SetCustomDataByKey("a:b", Vt.IntArray(range(40)))
    mesh.GetPrim().CreateRelationship("to").SetTargets(["/A", "/B"])
    stage.DefinePrim("/B").GetReferences().AddReference("other.usda", "/C", Sdf.LayerOffset(1.0))
    stage.GetRootLayer().Save()
    return path.read_bytes()


def test_every_whole_crate_is_sound(crate, tmp_path):
    for source in sorted(ASSETS.glob("*.usda")):
        Sdf.Layer.FindOrOpen(str(source)).Export(str(tmp_path / f"{source.stem}.usdc"))
        require_sound(tmp_path / f"{source.stem}.usdc")
    (tmp_path / "own.usdc").write_bytes(crate)
    require_sound(tmp_path / "own.usdc")
    (tmp_path / "empty.usdz").write_bytes(b"")
    require_sound(tmp_path / "empty.usdz")


def _lengths(data):
    """Places of the numbers of 8 bytes that stand before arrays and in front of sections."""
    (contents,) = struct.unpack_from("<q", data, 16)
    places = [struct.unpack_from("<16sqq", data, contents + 8 + 32 * k)[1] for k in range(6)]
    counts = {64, 40, 120, 2}
    return places + [at for at in range(88, min(places), 1) if struct.unpack_from("<Q", data, at)[0] in counts]


def test_no_length_can_be_raised_beyond_the_file(crate, tmp_path):
    """OpenUSD takes gigabytes for most of them, and then refuses the file; each is refused in milliseconds here."""
    refused = 0
    for at in _lengths(crate):
        changed = bytearray(crate)
        struct.pack_into("<Q", changed, at, 1 << 33)
        (tmp_path / "changed.usdc").write_bytes(changed)
        refused += _is_refused(tmp_path / "changed.usdc")
    assert refused > 10


def _is_refused(path):
    try:
        require_sound(path)
    except SceneError:
        return True
    return False


def test_a_type_of_spec_that_does_not_exist_is_refused(crate, tmp_path):
    """OpenUSD 26.11 ends the process."""
    (contents,) = struct.unpack_from("<q", crate, 16)
    name, place, size = struct.unpack_from("<16sqq", crate, contents + 8 + 32 * 5)
    assert name.startswith(b"SPECS")
    refused = 0
    for at in range(place + 8, place + size):
        changed = bytearray(crate)
        changed[at] ^= 0x80
        (tmp_path / "changed.usdc").write_bytes(changed)
        refused += _is_refused(tmp_path / "changed.usdc")
    assert refused > 0.5 * size


def test_lz4_blocks_and_integers_are_unpacked_as_openusd_packs_them():
    assert unpacked(b"\0\x30abc", 3) == b"abc"
    assert unpacked(b"\0\x32abc\x03\0\x10d", 10) == b"abcabcabcd"
    assert unpacked(b"\0\x1fa\x01\0\x05\x10b", 26) == b"a" * 25 + b"b"
    coded = struct.pack("<iBbh", 5, 0b00_10_01_00, -3, 1_000)
    found = integers(b"\0" + bytes([len(coded) << 4]) + coded, 4)
    assert found.tolist() == np.cumsum([5, -3, 1_000, 5]).tolist()
    for damaged in (b"\0\x32abc\x09\0\x10d", b"\0\x30ab", b"", b"\x02\x01"):
        with pytest.raises(CrateFault):
            unpacked(damaged, 10)


def test_a_damaged_crate_is_refused_wherever_it_is_used(crate, tmp_path):
    changed = bytearray(crate)
    struct.pack_into("<Q", changed, _lengths(crate)[4], 1 << 33)
    (tmp_path / "bad.usdc").write_bytes(changed)
    for arc in ("references", "payload", "prepend references"):
        (tmp_path / "scene.usda").write_text(f'#usda 1.0\ndef "A" ({arc} = @bad.usdc@</Mesh>) {{\n}}\n')
        with pytest.raises(SceneError, match=r"bad.usdc is damaged or not of its format"):
            Scene.open(tmp_path / "scene.usda")
    (tmp_path / "scene.usda").write_text("#usda 1.0\n(subLayers = [@bad.usdc@])\n")
    with pytest.raises(SceneError, match=r"bad.usdc is damaged or not of its format"):
        Scene.open(tmp_path / "scene.usda")
