"""Domains: NanoVDB's order of cells, neighbours, blocked links, fields on the box, refusals."""

import itertools

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import DomainError
from sparselbm.grid.blocked_links import blocked_links
from sparselbm.grid.build import box
from sparselbm.grid.domain import build_domain
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX


@wp.kernel
def look_up(volume: wp.uint64, points: wp.array(dtype=wp.vec3i), index: wp.array(dtype=wp.int32)):
    p = points[wp.tid()]
    index[wp.tid()] = wp.volume_lookup_index(volume, p[0], p[1], p[2])


def scattered(shape, keep, device, periodic):
    """A domain of some of the tiles of a box, all of their cells fluid."""
    d = len(shape)
    tiles = np.array(list(itertools.product(*[range(n // 8) for n in shape])), dtype=np.int32)
    tiles = tiles[np.random.default_rng(0).random(len(tiles)) < keep]
    tiles = np.pad(tiles, [(0, 0), (0, 3 - d)])
    return build_domain(
        shape=shape, voxel_size=0.5, origin=(1.0, 2.0, 3.0), periodic=periodic, tiles=tiles,
        fluid=lambda index: np.ones(index.shape[:-1], dtype=bool), device=device,
    )


SHAPES = pytest.mark.parametrize("shape", [(40, 24), (32, 24, 16)], ids=["2D", "3D"])


@SHAPES
def test_cells_have_the_order_of_the_volume(shape, device):
    """The volume's own index addresses every field: cell n of the domain has index n (2D: 8 n, the plane k = 0)."""
    domain = scattered(shape, 0.6, device, (False,) * len(shape))
    cells = domain.cell_indices().reshape(-1, domain.dimension)
    points = np.pad(cells, [(0, 0), (0, 3 - domain.dimension)])
    index = wp.empty(len(cells), dtype=wp.int32, device=device)
    wp.launch(
        look_up,
        len(cells),
        [domain.volume.id, wp.array(points, dtype=wp.vec3i, device=device), index],
        device=device,
    )
    stride = 1 if domain.dimension == 3 else 8
    assert np.array_equal(index.numpy(), stride * np.arange(len(cells)))


@SHAPES
@pytest.mark.parametrize("wraps", [True, False])
def test_neighbours(shape, wraps, device):
    """Entry (da, db, dc) of a tile's 27 is the tile that many tiles away, around the box where that is periodic."""
    d = len(shape)
    domain = scattered(shape, 0.6, device, (wraps,) + (False,) * (d - 1))
    known = {tuple(t): k for k, t in enumerate(domain.tiles.tolist())}
    table = domain.neighbours.numpy().reshape(-1, 3, 3, 3)
    for tile, steps in itertools.product(known, itertools.product((-1, 0, 1), repeat=3)):
        away = steps if d == 3 else (steps[1], steps[2], steps[0])
        other = [t + s for t, s in zip(tile, away, strict=True)]
        if wraps:
            other[0] %= shape[0] // 8
        expected = known.get(tuple(other), domain.tile_count)
        assert table[(known[tile], *(s + 1 for s in steps))] == expected


@pytest.mark.parametrize("length", [16, 10, 7, 1])
@pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=repr)
def test_links_are_blocked_where_the_upstream_cell_is_no_fluid(lattice, length, device):
    d = lattice.dimension
    shape = (length, 24, 16)[:d]
    fluid = np.random.default_rng(1).random(shape) < 0.7
    tiles = np.array(list(itertools.product(*[range(-(-n // 8)) for n in shape])), dtype=np.int32)
    domain = build_domain(
        shape=shape, voxel_size=1.0, origin=(0.0,) * 3, periodic=(True,) + (False,) * (d - 1),
        tiles=np.pad(tiles, [(0, 0), (0, 3 - d)]),
        fluid=lambda index: fluid[tuple(np.moveaxis(np.minimum(index, np.asarray(shape) - 1), -1, 0))], device=device,
    )
    words = domain.dense(blocked_links(domain, lattice).numpy().reshape(domain.fluid.shape))
    padded = np.pad(fluid, [(0, 0)] + [(1, 1)] * (d - 1))
    for q, c in enumerate(lattice.velocities):
        upstream = np.roll(padded, c, axis=tuple(range(d)))[(slice(None), *[slice(1, -1)] * (d - 1))]
        assert np.array_equal(words >> q & 1 == 1, ~upstream)


def test_places_in_space(device):
    domain = box((10, 9), voxel_size=0.25, origin=(1.0, -2.0, 0.5), device=device)
    assert domain.dense(domain.cell_centres())[3, 8] == pytest.approx([1.0 + 3.5 * 0.25, -2.0 + 8.5 * 0.25])
    assert (domain.fluid_cells, domain.tile_count) == (90, 4)


@SHAPES
def test_dense_fields(shape, device):
    domain = scattered(shape, 0.6, device, (False,) * len(shape))
    index = domain.dense(domain.cell_indices(), outside=-1)
    there = index[..., 0] >= 0
    assert there.sum() == domain.fluid_cells
    assert np.array_equal(index[there], np.argwhere(there))


def test_cells_along_a_face(device):
    domain = box((12, 9), device=device)
    index = domain.cell_indices()
    assert np.unique(index[X_MIN.cells(domain)][:, 0]).tolist() == [0]
    assert np.unique(index[X_MAX.cells(domain)][:, 0]).tolist() == [11]
    assert Y_MAX.cells(domain).sum() == 12


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": (8,)}, r"shape \(8,\): pass two or three"),
        ({"shape": (8, 0)}, r"shape \(8, 0\).*at least 1"),
        ({"shape": (8, 8), "voxel_size": 0.0}, "voxel size is 0.0 m: it must be above 0"),
        ({"shape": (8, 8), "voxel_size": float("nan")}, "voxel size is nan m: it must be above 0"),
        ({"shape": (8, 8), "periodic": (True,)}, "periodic.*one value per axis"),
        ({"shape": (8, 8), "origin": (0.0, 0.0)}, "origin.*three"),
    ],
)
def test_a_box_that_is_refused(options, message, device):
    with pytest.raises(DomainError, match=message):
        box(**options, device=device)


def test_a_domain_without_cells_is_refused(device):
    with pytest.raises(DomainError, match="has no cell: check that the geometry is inside"):
        build_domain(
            shape=(8, 8), voxel_size=1.0, origin=(0.0,) * 3, periodic=(False, False), tiles=np.empty((0, 3), dtype=np.int32),
            fluid=lambda index: np.ones(index.shape[:-1], dtype=bool), device=device,
        )
