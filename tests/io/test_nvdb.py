"""NanoVDB files, read back by Warp, and compared byte by byte with NanoVDB's own where its tools are."""

import shutil
import struct
import subprocess
import tracemalloc

import numpy as np
import pytest
from io_grids import TILES, scalar, vector, voxels

from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.vdb import write_vdb

needs_convert = pytest.mark.skipif(
    shutil.which("nanovdb_convert") is None,
    reason="nanovdb_convert is not installed (apt-get install libnanovdb-tools)",
)
GRIDS = {
    "scalar": scalar,
    "vector": vector,
    "scalar, all active": lambda: scalar(partial=False),
    "vector, all active": lambda: vector(partial=False),
}


@pytest.fixture(params=GRIDS)
def grid(request):
    return GRIDS[request.param]()


@pytest.mark.parametrize("compress", [False, True])
def test_warp_reads_the_values_back(tmp_path, grid, compress):
    import warp as wp

    write_nvdb(tmp_path / "a.nvdb", grid, compress=compress)
    with open(tmp_path / "a.nvdb", "rb") as file:
        volume = wp.Volume.load_from_nvdb(file, device="cpu")
    assert volume.get_grid_info().name == grid.name
    assert volume.get_voxel_size() == pytest.approx((0.25, 0.25, 0.25))
    assert np.array(volume.get_grid_info().translation) == pytest.approx([1.0, 2.0, -3.0])
    assert {tuple(tile) for tile in volume.get_tiles().numpy()} == {tuple(tile) for tile in 8 * TILES}
    found, expected = looked_up(volume, grid), voxels(grid)
    assert all(np.array_equal(found[ijk], expected[ijk]) for ijk in expected)
    inactive = found.keys() - expected.keys()
    assert len(inactive) == np.count_nonzero(~grid.mask)
    assert all(not found[ijk].any() for ijk in inactive)


def looked_up(volume, grid):
    """{(i, j, k): value} of every voxel of the tiles, as Warp's kernels see them."""
    import warp as wp

    n = np.arange(512)
    within = np.stack([n >> 6, n >> 3 & 7, n & 7], axis=1)
    places = (8 * grid.tiles[:, None] + within).reshape(-1, 3).astype(np.int32)
    values = np.zeros((len(places), grid.components), np.float32)
    where = wp.array(places, dtype=wp.vec3i, device="cpu")
    out = wp.zeros(len(places), dtype=wp.float32 if grid.components == 1 else wp.vec3, device="cpu")
    kernel = read_scalars if grid.components == 1 else read_vectors
    wp.launch(kernel(), dim=len(places), inputs=[volume.id, where, out], device="cpu")
    values[:] = out.numpy().reshape(values.shape)
    return dict(zip(map(tuple, places.tolist()), values))


def read_scalars():
    import warp as wp

    @wp.kernel
    def read_scalar(volume: wp.uint64, places: wp.array(dtype=wp.vec3i), out: wp.array(dtype=float)):
        i = wp.tid()
        out[i] = wp.volume_lookup_f(volume, places[i][0], places[i][1], places[i][2])

    return read_scalar


def read_vectors():
    import warp as wp

    @wp.kernel
    def read_vector(volume: wp.uint64, places: wp.array(dtype=wp.vec3i), out: wp.array(dtype=wp.vec3)):
        i = wp.tid()
        out[i] = wp.volume_lookup_v(volume, places[i][0], places[i][1], places[i][2])

    return read_vector


def test_sampling_in_world_space_is_exact_for_a_linear_field(tmp_path):
    """The origin is the centre of voxel (0, 0, 0): a linear field in metres is met between the voxels too."""
    import warp as wp

    n = np.arange(512)
    index = 8 * np.array([[0, 0, 0], [1, 0, 0]])[:, None] + np.stack([n >> 6, n >> 3 & 7, n & 7], axis=1)
    world = 0.25 * index + (1.0, 2.0, -3.0)
    field = (world @ (1.0, -2.0, 0.5)).astype(np.float32)
    write_nvdb(
        tmp_path / "a.nvdb",
        scalar(tiles=np.array([[0, 0, 0], [1, 0, 0]], np.int32), values=field, active=None),
    )
    with open(tmp_path / "a.nvdb", "rb") as file:
        volume = wp.Volume.load_from_nvdb(file, device="cpu")
    points = np.random.default_rng(0).uniform((1, 2, -3), (1 + 15 * 0.25, 2 + 7 * 0.25, -3 + 7 * 0.25), (50, 3))
    out = wp.zeros(50, dtype=float, device="cpu")
    where = wp.array(points.astype(np.float32), dtype=wp.vec3, device="cpu")
    wp.launch(sampler(), dim=50, inputs=[volume.id, where, out], device="cpu")
    assert out.numpy() == pytest.approx(points @ (1.0, -2.0, 0.5), abs=1e-4)


