"""OpenVDB files, read back by a reader of their own and by OpenVDB's tools where these are installed."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from io_grids import TILES, scalar, vector, voxels
from io_vdb_reader import begin, read_vdb

from sparselbm.files.vdb import write_vdb

SYSTEM_PYTHON = "/usr/bin/python3"
"""Where Debian's python3-openvdb lives."""


def has_openvdb():
    if not Path(SYSTEM_PYTHON).exists():
        return False
    return subprocess.run([SYSTEM_PYTHON, "-c", "import pyopenvdb"], capture_output=True).returncode == 0


needs_openvdb = pytest.mark.skipif(
    not has_openvdb(), reason="python3-openvdb is not installed (apt-get install python3-openvdb)"
)
needs_vdb_print = pytest.mark.skipif(
    shutil.which("vdb_print") is None, reason="vdb_print is not installed (apt-get install libopenvdb-tools)"
)


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("partial", [False, True])
def test_values_come_back(tmp_path, compress, partial):
    grids = [scalar(partial), vector(partial)]
    write_vdb(tmp_path / "a.vdb", grids, compress=compress)
    found = read_vdb(tmp_path / "a.vdb")
    assert list(found) == ["pressure", "velocity"]
    for grid in grids:
        expected, values = voxels(grid), found[grid.name][2]
        assert values.keys() == expected.keys()
        assert all(np.array_equal(values[ijk], expected[ijk]) for ijk in expected)


def test_a_file_has_metadata_and_the_same_bytes_for_the_same_contents(tmp_path):
    for name, number in (("a", 0.1), ("b", 0.1), ("c", 0.2)):
        write_vdb(tmp_path / f"{name}.vdb", [scalar()], metadata={"reynolds_number": number, "units": "pressure: Pa"})
    assert begin(tmp_path / "a.vdb")[1] == {"creator": "sparselbm", "reynolds_number": (0.1,), "units": "pressure: Pa"}
    a, b, c = ((tmp_path / f"{name}.vdb").read_bytes() for name in "abc")
    assert a == b
    assert a[21:57] != c[21:57], "other contents, another identifier"


@pytest.mark.parametrize("compress", [False, True])
def test_halves_are_the_nearest_ones(tmp_path, compress):
    grids = [scalar(background=0.1), vector()]
    write_vdb(tmp_path / "a.vdb", grids, compress=compress, half=True)
    for grid in grids:
        metadata, _, values, background = read_vdb(tmp_path / "a.vdb")[grid.name]
        expected = voxels(grid)
        assert metadata["is_saved_as_half_float"] == (True,)
        assert values.keys() == expected.keys()
        assert all(
            np.abs(values[ijk] - expected[ijk]).max() <= 2.0**-11 * np.abs(expected[ijk]).max() for ijk in expected
        )
        assert np.all(background == np.float32(np.float16(grid.background)))


def test_what_halves_cannot_hold_is_refused(tmp_path):
    grid = scalar()
    values = grid.values.copy()
    values[~grid.mask] = 1e6
    write_vdb(tmp_path / "a.vdb", [scalar(values=values)], half=True)
    values[0, 0] = -65600.0
    with pytest.raises(
        ValueError, match="'pressure' has a value of size 65600, above the fp16 limit 65504: pass half=False"
    ):
        write_vdb(tmp_path / "b.vdb", [scalar(values=values)], half=True)
    assert not (tmp_path / "b.vdb").exists()


def test_repeated_values_are_deflated(tmp_path):
    grid = scalar(values=np.ones((len(TILES), 512), np.float32))
    write_vdb(tmp_path / "plain.vdb", [grid], compress=False)
    write_vdb(tmp_path / "zip.vdb", [grid], compress=True)
    values = read_vdb(tmp_path / "zip.vdb")["pressure"][2]
    assert set(np.concatenate(list(values.values()))) == {1.0}
    assert (tmp_path / "plain.vdb").stat().st_size - (tmp_path / "zip.vdb").stat().st_size > 4000


def test_metadata_and_transform(tmp_path):
    write_vdb(tmp_path / "a.vdb", [scalar(background=0.5)])
    metadata, transform, values, background = read_vdb(tmp_path / "a.vdb")["pressure"]
    assert (metadata["name"], metadata["class"]) == ("pressure", "fog volume")
    assert metadata["file_bbox_min"] == tuple(np.min(list(values), axis=0))
    assert metadata["file_bbox_max"] == tuple(np.max(list(values), axis=0))
    assert metadata["file_voxel_count"] == (len(values),)
    assert transform[0].tolist() == [1.0, 2.0, -3.0]
    assert transform[1:, 0].tolist() == [0.25, 0.25, 4.0, 16.0, 2.0]
    assert background == 0.5


