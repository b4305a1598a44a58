"""Scalars at walls of fixed value that cut links anywhere, against exact solutions."""

import numpy as np
import pytest
import warp as wp

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models.boundary import X_MIN
from sparselbm.models.scalar import BodyValue, FixedValue, Scalar, ScalarTRT
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import ScalarFlux, ScalarIntegral, ScalarRelease, evaluate
from sparselbm.solver import Obstacle, Simulation


@pytest.mark.parametrize("diffusivity", [0.1, 0.4])
@pytest.mark.parametrize("place", [14.1, 14.8])
def test_a_flat_wall_on_links_stands_where_it_is(device, place, diffusivity):
    """Conduction to a flat wall: linear to rounding, at any distance and diffusivity; the body takes what the side gives."""
    mesh = TriangleMesh.box((place, -50.0, -50.0), (40.0, 50.0, 50.0))
    heat = Scalar("heat", diffusivity, conditions=(FixedValue(X_MIN, 1.0),), bodies=(BodyValue("body", 0.25),))
    simulation = Simulation(
        box((24, 8), periodic=(False, True), device=device), viscosity=0.1, precision=wp.float64,
        obstacles=(Obstacle("body", mesh, wall=Bouzidi()),), scalars=(heat,),
    )
    simulation.run(round(600 / diffusivity))
    x, phi = np.arange(13) + 0.5, simulation.domain.dense(simulation.scalar("heat"))[:13, 0]
    assert phi == pytest.approx(1.0 - 0.75 * x / place, abs=1e-8)
    taken = -evaluate(ScalarRelease("heat", "body"), simulation)
    assert taken == pytest.approx(8 * diffusivity * 0.75 / place, rel=1e-7)
    assert evaluate(ScalarFlux("heat", 0, 3), simulation) == pytest.approx(taken, rel=1e-7)


def amount_error(device, n):
    """Relative error of the amount pi S R^4 / (8 D) of a source in a round tube whose wall has the value 0."""
    D, S, R = 0.1, 1e-3, 0.4 * n
    tube = TriangleMesh.cylinder(R, (0.5 * n + 0.13, 0.5 * n + 0.29, -9.0), (0.5 * n + 0.13, 0.5 * n + 0.29, 9.0), 128)
    heat = Scalar("heat", D, ScalarTRT(3 / 16), bodies=(BodyValue("tube", 0.0),), source=S)
    simulation = Simulation(
        box((n, n), device=device), viscosity=0.1, precision=wp.float64, scalars=(heat,),
        obstacles=(Obstacle("tube", tube, wall=Bouzidi(), hollow=True),),
    )
    simulation.run(round(2.5 * R**2 / D))
    return evaluate(ScalarIntegral("heat"), simulation) / (np.pi * S * R**4 / (8.0 * D)) - 1.0


def test_a_source_in_a_round_tube(device):
    """-1.1, -0.7 and -0.3 % at radii of 6.4, 9.6 and 12.8 cells; -3.4, -3.4 and -1.5 % with walls halfway along the links."""
    errors = np.abs([amount_error(device, n) for n in (16, 32)])
    assert errors[0] < 0.012
    assert errors[0] / errors[1] > 3.0
