"""Signed distance against analytic bodies."""

import numpy as np
import pytest

from sparselbm.errors import GeometryError
from sparselbm.geometry import SurfaceQuery, TriangleMesh

RNG = np.random.default_rng(1)


def box_distance(x, half):
    q = np.abs(x) - half
    return np.linalg.norm(np.maximum(q, 0.0), axis=1) + np.minimum(q.max(axis=1), 0.0)


@pytest.mark.parametrize("centre", [(0.0, 0.0, 0.0), (1000.0, -500.0, 2000.0)])
def test_box_distance_is_exact_also_far_from_the_origin(device, centre):
    half = np.array([1.0, 2.0, 3.0])
    x = RNG.uniform(-5.0, 5.0, (500, 3))
    query = SurfaceQuery(TriangleMesh.box(centre - half, centre + half), device=device)
    np.testing.assert_allclose(query.signed_distance(x + centre), box_distance(x, half), atol=3e-6)


def test_sphere_distance_converges_with_the_mesh(device):
    x = RNG.normal(size=(300, 3))
    exact = np.linalg.norm(x, axis=1) - 1.0
    errors = [
        np.abs(SurfaceQuery(TriangleMesh.sphere(1.0, subdivisions=s), device=device).signed_distance(x) - exact).max()
        for s in (2, 3, 4)
    ]
    assert errors[2] < 3e-3
    assert errors[0] / errors[1] > 3.5
    assert errors[1] / errors[2] > 3.5


def test_a_box_without_lid_still_has_an_inside(device):
    box = TriangleMesh.box((0, 0, 0), (1, 1, 1))
    query = SurfaceQuery(TriangleMesh(box.points, box.faces[:10]), device=device)
    assert not query.closed
    np.testing.assert_allclose(
        query.signed_distance([[0.2, 0.5, 0.5], [0.5, 0.1, 0.5], [-0.3, 0.5, 0.5], [0.5, 0.5, -0.2]]),
        [-0.2, -0.1, 0.3, 0.2],
        atol=1e-6,
    )


def test_closest_point_is_given_by_the_barycentric_weights(device):
    mesh = TriangleMesh.box((-1, -1, -1), (1, 1, 1))
    face, weights = SurfaceQuery(mesh, device=device).closest([[0.3, 0.2, 5.0], [3.0, 3.0, 3.0]])
    points = np.einsum("kc,kci->ki", weights, mesh.points[mesh.faces[face]])
    np.testing.assert_allclose(points, [[0.3, 0.2, 1.0], [1.0, 1.0, 1.0]], atol=1e-6)


@pytest.mark.parametrize("method", ["refit", "rebuild"])
def test_the_query_follows_its_points(device, method):
    mesh = TriangleMesh.sphere(1.0)
    query = SurfaceQuery(mesh, device=device)
    getattr(query, method)(2.0 * mesh.points + [1.0, 0.0, 0.0])
    expected = SurfaceQuery(mesh.with_points(2.0 * mesh.points + [1.0, 0.0, 0.0]), device=device)
    x = RNG.normal(size=(50, 3))
    np.testing.assert_allclose(query.signed_distance(x), expected.signed_distance(x), atol=1e-6)


def test_wrong_points_and_positions_are_refused(device):
    mesh = TriangleMesh.sphere(1.0, subdivisions=0)
    query = SurfaceQuery(mesh, device=device)
    with pytest.raises(GeometryError, match="number of points"):
        query.refit(mesh.points[:-1])
    with pytest.raises(GeometryError, match="point 0"):
        query.refit(np.where(np.arange(12)[:, None] == 0, np.nan, mesh.points))
    with pytest.raises(GeometryError, match=r"\(k, 3\)"):
        query.signed_distance(np.zeros(3))