@pytest.mark.parametrize("names", [[], ["a", "a"]])
def test_names_are_refused(tmp_path, names):
    with pytest.raises(ValueError, match="a different name"):
        write_vdb(tmp_path / "a.vdb", [scalar(name=name) for name in names])
    assert list(tmp_path.iterdir()) == []


BAD = [
    ({"name": ""}, "empty name"),
    ({"tiles": TILES[:0], "values": np.zeros((0, 512), np.float32), "active": None}, "no tile"),
    ({"tiles": TILES.astype(float)}, "integers"),
    ({"tiles": np.repeat(TILES[:1], len(TILES), axis=0)}, "6 tiles .* are duplicates"),
    ({"tiles": TILES + 2**28}, "limit is 268435455"),
    ({"values": np.zeros((len(TILES), 512))}, "pass float32"),
    ({"values": np.zeros((len(TILES), 511), np.float32)}, "pass float32"),
    ({"active": np.ones((len(TILES), 512), np.uint8)}, "pass bool"),
    ({"values": np.full((len(TILES), 512), np.nan, np.float32)}, "not finite"),
    ({"voxel_size": 0.0}, "voxel_size"),
]


@pytest.mark.parametrize(("change", "word"), BAD)
def test_bad_grids_are_refused(change, word):
    with pytest.raises(ValueError, match=word):
        scalar(**change)


def test_what_is_not_finite_may_be_inactive(tmp_path):
    grid = scalar()
    values = np.where(grid.mask, grid.values, np.float32(np.nan))
    write_vdb(tmp_path / "a.vdb", [scalar(values=values)])


@needs_vdb_print
@pytest.mark.parametrize("compress", [False, True])
def test_openvdb_reads_the_same(tmp_path, compress):
    grids = [scalar(), vector(partial=False)]
    write_vdb(tmp_path / "a.vdb", grids, compress=compress)
    said = subprocess.run(["vdb_print", "-l", tmp_path / "a.vdb"], capture_output=True, text=True, check=True)
    assert said.stderr == ""
    for grid, part in zip(grids, said.stdout.split("Name: ")[1:]):
        low, high = (bound.tolist() for bound in grid.index_bounds())
        assert f"Bounding box of active voxels: {low} -> {high}" in part
        assert f"Number of active voxels:       {grid.mask.sum():,}" in part
        assert "[1, 2, -3, 1]" in part
    numbers = re.findall(r"M(?:in|ax) value: (\S+)", said.stdout)[:2]
    active = grids[0].values[grids[0].mask]
    assert [float(each) for each in numbers] == pytest.approx([active.min(), active.max()], rel=1e-5)


DUMP = """
import json, sys
import pyopenvdb
grids, _ = pyopenvdb.readAll(sys.argv[1])
print(json.dumps({
    grid.name: {
        "class": grid.gridClass, "half": grid.saveFloatAsHalf, "origin": grid.transform.indexToWorld((0, 0, 0)),
        "step": grid.transform.indexToWorld((1, 2, 3)), "background": grid.background,
        "values": [[item.min, item.value] for item in grid.iterOnValues() if item.min == item.max],
        "active": grid.activeVoxelCount(),
    }
    for grid in grids
}))
"""


@needs_openvdb
@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("compress", [False, True])
def test_openvdb_agrees_value_by_value(tmp_path, compress, half):
    active = scalar().mask.copy()
    active[2] = False  # A tile without a value.
    grids = [scalar(background=0.5, active=active), vector()]
    write_vdb(tmp_path / "a.vdb", grids, compress=compress, half=half)
    said = subprocess.run([SYSTEM_PYTHON, "-c", DUMP, tmp_path / "a.vdb"], capture_output=True, text=True, check=True)
    found = json.loads(said.stdout)
    assert list(found) == ["pressure", "velocity"]
    for grid in grids:
        there, expected = found[grid.name], voxels(grid)
        stored = {
            ijk: value.astype(np.float16 if half else np.float32).astype(np.float32) for ijk, value in expected.items()
        }
        assert (there["class"], there["half"], there["active"]) == (grid.grid_class.text, half, len(expected))
        assert (there["origin"], there["step"]) == ([1.0, 2.0, -3.0], [1.25, 2.5, -2.25])
        assert np.all(np.array(there["background"]) == grid.background)
        values = {tuple(ijk): np.float32(value) for ijk, value in there["values"]}
        assert values.keys() == stored.keys()
        assert all(np.array_equal(np.atleast_1d(values[ijk]), stored[ijk]) for ijk in stored)
