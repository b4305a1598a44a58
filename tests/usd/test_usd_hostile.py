"""Damaged and hostile files are refused with their name, in seconds, whatever the reader raises."""

import base64
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from sparselbm.case import Case
from sparselbm.errors import CaseError, NanovdbError, RestartError, SceneError
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.files.reading import refusals, require_readable
from sparselbm.files.state_file import read_state
from sparselbm.geometry import TriangleMesh
from sparselbm.scene.images import read_image
from sparselbm.scene.usd import Scene, TransformSamples

HEAD = '#usda 1.0\n(metersPerUnit = 1\nupAxis = "Z")\n'
TETRAHEDRON = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 {z}\nf 1 3 2\nf 1 4 3\nf 1 2 4\nf 2 3 4\n"
PLY = """ply
format ascii 1.0
element vertex 3
property float x
property float y
property float z
element face 1
property list uchar int vertex_indices
end_header
0 0 0
1 0 0
0 1 0
3 0 1 {last}
"""


def gltf(last=2, uri=None):
    data = struct.pack("<9f3I", 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, last)
    uri = uri or "data:application/octet-stream;base64," + base64.b64encode(data).decode()
    return json.dumps({
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3", "min": [0, 0, 0], "max": [1, 1, 0]},
            {"bufferView": 1, "componentType": 5125, "count": 3, "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36, "byteLength": 12},
        ],
        "buffers": [{"uri": uri, "byteLength": 48}],
    })


def vtp(points, offsets="3", corners="0 1 2"):
    return f"""<VTKFile type="PolyData"><PolyData><Piece NumberOfPoints="3" NumberOfPolys="1"><Points>
<DataArray type="Float64" NumberOfComponents="3" format="ascii">{points}</DataArray></Points><Polys>
<DataArray type="Int64" Name="connectivity" format="ascii">{corners}</DataArray>
<DataArray type="Int64" Name="offsets" format="ascii">{offsets}</DataArray></Polys></Piece></PolyData></VTKFile>"""


