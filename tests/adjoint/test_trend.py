"""The gradient is the slope of the objective over cells, not over a difference that no optimiser ever takes."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import Deformed, Steady, value_and_grad
from sparselbm.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.domain import box
from sparselbm.geometry import Rigid, TriangleMesh
from sparselbm.objective import Force
from sparselbm.obstacle import Obstacle
from sparselbm.simulation import Simulation

RADII = np.linspace(4.0, 7.6, 13)
FASTER = "the solid fraction's wall moves up to 11 % faster where it passes from one row of cells to the next"


@pytest.fixture(scope="module")
def sweep(device):
    """Creeping flow past a cylinder: adjoint over the slope of a cubic at inner radii, and the drag's roughness."""
    mesh = TriangleMesh.cylinder(1.0, (16.3, 16.4, -12.0), (16.3, 16.4, 13.0), 64)
    deformation = Rigid(translate=False, scale=True, scale_limits=(0.1, 10.0)).bind(mesh)
    simulation = Simulation(
        box((48, 32), device=device), viscosity=0.15, precision=wp.float64,
        obstacles=(Obstacle("body", mesh.with_points(deformation.points(RADII[:1]))),),
        boundaries=(VelocityInlet(X_MIN, (0.01, 0.0)), PressureOutlet(X_MAX, relaxation=0.3)),
    )  # fmt: skip
    drag, slope = [], []
    for radius in RADII:
        x = np.array([radius])
        simulation.geometry[0].move(deformation.points(x))
        simulation.update_geometry()
        wrt = [Deformed("body", deformation, x)]
        value, (gradient,) = value_and_grad(Force("body", (1.0, 0.0)), simulation, steps=5000, wrt=wrt, plan=Steady())
        drag.append(value)
        slope.append(gradient[0])
    trend = np.polynomial.Polynomial.fit(RADII, drag, 3)
    ratio = (np.array(slope) / trend.deriv()(RADII))[1:-1]
    roughness = np.std(np.array(drag) - trend(RADII)) / np.mean(drag)
    print(f"adjoint / trend: mean {ratio.mean():.4f}, {np.array2string(ratio, precision=3)}, roughness {roughness:.2e}")
    return ratio, roughness


def test_the_gradient_follows_the_trend(sweep):
    """Over 3.6 cells: 1 +- 0.02 in the mean, where frozen links give 0.86 to 0.93; 0.15 at any radius."""
    ratio, roughness = sweep
    assert ratio.mean() == pytest.approx(1.0, abs=0.02)
    assert ratio == pytest.approx(np.ones_like(ratio), abs=0.15)
    assert roughness < 5e-3


@pytest.mark.xfail(strict=True, raises=AssertionError, reason=FASTER)
def test_the_gradient_follows_the_trend_at_every_radius(sweep):
    """The design's own limit, 0.03 at every radius, for a body of 8 to 15 cells across."""
    ratio, _ = sweep
    assert ratio == pytest.approx(np.ones_like(ratio), abs=0.03)
