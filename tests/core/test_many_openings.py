"""Many openings of one kind share one formula: the kernel stays small, and every cell has the numbers of its own opening."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import Parameter, value_and_grad
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.kernels import conditions as flow_conditions
from sparselbm.kernels.step import step_kernel
from sparselbm.models import RuntimeParameter
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    FaceRegion,
    FreeSlip,
    LinkPressure,
    Parabola,
    Patch,
    PressureOutlet,
    VelocityInlet,
)
from sparselbm.models.condition_groups import group_conditions
from sparselbm.models.scalar import FixedFlux, FixedValue, Scalar
from sparselbm.models.scalar import carried as scalar_conditions
from sparselbm.observe import Integral
from sparselbm.solver import Simulation

HEIGHT = 4
"""Cells per opening along the left side."""


def patch(*numbers: int) -> Patch:
    """Pieces of the box's left side, drawn out along z: neighbours share no cell."""
    points, faces = [], []
    for k in numbers:
        low, high = HEIGHT * k + 0.6, HEIGHT * k + 3.4
        faces += [[len(points) + i for i in face] for face in ((0, 1, 2), (0, 2, 3))]
        points += [(0.0, low, -3.0), (0.0, high, -3.0), (0.0, high, 3.0), (0.0, low, 3.0)]
    return Patch(f"patch{numbers[0]}", TriangleMesh(np.array(points), np.array(faces)))


def part(k: int):
    """Cells of the same side."""
    return X_MIN.within(FaceRegion((0.0, HEIGHT * k), (1.0, HEIGHT * (k + 1))), f"part{k}")


def inlet(opening, k: int):
    return VelocityInlet(opening, (0.01 + 0.001 * k, 0.002 * k))


def mixed(opening, k: int):
    """Inlets and outlets in turn."""
    return LinkPressure(opening, 1.0 - 0.001 * k) if k % 2 else inlet(opening, k)


def outlet(opening, k: int):
    return PressureOutlet(opening, 1.0 + 0.001 * k, relaxation=RuntimeParameter(0.2 + 0.01 * k))


def simulate(device, boundaries, height: int, scalars=()) -> Simulation:
    domain = box((16, height), device=device)
    simulation = Simulation(domain, viscosity=0.1, boundaries=boundaries, scalars=scalars, precision=wp.float64)
    simulation.run(12)
    return simulation


@pytest.fixture
def one_by_one(monkeypatch):
    """A function that has every condition applied by itself from now on."""

    def apply():
        for module in (flow_conditions, scalar_conditions):
            monkeypatch.setattr(module, "group_conditions", lambda conditions, _: [(c,) for c in conditions])

    return apply


KINDS = {"inlet patches": (patch, inlet), "mixed patches": (patch, mixed), "parts": (part, inlet), "outlets": (part, outlet)}
PRECISE = {"rtol": 1e-13, "atol": 1e-15}
"""Equal formulas may be contracted to other fused multiply-adds."""


@pytest.mark.parametrize("kind", [pytest.param("mixed patches", marks=pytest.mark.validate), "outlets"])
def test_together_or_one_by_one(device, one_by_one, kind):
    """Flow, scalars and the gradients of every opening's numbers are the same."""
    place, condition = KINDS[kind]
    openings = [place(k) for k in range(3 + (condition is mixed))]
    conditions = (FixedFlux(openings[0], 0.1), FixedValue(X_MAX, 1.0), FixedFlux(openings[2], 0.2))
    scalars = (Scalar("heat", 0.05, conditions=conditions),) if condition is outlet else ()

    def found():
        boundaries = [*(condition(o, k) for k, o in enumerate(openings)), FreeSlip(Y_MAX), PressureOutlet(X_MAX)]
        simulation = simulate(device, boundaries, 4 * len(openings) + 4, scalars)
        names = [name for name in simulation.physics.parameters if name.startswith(("heat.p", "p"))]
        observable, wrt = Integral(lambda rho, u: rho * u[0] * u[0] + u[1]), tuple(map(Parameter, names))
        value, gradient = value_and_grad(observable, simulation, steps=5, wrt=wrt)
        fields = [simulation.velocity(), *(simulation.scalar(s.name) for s in scalars)]
        return fields, value, np.array(gradient)

    together = found()
    one_by_one()
    apart = found()
    for a, b in zip(together[0], apart[0], strict=True):
        np.testing.assert_allclose(a, b, **PRECISE)
    assert together[1] == pytest.approx(apart[1], rel=1e-13)
    assert np.abs(apart[2]).max() > 0.0
    np.testing.assert_allclose(together[2], apart[2], rtol=1e-12, atol=1e-15)


def test_forty_patches_are_one_patch(device):
    """They once were nested 40 deep: more than a minute of compiling."""
    count = 40
    split = simulate(device, [VelocityInlet(patch(k), (0.03, 0.0)) for k in range(count)] + [PressureOutlet(X_MAX)], 160)
    whole = simulate(device, [VelocityInlet(patch(*range(count)), (0.03, 0.0)), PressureOutlet(X_MAX)], 160)
    np.testing.assert_allclose(split.velocity(), whole.velocity(), **PRECISE)


@pytest.mark.parametrize("kind", KINDS)
def test_the_kernel_of_forty_openings_is_small(device, kind):
    place, condition = KINDS[kind]

    def lines(count: int) -> int:
        boundaries = [*(condition(place(k), k) for k in range(count)), PressureOutlet(X_MAX)]
        simulation = Simulation(box((8, 160), device=device), viscosity=0.1, boundaries=boundaries)
        text = step_kernel(simulation.physics, simulation.passes.general_class, simulation.passes.target).text
        return text.count("\n")

    more, numbers = lines(40) - lines(2), 3
    assert more < 38 * (3 * numbers + 2)


def test_conditions_that_meet_keep_their_order():
    """A condition passes over others only where it shares no cell with them."""
    a, b = VelocityInlet(part(0), (0.1, 0.0)), VelocityInlet(part(1), (0.2, 0.0))
    other, slip = LinkPressure(part(2), 1.0), FreeSlip(Y_MAX)
    assert group_conditions([a, other, b], type) == [(a, b), (other,)]
    assert group_conditions([a, slip, b], type) == [(a,), (slip,), (b,)]
    assert group_conditions([a, b], id) == [(a,), (b,)]
    profile = VelocityInlet(part(3), (0.2, 0.0), profile=Parabola(1))
    assert group_conditions([a, profile], type) == [(a, profile)]
