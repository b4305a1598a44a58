"""The spline's share of a cell: its sum over a row, its smoothness, and its gradient in the points."""

import numpy as np
import pytest
import warp as wp
from geometry_cases import Case

from sparselbm.geometry import GeometryError, SolidFraction, SplineFraction, TriangleMesh

ROWS = np.array([[0, 0, k] for k in range(3)], dtype=np.int32)


def block(top, device):
    """A solid block whose flat top crosses a column of 24 cells."""
    mesh = TriangleMesh.box((-20.0, -20.0, -20.0), (28.0, 28.0, top))
    case = Case(mesh, ROWS, device)
    case.option = SplineFraction()
    return case


def test_the_sum_over_a_row_is_the_place_of_a_flat_wall(device):
    """Exactly, wherever the wall stands in its cell: B-splines with knots a cell apart add up to 1."""
    for top in (12.0, 12.13, 12.5, 12.87):
        eps = block(top, device).eps().reshape(3, 8, 8, 8)[:, 3, 4].ravel()
        assert eps.sum() == pytest.approx(top, abs=1e-12)
        assert np.all(np.diff(eps) <= 0.0)
        assert np.count_nonzero((eps > 0.0) & (eps < 1.0)) <= 4


def test_the_gradient_in_the_points_is_that_of_differences(device):
    mesh = TriangleMesh.sphere(5.2, (11.7, 12.4, 12.1), 3)
    tiles = np.stack(np.meshgrid(*[np.arange(3)] * 3, indexing="ij"), axis=-1).reshape(-1, 3).astype(np.int32)
    case = Case(mesh, tiles, device)
    case.option = SplineFraction()
    rng = np.random.default_rng(0)
    eps, direction = case.eps(), rng.standard_normal(mesh.points.shape)
    weights = rng.standard_normal(eps.shape)
    slope = np.sum(case.gradient(weights) * direction)
    h = 1e-6
    values = [np.sum(weights * case.eps(mesh.points + s * h * direction)) for s in (1.0, -1.0)]
    assert slope == pytest.approx((values[0] - values[1]) / (2.0 * h), rel=1e-5)


def test_the_share_and_its_slope_have_no_step(device):
    """Through every knot: |eps''| is at most 2/3, so that slopes at places 1e-3 apart differ by no more than 2e-3 / 3."""
    knots, weights = 12.5 + np.arange(-2.0, 3.0), np.zeros((3, 512))
    weights.reshape(3, 8, 8, 8)[1, 3, 4, 4] = 1.0

    def slope(top):
        case = block(top, device)
        case.eps()
        return case.gradient(weights)[case.mesh.points[:, 2] > 0.0, 2].sum()

    for knot in knots:
        assert abs(slope(knot + 5e-4) - slope(knot - 5e-4)) < 7e-4


@pytest.mark.parametrize("option", [SplineFraction(), SolidFraction()])
def test_a_wall_through_the_centres_of_cells_has_its_slope(device, option):
    """At a distance of exactly 0, where |phi| has none: the solid of a column of cells grows by what the wall moves."""
    case = block(12.5, device)
    case.option = option
    weights = np.zeros((3, 8, 8, 8))
    weights[:, 3, 4] = 1.0
    case.eps()
    slope = case.gradient(weights.reshape(3, -1))[case.mesh.points[:, 2] > 0.0, 2].sum()
    assert slope == pytest.approx(1.0, abs=1e-6)


def test_bad_widths_are_refused():
    for width in (0.0, -1.0, np.nan):
        with pytest.raises(GeometryError, match="width"):
            SplineFraction(width)


def test_single_precision_agrees(device):
    case = block(12.3, device)
    exact, case.dtype = case.eps(), wp.vec3f
    assert case.eps() == pytest.approx(exact, abs=1e-5)
