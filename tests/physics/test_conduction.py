"""Conjugate heat: solid bodies that conduct a scalar, against exact solutions."""

from math import erf

import numpy as np
import pytest
import warp as wp
from flows import cylinder

from sparselbm.errors import SimulationError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models import RigidVelocity
from sparselbm.models.boundary import X_MAX, X_MIN
from sparselbm.models.scalar import BodyConduction, FixedValue, Scalar, ScalarBGK, ScalarTRT
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import ScalarFlux, ScalarRelease, evaluate
from sparselbm.solver import Obstacle, Simulation

ENDS = (FixedValue(X_MIN, 0.0), FixedValue(X_MAX, 1.0))


def slabs(device, place, k, c, *, length=24, diffusivity=0.1, conditions=ENDS, collision=ScalarTRT()):
    """Fluid at rest up to a place, then a slab of these ratios of conductivity and heat capacity."""
    mesh = TriangleMesh.box((place, -50.0, -50.0), (length + 50.0, 50.0, 50.0))
    heat = Scalar("heat", diffusivity, collision, conditions, bodies=(BodyConduction("slab", k, c),))
    return Simulation(
        box((length, 8), periodic=(False, True), device=device), viscosity=0.1, precision=wp.float64,
        obstacles=(Obstacle("slab", mesh),), scalars=(heat,),
    )


def along_x(simulation):
    return simulation.domain.dense(simulation.scalar("heat"))[:, 0]


@pytest.mark.parametrize(
    ("place", "k", "c", "collision"),
    [
        (12.0, 10.0, 1.0, ScalarTRT()), (12.3, 10.0, 0.5, ScalarTRT()), (12.3, 10.0, 4.0, ScalarTRT()),
        pytest.param(12.0, 10.0, 4.0, ScalarBGK(), marks=pytest.mark.validate),
        pytest.param(9.8, 0.1, 1.0, ScalarTRT(), marks=pytest.mark.validate),
    ],
)
def test_two_slabs_meet_where_their_resistances_say(device, place, k, c, collision):
    """Steady: 10:1 in conductivity and equally thick meet at 10/11 of the difference, whatever their heat capacities."""
    simulation = slabs(device, place, k, c, collision=collision, diffusivity=0.1 / min(k, 1.0) ** 0.5)
    simulation.set_scalar("heat", 0.5)
    simulation.run(8000 if k > 1.0 else 30_000)
    x, resistance, D = np.arange(24) + 0.5, place + (24.0 - place) / k, simulation.parameter("heat.diffusivity")
    meet = place / resistance
    exact = np.where(x < place, x / resistance, meet + (x - place) / k / resistance)
    away = np.abs(x - place) > 2.0  # Solid fractions spread the surface over 4 cells.
    phi = along_x(simulation)
    assert phi[away] == pytest.approx(exact[away], abs=1e-4)
    assert np.polyval(np.polyfit(x[:6], phi[:6], 1), place) == pytest.approx(meet, rel=1e-4)
    for layer in (0, int(place), 23):  # What enters leaves.
        assert evaluate(ScalarFlux("heat", 0, layer), simulation) == pytest.approx(-8 * D / resistance, rel=1e-4)
    assert abs(evaluate(ScalarRelease("heat", "slab"), simulation)) == pytest.approx(8 * D / resistance, rel=1e-4)


@pytest.mark.parametrize(("k", "c"), [(10.0, 1.0), (2.0, 5.0), (0.5, 0.4)])
def test_half_spaces_in_contact_take_the_mean_of_their_effusivities(device, k, c):
    """T = (e1 T1 + e2 T2) / (e1 + e2), e = sqrt(k rho c), at the interface of two half-spaces (Carslaw & Jaeger 1959)."""
    n, place, steps = 320, 80, 1000
    simulation = slabs(device, float(place), k, c, length=n, conditions=())
    fluid, solid = 1.0 - simulation.solids.values(), simulation.solids.values()
    simulation.set_scalar("heat", fluid / (fluid + c * solid))  # The heat of the fluid that a cut cell holds.
    simulation.run(steps)
    phi, x = along_x(simulation), np.arange(n) + 0.5 - place
    for cell, diffusivity, far in ((place - 4, 0.1, 1.0), (place + 3, 0.1 * k / c, 0.0)):
        spread = erf(abs(x[cell]) / (2.0 * np.sqrt(diffusivity * steps)))
        contact = (phi[cell] - far * spread) / (1.0 - spread)
        assert contact == pytest.approx(1.0 / (1.0 + np.sqrt(k * c)), rel=0.01)


