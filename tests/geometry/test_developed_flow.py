"""Developed flow through a disc, a square and a triangle, against the exact solutions, and at the wall."""

import numpy as np
import pytest

from sparselbm.geometry import SurfaceQuery, TriangleMesh
from sparselbm.geometry.cap import Cap
from sparselbm.geometry.developed_flow import DevelopedFlow

TRIANGLE = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.75**0.5]])


def outside_triangle(places):
    ways = np.roll(TRIANGLE, -1, axis=0) - TRIANGLE
    normals = np.stack([ways[:, 1], -ways[:, 0]], axis=1)
    return np.maximum(((places[:, None] - TRIANGLE) * normals).sum(axis=-1).max(axis=1), 0.0)


@pytest.mark.parametrize(("outside", "low", "high", "area", "peak"), [
    (lambda x: np.maximum(np.abs(x).max(axis=1) - 1.0, 0.0), (-1.0, -1.0), (1.0, 1.0), 4.0, 2.0963),
    (outside_triangle, (0.0, 0.0), (1.0, 0.75**0.5), 0.75**0.5 / 2.0, 20.0 / 9.0),
], ids=["square", "triangle"])
def test_the_peak_is_that_of_the_exact_solution(outside, low, high, area, peak):
    """Square: Shah & London, Laminar Flow Forced Convection in Ducts (1978), p. 197; triangle: p. 225."""
    flow = DevelopedFlow.within(outside, np.array(low), np.array(high), area)
    assert flow.peak == pytest.approx(peak, rel=1e-3)


def test_the_flow_through_a_disc_is_exact_up_to_the_wall():
    """With zeros at the nodes beyond the wall it was 12 % too fast within a twentieth of the radius."""
    n, normal = 720, np.array([0.6, 0.0, 0.8])
    across = np.array([[0.8, 0.0, -0.6], [0.0, 1.0, 0.0]])
    angles, i = 2.0 * np.pi * np.arange(n) / n, np.arange(n)
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1) @ across
    disc = TriangleMesh(np.vstack([ring, [(0.0, 0.0, 0.0)]]), np.stack([i, (i + 1) % n, np.full(n, n)], axis=1))
    ball = SurfaceQuery(TriangleMesh.sphere(1.0, tuple(normal), 1), device="cpu")
    cap = Cap.of(disc, ball, "disc")
    r, turn = np.random.default_rng(0).uniform(0.0, 1.0, (2, 4000))
    places = (r * np.stack([np.cos(6.3 * turn), np.sin(6.3 * turn)])).T @ across
    exact, found = 2.0 * (1.0 - r**2), cap.developed(places)
    assert np.abs(found - exact).max() < 1e-3
    rim = r > 0.95
    assert found[rim].mean() == pytest.approx(exact[rim].mean(), rel=0.005)
    assert cap.developed_peak == pytest.approx(2.0, rel=1e-3)
