"""Gradients through every collision model: the adjoint against central differences, and flows that start from rest."""

import numpy as np
import pytest
import warp as wp
from channel_cases import central, channel_run, spread
from collision_cases import BENT, NEWTONIAN, WRAPPERS, cases
from test_gradients import adjoints, directions

from sparselbm.adjoint import InitialPopulations, Parameter, Stored, value_and_grad
from sparselbm.collision import Cumulant
from sparselbm.domain import box
from sparselbm.lattice import D2Q9, D3Q27
from sparselbm.objective import FlowRate
from sparselbm.simulation import Simulation

IN_THE_PLANE = cases(NEWTONIAN, WRAPPERS, lattices=(D2Q9,))
IN_SPACE = [pytest.param(Cumulant(), D3Q27, id="Cumulant-D3Q27")]


def differences(device, lattice, collision, name):
    """Derivatives of all objectives by central differences of order 4.

    In some cells the flow's stress is very small, and the root of the shear rate and the entropic quotient bend within it:
    there, at steps of 1e-6 in the populations differences are 1e-4 off, at 1e-9 they agree to 1e-8.
    """
    run = channel_run(device, lattice, collision)
    if name == "populations":
        start, direction = run.start, spread(run, directions(device, lattice, collision)[name])

        def function(t):
            run.start = start + t * direction
            values = run.values()
            run.start = start
            return values

        return central(function, 1e-9 if isinstance(collision, BENT) else 1e-5)
    present = run.simulation.parameter(name)

    def function(t):
        run.simulation.set_parameter(name, present + t)
        values = run.values()
        run.simulation.set_parameter(name, present)
        return values

    return central(function, 2e-6)


@pytest.mark.parametrize(("collision", "lattice"), IN_THE_PLANE + IN_SPACE)
@pytest.mark.parametrize("name", ["viscosity", "force_x", "populations"])
def test_the_adjoint_is_the_derivative(device, lattice, collision, name):
    """Within 1e-6 of central differences for each objective, in a channel with inlet, outlet, walls and a body."""
    found = adjoints(device, lattice, collision)
    for (objective, by_input), expected in zip(found.items(), differences(device, lattice, collision, name), strict=True):
        assert abs(expected) > 1e-7, f"{objective} does not depend on {name}: the test would pass for any zero"
        assert by_input[name] == pytest.approx(expected, rel=1e-6), objective


@pytest.mark.parametrize("precision", [wp.float32, wp.float64], ids=["fp32", "fp64"])
@pytest.mark.parametrize(("collision", "lattice"), cases(WRAPPERS, lattices=(D2Q9,)))
def test_gradients_from_rest_are_finite(device, collision, lattice, precision):
    """A fluid that a force sets in motion from rest: the first step's shear rate is 0, where a root has no derivative."""
    d = lattice.dimension
    domain = box((8, 16, 8)[:d], periodic=(True, False, True)[:d], device=device)
    force = (1e-4, 0.0, 0.0)[:d]
    simulation = Simulation(
        domain, lattice=lattice, collision=collision, viscosity=0.05, force=force, precision=precision
    )
    wrt = [InitialPopulations(), Parameter("viscosity"), Parameter("force_x")]
    flow, (f, _, by_force) = value_and_grad(FlowRate(axis=0, layer=3), simulation, steps=20, wrt=wrt, plan=Stored())
    assert np.isfinite(f).all()
    assert flow > 0.0
    assert by_force > 0.5 * flow / force[0]
