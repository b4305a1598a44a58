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


def test_the_gradient_follows_the_trend_of_the_drag(device):
    """Creeping flow around a cylinder whose radius grows by 3.6 cells: adjoint over the slope of a cubic, 1 +- 0.03."""
    mesh = TriangleMesh.cylinder(1.0, (16.3, 16.4, -12.0), (16.3, 16.4, 13.0), 64)
    deformation = Rigid(translate=False, scale=True, scale_limits=(0.1, 10.0)).bind(mesh)
    simulation = Simulation(
        box((48, 32), device=device), viscosity=0.15, precision=wp.float64,
        obstacles=(Obstacle("body", mesh.with_points(deformation.points(RADII[:1]))),),
        boundaries=(VelocityInlet(X_MIN, (0.01, 0.0)), PressureOutlet(X_MAX)),
    )  # fmt: skip
    drag, slope = [], []
    for radius in RADII:
        x = np.array([radius])
        simulation.geometry[0].move(deformation.points(x))
        simulation.update_geometry()
        wrt = [Deformed("body", deformation, x)]
        value, (gradient,) = value_and_grad(Force("body", (1.0, 0.0)), simulation, steps=8000, wrt=wrt, plan=Steady())
        drag.append(value)
        slope.append(gradient[0])
    trend = np.polynomial.Polynomial.fit(RADII, drag, 3)
    ratio = np.array(slope)[1:-1] / trend.deriv()(RADII[1:-1])
    roughness = np.std(np.array(drag) - trend(RADII)) / np.mean(drag)
    print(f"adjoint / trend: {np.array2string(ratio, precision=4)}, roughness {roughness:.2e}")
    assert ratio == pytest.approx(np.ones(11), abs=0.03)
    assert roughness < 2e-3
