"""Bodies that release a scalar at a given rate per area, against exact solutions and the balance of a flow."""

import numpy as np
import pytest
import warp as wp
from flows import cylinder

from sparselbm.errors import SimulationError
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.scalar import BodyFlux, BodyValue, FixedInflow, FixedValue, Outflow, Scalar
from sparselbm.models.scalar.body_flux import surface_share
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import ScalarFlux, ScalarRelease, evaluate
from sparselbm.solver import Obstacle, Simulation

J, D = 1e-3, 0.1


def surface_mean(simulation, here=1.0):
    """Mean of phi over the surface, weighted by the area in each cell."""
    area = here * surface_share(simulation.solids.values())
    return float((area * simulation.scalar("heat")).sum() / area.sum())


@pytest.mark.parametrize("place", [12.0, 12.25, 12.5])
def test_a_slab_of_given_flux_has_the_linear_profile_wherever_it_stands(device, place):
    """phi = J x / D beyond the cells of the surface, which is where it is to 0.03 cells; what it releases is J to 4e-5."""
    mesh = TriangleMesh.box((place, -50.0, -50.0), (70.0, 50.0, 50.0))
    heat = Scalar("heat", D, conditions=(FixedValue(X_MIN, 0.0),), bodies=(BodyFlux("slab", J),))
    simulation = Simulation(
        box((24, 8), periodic=(False, True), device=device), viscosity=0.1, precision=wp.float64,
        obstacles=(Obstacle("slab", mesh),), scalars=(heat,),
    )
    x = simulation.domain.cell_centres()[..., 0]
    simulation.set_scalar("heat", J / D * np.minimum(x, place))
    simulation.run(4000)
    assert evaluate(ScalarRelease("heat", "slab"), simulation) == pytest.approx(8 * J, rel=4e-5)
    away = x < place - 2.0
    assert np.abs(simulation.scalar("heat") - J / D * x)[away].max() < 0.03 * J / D
    assert evaluate(ScalarFlux("heat", 0, 3), simulation) == pytest.approx(-8 * J, rel=4e-3)
    assert abs(surface_mean(simulation) - J / D * place) < 0.16 * J / D


def annulus(device, radius):
    """A cylinder of given flux in a cold one 2.5 times as wide: phi = J r / D ln(R / d)."""
    outer, n = 2.5 * radius, int(-8 * (-(5.0 * radius + 8.0) // 8))
    centre = np.array([0.5 * n + 0.13, 0.5 * n + 0.29])
    heat = Scalar("heat", D, bodies=(BodyFlux("inner", J), BodyValue("outer", 0.0)))
    simulation = Simulation(
        box((n, n), device=device), viscosity=0.1, precision=wp.float64, scalars=(heat,), obstacles=(
            Obstacle("inner", cylinder(radius, centre)), Obstacle("outer", cylinder(outer, centre), hollow=True),
        ),
    )
    d = np.linalg.norm(simulation.domain.cell_centres() - centre, axis=-1)
    simulation.set_scalar("heat", J * radius / D * np.log(outer / np.clip(d, radius, outer)))
    simulation.run(int(4 * (outer - radius) ** 2 / D))
    return simulation, d


@pytest.mark.validate
@pytest.mark.parametrize(("radius", "error"), [(4, 0.02), (8, 0.005), (16, 0.005)])
def test_the_surface_of_a_heated_cylinder_in_a_cold_one(device, radius, error):
    """phi_s = J r / D ln(R / r) within 1.6, 0.1 and 0.3 % at a radius of 4, 8 and 16 cells, at most 0.1 J / D [cells]."""
    simulation, d = annulus(device, radius)
    exact = J * radius / D * np.log(2.5)
    found = surface_mean(simulation, d < 1.7 * radius)
    print(f"radius {radius}: surface {found / exact - 1.0:.2%}, {(found - exact) * D / J:.3f} J / D")
    assert found == pytest.approx(exact, rel=error)
    assert abs(found - exact) < 0.1 * J / D
    assert evaluate(ScalarRelease("heat", "inner"), simulation) == pytest.approx(2.0 * np.pi * radius * J, rel=1e-3)


@pytest.mark.parametrize(("steps", "stored"), [(6000, 0.015), pytest.param(30_000, 1e-3, marks=pytest.mark.validate)])
def test_a_flow_carries_off_what_a_body_releases(device, steps, stored):
    """The flux through a layer behind the body is its release, but for what its own cells store; upstream nothing flows.

    These exchange the scalar as slowly as they are solid: 1.1 % of the release are stored after 6000 steps, 0.03 % after 30,000.
    """
    heat = Scalar("heat", 0.02, conditions=(FixedInflow(X_MIN, 0.0), Outflow(X_MAX)), bodies=(BodyFlux("body", J),))
    simulation = Simulation(
        box((40, 24), periodic=(False, True), device=device), viscosity=0.05, precision=wp.float64, scalars=(heat,),
        boundaries=(VelocityInlet(X_MIN, (0.04, 0.0)), PressureOutlet(X_MAX)),
        obstacles=(Obstacle("body", cylinder(4.1, (14.3, 12.2))),),
    )
    simulation.run(steps)
    released = evaluate(ScalarRelease("heat", "body"), simulation)
    assert released == pytest.approx(2.0 * np.pi * 4.1 * J, rel=2e-3)
    assert evaluate(ScalarFlux("heat", 0, 32), simulation) == pytest.approx(released, rel=stored)
    assert abs(evaluate(ScalarFlux("heat", 0, 2), simulation)) < 1e-3 * released


MOTION = RigidVelocity((0.02, -0.01), (0.004,), (11.0, 12.0))


@pytest.mark.parametrize("motion", [pytest.param(None, marks=pytest.mark.validate), MOTION])
def test_a_closed_box_gains_what_a_body_releases(device, motion):
    """To rounding, also where the body moves."""
    heat = Scalar("heat", D, bodies=(BodyFlux("body", J),))
    simulation = Simulation(
        box((24, 24), device=device), viscosity=0.1, precision=wp.float64, scalars=(heat,),
        obstacles=(Obstacle("body", cylinder(5.3, (11.2, 12.4)), motion=motion),),
    )
    simulation.run(50)
    before = simulation.scalar("heat").sum()
    simulation.run(10)
    gained = simulation.scalar("heat").sum() - before
    assert gained == pytest.approx(10 * evaluate(ScalarRelease("heat", "body"), simulation), rel=1e-10)


@pytest.mark.parametrize(
    ("wall", "words"),
    [(Bouzidi(), "wall of links.*SolidFraction"), (SolidFraction(width=2.0), r"the width 2.*SolidFraction\(width=1\)")],
)
def test_walls_without_the_area_in_each_cell_are_refused(device, wall, words):
    heat = Scalar("heat", D, bodies=(BodyFlux("body", J),))
    with pytest.raises(SimulationError, match=words):
        Simulation(
            box((24, 24), device=device), viscosity=0.1, scalars=(heat,),
            obstacles=(Obstacle("body", cylinder(5.3, (11.2, 12.4)), wall=wall),),
        )