FAR = "above the limit of 1e[+]07 m"
DAMAGED = "is damaged or not of its format"
FILES = {
    "coordinate_1e30.obj": (TETRAHEDRON.format(z="1e30"), FAR),
    "coordinate_1e308.obj": (TETRAHEDRON.format(z="1e308"), FAR),
    "coordinate_nan.obj": (TETRAHEDRON.format(z="nan"), "is .*nan"),
    "two_columns.obj": ("v 0\nv 1\nv 2\nf 1 2 3\n", DAMAGED),
    "index_beyond.ply": (PLY.format(last=9), "use points 0 to 9, but 0 to 2 is allowed"),
    "index_below.ply": (PLY.format(last=-7), "use points -7 to 1, but 0 to 2 is allowed"),
    "index_beyond.gltf": (gltf(last=9), "use points 0 to 9, but 0 to 2 is allowed"),
    "far.vtp": (vtp("0 0 0 1 0 0 0 1e30 0"), FAR),
    "index_beyond.vtp": (vtp("0 0 0 1 0 0 0 1 0", corners="0 1 9"), "use points 0 to 9"),
    "offsets_1e15.vtp": (vtp("0 0 0 1 0 0 0 1 0", offsets="1000000000000000"), "offsets of the polygons"),
    "not_utf8.usda": (b"#usda 1.0\n\xff\n", DAMAGED),
    "pointer.stl": ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "pointer of Git LFS.*git lfs pull"),
    "nested.usda": (HEAD + 'def "a" {\n' * 51_000 + "}\n" * 51_000, "nested 51,000 deep"),
    "many_copies.usda": (
        HEAD + f'def PointInstancer "P" {{\nrel prototypes = </P/C>\nint[] protoIndices = [{"0, " * 100_001}]\n'
        'def Cube "C" {\n}\n}',
        "/P: with it the scene has 100,00. prims and copies",
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_a_scene_is_refused_with_the_file_or_prim(tmp_path, name):
    content, message = FILES[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(SceneError, match=message):
        Scene.open(path)


@pytest.mark.parametrize("arc", ["references", "payload", "inherits", "specializes"])
def test_few_lines_of_a_billion_prims_and_long_chains_are_refused(tmp_path, arc):
    path, many = tmp_path / "scene.usda", HEAD + 'def Cube "L0" {\n}\n'
    for level in range(1, 10):
        children = "".join(f'def "I{k}" ({arc} = </L{level - 1}>) {{\n}}\n' for k in range(10))
        many += f'def "L{level}" {{\n{children}}}\n'
    path.write_text(many)
    with pytest.raises(SceneError, match=r"composes to [\d,]{10,} prims"):
        Scene.open(path)
    chain = tmp_path / "chain.usda"
    links = "".join(f'def "P{k}" ({arc} = </P{k + 1}>) {{\n}}\n' for k in range(2_000))
    chain.write_text(HEAD + links + 'def Cube "P2000" {\n}\n')
    with pytest.raises(SceneError, match="more than 100 prims in a row"):
        Scene.open(chain)


def test_arcs_of_a_sublayer_to_prims_above_it_are_counted(tmp_path):
    layers = [HEAD.replace("(", "(subLayers = [@below.usda@]\n", 1) + 'def Cube "L0" {\n}\n', HEAD]
    for level in range(1, 10):
        children = "".join(f'def "I{k}" (references = </L{level - 1}>) {{\n}}\n' for k in range(10))
        layers[(level + 1) % 2] += f'def "L{level}" {{\n{children}}}\n'
    for name, text in zip(("scene.usda", "below.usda"), layers, strict=True):
        (tmp_path / name).write_text(text)
    with pytest.raises(SceneError, match=r"composes to [\d,]{10,} prims"):
        Scene.open(tmp_path / "scene.usda")


CLIPS = """def Cube "Bad" (clips = {{ dictionary default = {{ asset[] assetPaths = [@{0}@]
string primPath = "/Bad"
double2[] active = [(0, 0)]
double2[] times = [(0, 0)] }} }}) {{
}}"""
TEMPLATE = """def Cube "Bad" (clips = {{ dictionary default = {{ string templateAssetPath = "{0}"
double templateStartTime = 1
double templateEndTime = 3
double templateStride = 1
string primPath = "/Bad" }} }}) {{
}}"""
NAMED = {
    "reference": 'def "Bad" (references = @{0}@</A>) {{\n}}',
    "payload": 'def "Bad" (payload = @{0}@</A>) {{\n}}',
    "variant": 'def "Bad" (variants = {{ string v = "x" }}\nprepend variantSets = "v") {{\nvariantSet "v" = {{\n"x" {{\n'
    'def "In" (references = @{0}@</A>) {{\n}}\n}}\n}}\n}}',
    "clips": CLIPS,
    "template of clips": TEMPLATE,
    "texture": 'def Cube "Bad" {{\nasset inputs:file = @{0}@\n}}',
    "textures in time": 'def Cube "Bad" {{\nasset[] files.timeSamples = {{ 1: [@{0}@] }}\n}}',
}


@pytest.mark.parametrize("way", ["relative", "absolute", "link", "linked folder", "expression"])
@pytest.mark.parametrize("kind", NAMED)
def test_local_files_only_holds_for_everything_that_a_stage_can_name(tmp_path, kind, way):
    inner = tmp_path / "inner"
    inner.mkdir()
    secret = tmp_path / "secret.usda"
    secret.write_text(HEAD + 'def Cube "A" {\n}\n')
    (inner / "link.usda").symlink_to(secret)
    (inner / "folder").symlink_to(tmp_path)
    links = {"link": "./link.usda", "linked folder": "./folder/secret.usda"}
    named = {"relative": "../secret.usda", "absolute": str(secret), "expression": '`"../secret.usda"`', **links}
    if way == "expression" and kind == "template of clips":
        pytest.skip("a template is a string, in which OpenUSD evaluates no expressions")
    path = inner / "scene.usda"
    path.write_text(HEAD + NAMED[kind].format(named[way]) + '\ndef Cube "Good" {\n}\n')
    for read in (Scene.open, Case.open):
        with pytest.raises(SceneError, match=r"outside of .*local_files_only=True"):
            read(path, local_files_only=True)


TABLES = {
    "scene": ('[scene]\nfile = "{0}/cube.stl"', "scene.file"),
    "image": ('[image]\nfile = "{0}/rock.npy"', "(scene|image).file"),
    "output": ('[scene]\nfile = "cube.stl"\n[output]\nfolder = "out"', "output.folder"),
    "model": ('[scene]\nfile = "cube.stl"\n[objective]\nkind = "{0}/mine.py:Mine"', "objective.kind"),
}


@pytest.mark.parametrize("way", ["relative", "absolute", "link"])
@pytest.mark.parametrize("kind", TABLES)
def test_local_files_only_holds_for_everything_that_a_toml_case_can_name(tmp_path, kind, way):
    inner = tmp_path / "inner"
    inner.mkdir()
    for folder in (inner, tmp_path):
        (folder / "cube.stl").write_bytes(b"")
    (inner / "link").symlink_to(tmp_path)
    (inner / "out").symlink_to(tmp_path)
    text, place = TABLES[kind]
    path = inner / "case.toml"
    path.write_text(text.format({"relative": "..", "absolute": str(tmp_path), "link": "link"}[way]))
    with pytest.raises(CaseError, match=f"{place} refers to .*outside of .*local_files_only=True"):
        Case.open(path, local_files_only=True).read_scene(local_files_only=True)


def test_local_files_only_holds_for_the_buffers_of_gltf(tmp_path):
    (tmp_path / "inner").mkdir()
    (tmp_path / "data.bin").write_bytes(struct.pack("<9f3I", 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 2))
    path = tmp_path / "inner" / "scene.gltf"
    path.write_text(gltf(uri="../data.bin"))
    assert len(Scene.open(path).bodies) == 1
    with pytest.raises(SceneError, match=r"data.bin, outside of .*local_files_only=True"):
        Scene.open(path, local_files_only=True)


@pytest.mark.parametrize("name", ["scene.usda", "body.stl", "rock.npy", "case.toml", "used.usda"])
def test_pipes_are_refused_and_not_waited_for(tmp_path, name):
    os.mkfifo(tmp_path / name)
    path = tmp_path / name
    if name == "used.usda":
        path = tmp_path / "scene.usda"
        path.write_text(HEAD + 'def "Bad" (references = @used.usda@</A>) {\n}\n')
    read = {".npy": read_image, ".toml": Case.open}.get(path.suffix, Scene.open)
    with pytest.raises((SceneError, CaseError), match=f"{name} is not a regular file"):
        read(path)


MOVED = {
    "nan": ("{ 1: (0, 0, 0), 2: (nan, 0, 0) }", "not finite or above the limit"),
    "far": ("{ 1: (0, 0, 0), 2: (1e300, 0, 0) }", "not finite or above the limit"),
    "endless": ("{ 1: (0, 0, 0), 1e300: (1, 0, 0) }", "above the limit of 200,000 samples"),
}


@pytest.mark.parametrize("name", MOVED)
def test_motions_are_checked_before_they_are_sampled(tmp_path, name):
    samples, message = MOVED[name]
    path = tmp_path / "scene.usda"
    path.write_text(
        HEAD + f'def Cube "Box" {{\ndouble3 xformOp:translate.timeSamples = {samples}\n'
        'uniform token[] xformOpOrder = ["xformOp:translate"]\n}\n'
    )
    with pytest.raises(SceneError, match=message):
        TransformSamples.of(path, "/Box")


def test_a_case_with_a_byte_order_mark_is_read(tmp_path):
    (tmp_path / "case.toml").write_bytes(b'\xef\xbb\xbf[scene]\nfile = "cube.stl"\n')
    assert Case.open(tmp_path / "case.toml").file == tmp_path / "cube.stl"


def test_a_face_that_is_there_twice_counts_once(tmp_path):
    (tmp_path / "twice.obj").write_text(TETRAHEDRON.format(z=1) + "f 2 3 4\nf 3 4 2\n")
    (body,) = Scene.open(tmp_path / "twice.obj").bodies
    assert len(body.mesh.faces) == 4
    assert body.mesh.volume == pytest.approx(1.0 / 6.0)
    (tmp_path / "sheet.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\nf 1 3 2\n")
    assert len(Scene.open(tmp_path / "sheet.obj").bodies[0].mesh.faces) == 2, "the other side of a sheet is another face"


@pytest.mark.parametrize("kind", [IndexError, OverflowError, struct.error, RecursionError, MemoryError, AssertionError, OSError])
@pytest.mark.parametrize("error", [SceneError, CaseError, NanovdbError, RestartError])
def test_whatever_a_reader_raises_becomes_a_refusal_that_names_the_file(error, kind):
    with pytest.raises(error, match=r"file\.xyz .*write it again"), refusals("file.xyz", error):
        raise kind("bad")
    with pytest.raises(SceneError, match=r"^as it is$"), refusals("file.xyz", error):
        raise SceneError("as it is")
    with pytest.raises(FileNotFoundError), refusals("file.xyz", error):
        Path("nothing.xyz").read_bytes()


@pytest.mark.parametrize(("read", "error"), [(read_nvdb, NanovdbError), (read_state, RestartError)])
def test_other_readers_refuse_what_is_not_theirs(tmp_path, read, error):
    for content in (b"", b"PK\x03\x04", b"NanoVDB0" + 500 * b"\xff", np.random.default_rng(1).bytes(2_000)):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(error, match="file"):
            read(tmp_path / "file")


def test_missing_files_are_left_to_those_who_read_them(tmp_path):
    require_readable(tmp_path / "nothing", SceneError)
    with pytest.raises(SceneError, match="not a regular file"):
        require_readable(tmp_path, SceneError)


def test_a_mesh_without_unit_far_away_is_near_in_its_own_unit(tmp_path):
    path = tmp_path / "far.obj"
    path.write_text(TETRAHEDRON.format(z="2e7"))
    with pytest.raises(SceneError, match=FAR):
        Scene.open(path)
    (body,) = Scene.open(path, metres_per_unit=0.001).bodies
    assert isinstance(body.mesh, TriangleMesh)