def dipole_error(device, n, k):
    """Error of the value in the middle of a cylinder, 2/5 across, in a uniform gradient that its exact field surrounds.

    Outside phi = x (1 - b a^2 / r^2), b = (k - 1) / (k + 1), inside phi = 2 x / (k + 1): the gradient inside is compared.
    """
    a, middle = 0.2 * n, 0.5 * n
    heat = Scalar("heat", 0.1, ScalarTRT(3 / 16), ENDS, bodies=(BodyConduction("body", k),))
    simulation = Simulation(
        box((n, n), periodic=(False, True), device=device), viscosity=0.1, precision=wp.float64, scalars=(heat,),
        obstacles=(Obstacle("body", cylinder(a, (middle + 0.13, middle + 0.29))),),
    )
    simulation.set_scalar("heat", simulation.domain.cell_centres()[..., 0] / n)
    simulation.run(3 * n**2)
    phi = simulation.domain.dense(simulation.scalar("heat"))
    half = round(0.3 * a)
    slope = (phi[round(middle) + half, round(middle)] - phi[round(middle) - half, round(middle)]) / (2 * half) * n
    # A square array of cylinders of the volume fraction f: the gradient inside is 2 / (k + 1 - (k - 1) f) (Rayleigh 1892).
    f = np.pi * 0.2**2
    return slope / (2.0 / (k + 1.0 - (k - 1.0) * f)) - 1.0


@pytest.mark.validate
@pytest.mark.parametrize("k", [10.0, 0.1])
def test_the_gradient_in_a_cylinder(device, k):
    """The field inside a conducting cylinder, to first order: 9.1 and 4.7 % at a radius of 6.4 and 12.8 cells for k = 10."""
    errors = [dipole_error(device, n, k) for n in (32, 64)]
    assert 1.7 < errors[0] / errors[1] < 2.3
    assert abs(errors[1]) < 0.05


def test_a_conducting_body_keeps_its_heat(device):
    """Closed box: the heat that leaves the body enters the fluid, to rounding; both end at one value."""
    heat = Scalar("heat", 0.1, bodies=(BodyConduction("body", 5.0, 3.0),))
    simulation = Simulation(
        box((24, 24), device=device), viscosity=0.1, precision=wp.float64, scalars=(heat,),
        obstacles=(Obstacle("body", cylinder(5.3, (11.2, 12.4))),),
    )
    eps = simulation.solids.values()
    simulation.set_scalar("heat", eps)
    capacity = 1.0 + 2.0 * eps

    def amount():
        return float((capacity * simulation.scalar("heat")).sum())

    first = amount()
    simulation.run(300)
    assert amount() == pytest.approx(first, rel=1e-12)

    def stored():
        """Heat of the body, with cut cells counted by their solid fraction."""
        return float((eps * capacity * simulation.scalar("heat")).sum())

    before, released = stored(), evaluate(ScalarRelease("heat", "body"), simulation)
    simulation.run(1)
    assert before - stored() == pytest.approx(released, rel=5e-3)
    simulation.run(10_000)
    assert simulation.scalar("heat") == pytest.approx(first / capacity.sum(), rel=1e-4)


@pytest.mark.parametrize(
    ("obstacle", "words"),
    [
        ({"wall": Bouzidi()}, "wall of links.*SolidFraction"),
        ({"motion": RigidVelocity((0.0, 0.0), (0.0,), (0.0, 0.0))}, "moves.*at rest"),
    ],
)
def test_what_cannot_conduct_is_refused(device, obstacle, words):
    heat = Scalar("heat", 0.1, bodies=(BodyConduction("body", 5.0),))
    with pytest.raises(SimulationError, match=words):
        Simulation(
            box((24, 24), device=device), viscosity=0.1, scalars=(heat,),
            obstacles=(Obstacle("body", cylinder(5.3, (11.2, 12.4)), **obstacle),),
        )
    with pytest.raises(ValueError, match=r"conductivity 0\.0 .*must be above 0"):
        BodyConduction("body", 0.0)
