"""NanoVDB files come back as they were written, by us and by NanoVDB; what tiles cannot hold is refused."""

import shutil
import struct
import subprocess

import numpy as np
import pytest
from io_grids import TILES, scalar, vector, voxels

from sparselbm.errors import NanovdbError
from sparselbm.files.grid import GridClass, TileGrid
from sparselbm.files.grid_sampling import sample_grid
from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.files.vdb import write_vdb

needs_convert = pytest.mark.skipif(
    shutil.which("nanovdb_convert") is None,
    reason="nanovdb_convert is not installed (apt-get install libnanovdb-tools)",
)


def assert_same(found, grid):
    a, b = voxels(found), voxels(grid)
    assert a.keys() == b.keys()
    assert all(np.array_equal(a[ijk], b[ijk]) for ijk in b)
    assert (found.name, found.voxel_size, found.origin) == (grid.name, grid.voxel_size, grid.origin)
    assert (found.background, found.grid_class) == (grid.background, grid.grid_class)


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("make", [scalar, vector])
def test_what_was_written_comes_back(tmp_path, make, compress):
    for grid in (make(), make(partial=False, background=0.5), make(active=np.zeros((len(TILES), 512), bool))):
        write_nvdb(tmp_path / "a.nvdb", grid, compress=compress)
        assert_same(read_nvdb(tmp_path / "a.nvdb"), grid)


@needs_convert
@pytest.mark.parametrize("option", ["", "-z"])
def test_what_nanovdb_wrote_is_read(tmp_path, option):
    for grid in (scalar(), vector()):
        write_vdb(tmp_path / "a.vdb", [grid])
        convert = ["nanovdb_convert", "-f", *([option] if option else []), tmp_path / "a.vdb", tmp_path / "a.nvdb"]
        subprocess.run(convert, check=True, capture_output=True)
        assert_same(read_nvdb(tmp_path / "a.nvdb"), grid)


GRID_AT = 16 + 176 + len("pressure") + 1
BAD = {
    "magic": (0, b"Houdini.", "is not a NanoVDB file"),
    "version": (8, struct.pack("<I", 31 << 21), "NanoVDB version 31, but 32"),
    "grids": (12, struct.pack("<H", 2), "has 2 grids, but 1 is required"),
    "Blosc": (14, struct.pack("<H", 2), "compressed with Blosc.*write it with ZIP"),
    "type": (GRID_AT + 636, struct.pack("<I", 2), "values of NanoVDB type 2"),
    "active tiles": (GRID_AT + 672 + 48, struct.pack("<I", 3), "3 constant regions"),
    "leaves beyond": (GRID_AT + 672 + 32, struct.pack("<I", 1 << 20), "nodes of .* lie beyond"),
    "turned": (GRID_AT + 384 + 8, struct.pack("<d", 0.1), "rotated, sheared or stretched"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_cannot_be_read_is_refused(tmp_path, name):
    at, patch, words = BAD[name]
    write_nvdb(tmp_path / "a.nvdb", scalar())
    data = bytearray((tmp_path / "a.nvdb").read_bytes())
    data[at : at + len(patch)] = patch
    (tmp_path / "a.nvdb").write_bytes(data)
    with pytest.raises(NanovdbError, match=words):
        read_nvdb(tmp_path / "a.nvdb")


@pytest.mark.parametrize("compress", [False, True])
def test_files_cut_short_are_refused(tmp_path, compress):
    write_nvdb(tmp_path / "a.nvdb", scalar(), compress=compress)
    data = (tmp_path / "a.nvdb").read_bytes()
    for share in (0.0, 0.001, 0.5, 0.999):
        (tmp_path / "a.nvdb").write_bytes(data[: int(share * len(data))])
        with pytest.raises(NanovdbError, match=r"is not a NanoVDB file|truncated"):
            read_nvdb(tmp_path / "a.nvdb")


def test_samples_are_exact_at_centres_and_linear_between():
    rng = np.random.default_rng(2)
    tiles = np.array([[0, 0, 0], [0, 0, 1], [-1, 0, 0]], np.int32)
    inner = np.stack(np.unravel_index(np.arange(512), (8, 8, 8)), axis=-1)
    centres = 0.1 * (8 * tiles[:, None] + inner) + (3.0, -1.0, 0.7)
    field = (centres @ np.array([[1.0, 0.2], [2.0, -1.0], [-0.5, 3.0]])[:, [0, 1, 1]]).astype(np.float32)
    active = rng.random((3, 512)) < 0.8
    grid = TileGrid(
        name="u", tiles=tiles, values=np.where(active[..., None], field, np.nan).astype(np.float32), voxel_size=0.1,
        active=active, origin=(3.0, -1.0, 0.7), grid_class=GridClass.UNKNOWN,
    )
    at_centres = sample_grid(grid, centres.reshape(-1, 3))
    assert np.array_equal(at_centres, grid.values.reshape(-1, 3), equal_nan=True)
    whole = TileGrid(name="u", tiles=tiles, values=field, voxel_size=0.1, origin=(3.0, -1.0, 0.7))
    points = rng.uniform((2.2, -1.0, 0.7), (3.7, -0.3, 1.4), (500, 3))
    expected = points @ np.array([[1.0, 0.2], [2.0, -1.0], [-0.5, 3.0]])[:, [0, 1, 1]]
    assert sample_grid(whole, points) == pytest.approx(expected, abs=2e-6)
    assert np.isnan(sample_grid(whole, np.array([[3.0, -1.2, 0.7], [1e9, 0.0, 0.0]]))).all()
