"""Isosurfaces and velocity gradients of fields that are known."""

import numpy as np
import pytest
import trimesh
from draw_cases import VOXEL, snapshot

from sparselbm.errors import DomainError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid import isosurface, with_halo
from sparselbm.grid.build import box, inside


def distance(domain):
    return 1.0 - np.linalg.norm(domain.cell_centres(), axis=-1)


def test_a_sphere_is_closed_over_all_tiles_and_faces_outwards():
    domain = box((32, 32, 32), voxel_size=VOXEL, origin=(-1.6, -1.6, -1.6), device="cpu")
    ball = isosurface(domain, distance(domain), 0.0)
    assert trimesh.Trimesh(ball.points, ball.faces, process=False).is_watertight
    assert ball.volume == pytest.approx(4.0 / 3.0 * np.pi, rel=0.01)
    assert np.linalg.norm(ball.points, axis=1) == pytest.approx(np.ones(len(ball.points)), abs=0.01 * VOXEL + 2e-3)
    assert isosurface(domain, distance(domain), 2.0) is None


def test_sparse_tiles_give_the_same_surface_and_solid_leaves_it_open():
    shell = TriangleMesh.sphere(1.3, subdivisions=3)
    sparse = inside(shell, voxel_size=VOXEL, device="cpu")
    whole = isosurface(sparse, distance(sparse), 0.0)
    assert whole.volume == pytest.approx(4.0 / 3.0 * np.pi, rel=0.01)
    x = sparse.cell_centres()[..., 0]
    half = isosurface(sparse, np.where(x > 0.0, distance(sparse), np.nan), 0.0)
    assert half.area == pytest.approx(0.5 * whole.area, rel=0.08)
    assert half.points[:, 0].min() > 0.0


def test_a_plane_lies_exactly_where_it_is():
    domain = box((16, 16, 16), voxel_size=VOXEL, origin=(0.0, 0.0, 0.0), device="cpu")
    normal = np.array([1.0, 2.0, 3.0])
    plane = isosurface(domain, domain.cell_centres() @ normal, 4.7)
    assert plane.points @ normal == pytest.approx(np.full(len(plane.points), 4.7), abs=1e-5)
    facing = plane.area_vectors @ normal / np.linalg.norm(normal)
    assert facing == pytest.approx(-np.linalg.norm(plane.area_vectors, axis=1), abs=1e-6)


def test_the_halo_wraps_where_the_box_repeats_and_ends_where_it_does_not():
    domain = box((16, 8, 8), periodic=(True, False, False), device="cpu")
    x, y, _ = np.moveaxis(domain.cell_indices().astype(float), -1, 0)
    block = with_halo(domain, 100.0 * x + y)
    first = int(np.flatnonzero(domain.tiles[:, 0] == 0)[0])
    assert block[first, :, 4, 4] == pytest.approx([1503.0, *(100.0 * k + 3.0 for k in range(9))])
    assert np.isnan(block[:, :, 0]).all()
    with pytest.raises(DomainError, match="three dimensions"):
        with_halo(box((8, 8), device="cpu"), np.zeros((1, 64)))


@pytest.mark.parametrize(
    ("matrix", "q"),
    [([[0, 2, 0], [-2, 0, 0], [0, 0, 0]], 4.0), ([[0, 3, 0], [0, 0, 0], [0, 0, 0]], 0.0), (np.diag([2, -1, -1]), -3.0)],
    ids=["rotation", "shear", "strain"],
)
def test_gradients_of_linear_flows_are_exact_up_to_the_ends(matrix, q):
    """u_b = x_a A_ab; Q is the square of the angular velocity in rotation, and 0 in shear."""
    matrix = np.asarray(matrix, dtype=float)
    flow = snapshot(lambda x: x @ matrix)
    assert np.abs(flow.velocity_gradient - matrix).max() < 2e-5
    assert np.abs(flow.q_criterion - q).max() < 2e-4
