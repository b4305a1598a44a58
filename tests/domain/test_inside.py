"""The inside of a mesh: exact cells, and work that follows the surface."""

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import DomainError
from sparselbm.geometry import SurfaceQuery, TriangleMesh
from sparselbm.grid.build import inside

SLANTED = np.array([3.0, 4.0, 5.0]) / 50.0**0.5


def slanted_pipe(length, radius=8.0):
    return TriangleMesh.cylinder(radius, (0.0, 0.0, 0.0), length * SLANTED, 64)


@pytest.fixture
def queries(monkeypatch):
    """How many distances have been asked for."""
    asked, measure = [], SurfaceQuery.signed_distance
    monkeypatch.setattr(SurfaceQuery, "signed_distance", lambda self, x: asked.append(len(x)) or measure(self, x))
    return asked


@pytest.mark.parametrize(
    "mesh", [TriangleMesh.sphere(20.0, subdivisions=4), slanted_pipe(100.0)], ids=["sphere", "pipe"]
)
def test_volume_and_cells(mesh, device):
    domain = inside(mesh, voxel_size=1.0, device=device)
    assert domain.fluid_cells == pytest.approx(mesh.volume, rel=0.01)
    corner = SurfaceQuery(mesh, device=device)
    box = np.stack(np.meshgrid(*[np.arange(n) for n in domain.shape], indexing="ij"), axis=-1).reshape(-1, 3)
    every = corner.signed_distance(mesh.bounds[0] + box + 0.5) < 0.0
    assert np.array_equal(domain.dense(domain.fluid, outside=False).reshape(-1), every)
    assert domain.fluid.any(axis=1).all()


def test_work_follows_the_surface_and_not_the_box(device, queries):
    asked, cells, boxes = [], [], []
    for length in (100.0, 200.0):
        queries.clear()
        domain = inside(slanted_pipe(length), voxel_size=1.0, device=device)
        asked.append(sum(queries))
        cells.append(domain.fluid_cells)
        boxes.append(np.prod(domain.shape))
    assert boxes[1] > 5.0 * boxes[0]
    assert asked[1] / asked[0] < 2.1
    assert asked[1] < cells[1]
    assert domain.tile_count * 512 < 4 * cells[1]


def test_a_large_block_is_decided_at_once(device, queries):
    domain = inside(TriangleMesh.box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0)), voxel_size=1.0 / 64, device=device)
    assert domain.shape == (64, 64, 64)
    assert domain.fluid.all()
    assert sum(queries) < 0.5 * domain.fluid_cells


def test_margin_keeps_the_tiles_around(device):
    mesh = TriangleMesh.sphere(11.5, (16.0, 16.0, 16.0), subdivisions=4)
    bounds = {"origin": (0.0, 0.0, 0.0), "shape": (32, 32, 32), "voxel_size": 1.0, "device": device}
    tight, wide = inside(mesh, **bounds), inside(mesh, margin=4.0, **bounds)
    assert wide.fluid_cells == tight.fluid_cells
    near = np.linalg.norm(wide.cell_centres() - 16.0, axis=-1).min(axis=1)
    assert near.max() <= 15.6
    assert wide.tile_count > tight.tile_count


def test_reach_adds_cells_beyond_the_surface(device):
    mesh = TriangleMesh.sphere(10.0, (16.0, 16.0, 16.0), subdivisions=5)
    bounds = {"origin": (0.0, 0.0, 0.0), "shape": (32, 32, 32), "voxel_size": 1.0, "device": device}
    assert inside(mesh, reach=2.0, **bounds).fluid_cells == pytest.approx(4 / 3 * np.pi * 12.0**3, rel=0.01)


def test_the_box_cuts_the_mesh_off(device):
    mesh = TriangleMesh.cylinder(6.0, (-20.0, 8.0, 8.0), (60.0, 8.0, 8.0), 64)
    domain = inside(
        mesh, voxel_size=1.0, origin=(0.0, 0.0, 0.0), shape=(16, 16, 16), periodic=(True, False, False), device=device
    )
    layers = [domain.fluid[domain.cell_indices()[..., 0] == x].sum() for x in range(16)]
    assert min(layers) == max(layers) > 0


def test_an_open_mesh_is_taken_with_a_warning(device):
    closed = TriangleMesh.sphere(6.0, subdivisions=3)
    lid = closed.points[closed.faces].mean(axis=1)[:, 2].argmax()
    mesh = TriangleMesh(closed.points, np.delete(closed.faces, lid, axis=0))
    with pytest.warns(UserWarning, match="the mesh is open"):
        domain = inside(mesh, voxel_size=0.5, device=device)
    assert domain.fluid_cells * 0.5**3 == pytest.approx(closed.volume, rel=0.02)
    with pytest.raises(DomainError, match="limit"):
        inside(mesh, voxel_size=0.01, device=device)


REFUSED = {
    "too coarse": (TriangleMesh.cylinder(0.1, (0, 0.3, 0), (10, 0.3, 0), 16), {"voxel_size": 5.0}, "at least one"),
    "no centre": (
        TriangleMesh.cylinder(0.1, (0, 0, 0), (10, 10, 0.3)),
        {"voxel_size": 1.0, "origin": (0.5, 0, -1.0)},
        "no cell",
    ),
    "voxel size": (TriangleMesh.sphere(1.0), {"voxel_size": 0.0}, "voxel size"),
    "inside out": (
        TriangleMesh(TriangleMesh.sphere(9.0).points, TriangleMesh.sphere(9.0).faces[:, ::-1]),
        {"voxel_size": 1.0},
        "turn",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused(name, device):
    mesh, options, message = REFUSED[name]
    with pytest.raises(DomainError, match=message):
        inside(mesh, device=wp.get_device(device), **options)