def sampler():
    import warp as wp

    @wp.kernel
    def sample(volume: wp.uint64, points: wp.array(dtype=wp.vec3), out: wp.array(dtype=float)):
        i = wp.tid()
        place = wp.volume_world_to_index(volume, points[i])
        out[i] = wp.volume_sample_f(volume, place, wp.Volume.LINEAR)

    return sample


def test_header_names_boxes_and_counts(tmp_path, grid):
    write_nvdb(tmp_path / "a.nvdb", grid)
    data = (tmp_path / "a.nvdb").read_bytes()
    low, high = grid.index_bounds()
    assert struct.unpack_from("<6i", data, 16 + 88) == (*low, *high)
    box = np.array(struct.unpack_from("<6d", data, 16 + 40)).reshape(2, 3)
    assert box == pytest.approx(np.stack([low, high + 1]) * 0.25 + (1.0, 2.0, -3.0))
    size, nodes = struct.unpack_from("<I4I", data, 16 + 136)[0], struct.unpack_from("<4I", data, 16 + 140)
    assert nodes == (7, 5, 4, 1)
    assert data[192 : 192 + size] == grid.name.encode() + b"\0"
    assert struct.unpack_from("<Q", data, 16 + 24)[0] == np.count_nonzero(grid.mask)


def test_statistics_of_the_root(tmp_path):
    grid = scalar()
    write_nvdb(tmp_path / "a.nvdb", grid)
    data = (tmp_path / "a.nvdb").read_bytes()
    root = 192 + len(grid.name) + 1 + 672 + 64
    active = grid.values[grid.mask].astype(float)
    expected = [active.min(), active.max(), active.mean(), active.std()]
    assert struct.unpack_from("<4f", data, root + 32) == pytest.approx(expected, rel=1e-6)


def test_grid_with_nothing_active_is_read(tmp_path):
    import warp as wp

    write_nvdb(tmp_path / "a.nvdb", scalar(active=np.zeros((len(TILES), 512), bool)))
    with open(tmp_path / "a.nvdb", "rb") as file:
        assert wp.Volume.load_from_nvdb(file, device="cpu").get_tile_count() == len(TILES)


def test_long_name_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"300 bytes.*255.*shorten"):
        write_nvdb(tmp_path / "a.nvdb", scalar(name="x" * 300))


@pytest.mark.parametrize("compress", [False, True])
def test_memory_stays_below_three_times_the_data(tmp_path, compress):
    """880,000 vectors, made and checked by then: what writing adds is at most twice their size."""
    ticks = np.arange(12, dtype=np.int32)
    tiles = np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 3)
    values = np.tile(np.random.default_rng(0).standard_normal((512, 3)).astype(np.float32), (1728, 1, 1))
    grid = vector(tiles=tiles, values=values, active=None)
    for write in (write_nvdb, lambda path, grid, compress: write_vdb(path, [grid], compress=compress)):
        tracemalloc.start()
        write(tmp_path / "a", grid, compress=compress)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2.0 * values.nbytes


@needs_convert
def test_file_is_that_of_nanovdb_to_the_byte(tmp_path, grid):
    """OpenVDB's own converter makes the same file of our .vdb, and finds no fault with ours."""
    write_vdb(tmp_path / "a.vdb", [grid])
    write_nvdb(tmp_path / "a.nvdb", grid)
    convert = [
        "nanovdb_convert",
        "--checksum",
        "partial",
        "--stats",
        "all",
        tmp_path / "a.vdb",
        tmp_path / "b.nvdb",
    ]
    subprocess.run(convert, check=True, capture_output=True)
    ours, theirs = (np.frombuffer((tmp_path / name).read_bytes(), np.uint8) for name in ("a.nvdb", "b.nvdb"))
    assert len(ours) == len(theirs)
    differing = np.flatnonzero(ours != theirs)
    assert len(differing) == 0
    said = subprocess.run(["nanovdb_validate", "-v", tmp_path / "a.nvdb"], capture_output=True, text=True, check=True)
    assert f'Grid named "{grid.name}": passed' in said.stdout
