"""Scalars: the adjoint against central differences, fp64, one-way and with buoyancy, for every input and plan."""

import functools

import numpy as np
import pytest
import warp as wp
from channel_cases import Run, body, central, spread

from sparselbm.adjoint import (
    Checkpointed,
    InitialPopulations,
    Parameter,
    Points,
    SolidFractions,
    Steady,
    Stored,
    value_and_grad,
)
from sparselbm.boundary import X_MAX, X_MIN, Y_MIN, PressureOutlet, VelocityInlet
from sparselbm.domain import box
from sparselbm.evaluate import evaluate
from sparselbm.force import Boussinesq
from sparselbm.geometry import TriangleMesh
from sparselbm.interpolated import Bouzidi
from sparselbm.lattice import D2Q9, D3Q19, Lattice
from sparselbm.objective import Force, ScalarFlux, ScalarIntegral, ScalarRelease
from sparselbm.obstacle import Obstacle
from sparselbm.scalar import BodyValue, FixedFlux, FixedValue, Outflow, Scalar, ScalarBGK
from sparselbm.simulation import Simulation

BOTH_WAYS = ("heat.expansion", "heat.reference", "heat.gravity_y")
INPUTS = (
    "viscosity", "x_min.velocity_x", "x_max.density", "heat.diffusivity", "heat.source", "heat.x_min.value",
    "heat.y_min.flux", "heat.body.value", "dye.diffusivity", "populations", "solid fractions", "points", *BOTH_WAYS,
)  # fmt: skip


@functools.cache
def run(device: str, lattice: Lattice, buoyant: bool) -> Run:
    """A channel with a warm body and two scalars; every input acts on at least two of the objectives."""
    d = lattice.dimension
    heat = Scalar(
        "heat", 0.04, conditions=(FixedValue(X_MIN, 0.6), FixedFlux(Y_MIN, 0.02), Outflow(X_MAX)), source=2e-3,
        bodies=(BodyValue("body", 1.4),),
    )  # fmt: skip
    dye = Scalar("dye", 0.07, collision=ScalarBGK(), conditions=(FixedValue(X_MIN, 1.0),))
    simulation = Simulation(
        box((20, 13, 11)[:d], device=device), lattice=lattice, viscosity=0.05, precision=wp.float64,
        obstacles=(Obstacle("body", body(d)),), scalars=(heat, dye),
        boundaries=(VelocityInlet(X_MIN, (0.05, 0.01, 0.005)[:d]), PressureOutlet(X_MAX)),
        force=Boussinesq("heat", 0.7, (2e-4, -1e-3, 3e-4)[:d], reference=0.2) if buoyant else None,
    )  # fmt: skip
    rng = np.random.default_rng(2)
    for name in ("heat", "dye"):
        simulation.set_scalar(name, rng.random(simulation.domain.fluid.shape))
    objectives = {
        "integral": ScalarIntegral("heat"), "flux": ScalarFlux("heat", 0, 14), "release": ScalarRelease("heat", "body"),
        "dye": ScalarFlux("dye", 1, 8), "force": Force("body", (1.0, 0.3, 0.1)[:d]),
    }  # fmt: skip
    return Run(simulation, objectives)


@functools.cache
def directions(device, lattice, buoyant) -> dict[str, np.ndarray]:
    """Random directions of the fields; points move outward too, so that their terms do not cancel."""
    simulation = run(device, lattice, buoyant).simulation
    rng, domain = np.random.default_rng(3), simulation.domain
    points = simulation.geometry[0].points.numpy()
    outward = points - points.mean(axis=0)
    return {
        "populations": rng.standard_normal((domain.tile_count, simulation.physics.size, domain.cells_per_tile)),
        "solid fractions": rng.standard_normal((domain.tile_count, 1, domain.cells_per_tile)),
        "points": rng.uniform(-0.5, 0.5, points.shape) + outward / np.linalg.norm(outward, axis=1).max(),
    }


@functools.cache
def adjoints(device, lattice, buoyant) -> dict[str, dict[str, float]]:
    """Directional derivatives, by objective and input."""
    case, along = run(device, lattice, buoyant), directions(device, lattice, buoyant)
    names, fluid = case.simulation.physics.parameters, case.simulation.domain.fluid
    result = {}
    for objective, expected in zip(case.objectives, case.values(), strict=True):
        wrt = [InitialPopulations(), SolidFractions(), Points("body"), *map(Parameter, names)]
        value, (f, eps, points, *numbers) = case.value_and_grad(objective, *wrt)
        assert value == pytest.approx(expected, rel=1e-13)
        result[objective] = {
            "populations": np.sum(f * along["populations"] * fluid[:, None]),
            "solid fractions": np.sum(eps * along["solid fractions"][:, 0] * fluid),
            "points": np.sum(points * along["points"]),
            **dict(zip(names, map(float, numbers), strict=True)),
        }
    return result


def shifted(case: Run, along: dict[str, np.ndarray], name: str, t: float) -> np.ndarray:
    """The objectives with one input moved by t along its direction."""
    simulation = case.simulation
    if name == "populations":
        start = case.start
        case.start = start + t * spread(case, along[name])
        values = case.values()
        case.start = start
    elif name == "solid fractions":
        fractions, near = simulation.solid.numpy().copy(), simulation.solid_tiles
        simulation.solid.assign(fractions + t * spread(case, along[name]))
        simulation.solid_tiles = np.arange(simulation.domain.tile_count)  # Every tile now holds some solid.
        values = case.values()
        simulation.solid.assign(fractions)
        simulation.solid_tiles = near
    elif name == "points":
        points = simulation.geometry[0].points.numpy().copy()
        case.move_points(points + t * along[name])
        values = case.values()
        case.move_points(points)
    else:
        present = simulation.parameter(name)
        simulation.set_parameter(name, present + t)
        values = case.values()
        simulation.set_parameter(name, present)
    return values


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("buoyant", [False, True], ids=["carried", "buoyant"])
@pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)
def test_the_adjoint_is_the_derivative(device, lattice, buoyant, name):
    """Within 1e-6 of central differences; what an input does not act on has a gradient of 0."""
    if name in BOTH_WAYS and not buoyant:
        pytest.skip("there is no buoyancy")
    case, along = run(device, lattice, buoyant), directions(device, lattice, buoyant)
    h = {"points": 1e-6, "heat.diffusivity": 1e-5, "dye.diffusivity": 1e-5}.get(name, 1e-4)
    expected = central(lambda t: shifted(case, along, name, t), h)
    acts = 0
    for (objective, by_input), derivative in zip(adjoints(device, lattice, buoyant).items(), expected, strict=True):
        scale = max(abs(by_input[name]), 1e-7)
        assert by_input[name] == pytest.approx(derivative, rel=1e-6, abs=1e-6 * scale), objective
        acts += abs(derivative) > 1e-7
    assert acts >= (1 if name == "dye.diffusivity" or not buoyant else 4)


def test_every_parameter_is_tested(device):
    names = run(device, D2Q9, True).simulation.physics.parameters
    assert set(names) - set(INPUTS) == {"x_min.velocity_y", "heat.gravity_x", "dye.x_min.value"}


def test_checkpoints_give_the_same_bits(device):
    case = run(device, D2Q9, True)
    wrt = [Parameter("heat.diffusivity"), Points("body"), InitialPopulations()]
    stored, few = (
        case.value_and_grad("release", *wrt, plan=plan)
        for plan in (Stored(), Checkpointed(memory=5 * case.simulation.state_bytes))
    )
    assert stored[0] == few[0]
    assert all(np.array_equal(a, b) for a, b in zip(stored[1], few[1], strict=True))


def test_a_steady_gradient_of_natural_convection(device):
    """Heat through a warm, closed box at Ra 1000: the fixed point's gradient against differences of converged runs."""
    n, D = 16, 0.12
    speed2 = 1e3 * 0.71 * D * D / n**2
    heat = Scalar("heat", D, conditions=(FixedValue(X_MIN, 0.5), FixedValue(X_MAX, -0.5)))
    simulation = Simulation(
        box((n, n), device=device), viscosity=0.71 * D, precision=wp.float64, scalars=(heat,),
        force=Boussinesq("heat", 1.0, (0.0, -speed2 / n)),
    )  # fmt: skip
    names = ("viscosity", "heat.diffusivity", "heat.x_min.value", "heat.expansion", "heat.gravity_y")
    objective = ScalarFlux("heat", 0, n // 2)
    _, gradients = value_and_grad(
        objective, simulation, steps=8000, wrt=[Parameter(name) for name in names], plan=Steady(tolerance=1e-7)
    )
    for name, gradient in zip(names, gradients, strict=True):
        present = simulation.parameter(name)

        def value(t, name=name, present=present):
            simulation.set_parameter(name, present * (1.0 + t))
            simulation.run(6000)
            result = evaluate(objective, simulation)
            simulation.set_parameter(name, present)
            return result

        assert float(gradient) * present == pytest.approx(float(central(value, 1e-3)), rel=1e-5), name


def test_a_steady_gradient_at_a_constant_amount_of_scalar(device):
    """Dye in a closed, driven box, where nothing adds or takes any: the adjoint of its amount is projected out."""
    shape = (24, 16)
    dye, heavy = Scalar("dye", 0.1, source=None), Boussinesq("dye", 1.0, (0.0, 2e-4))
    simulation = Simulation(
        box(shape, device=device), viscosity=0.1, precision=wp.float64, scalars=(dye,), force=heavy,
        obstacles=(Obstacle("body", TriangleMesh.cylinder(3.2, (12.3, 6.6, -6.0), (12.3, 6.6, 7.0), 24)),),
    )  # fmt: skip
    simulation.set_scalar("dye", 0.5)
    objective = Force("body", (0.0, 1.0))
    names = ("dye.gravity_y", "dye.expansion")
    wrt = [Points("body"), *map(Parameter, names)]
    _, (points, *numbers) = value_and_grad(objective, simulation, steps=6000, wrt=wrt, plan=Steady(tolerance=1e-6))
    geometry = simulation.geometry[0]
    start, there = simulation.state.numpy().copy(), geometry.points.numpy().copy()

    def settled():
        simulation.state.assign(start)
        simulation.run(6000)
        return evaluate(objective, simulation)

    for name, gradient in zip(names, numbers, strict=True):
        present = simulation.parameter(name)

        def value(t, name=name, present=present):
            simulation.set_parameter(name, present + t)
            result = settled()
            simulation.set_parameter(name, present)
            return result

        assert float(gradient) == pytest.approx(float(central(value, 1e-3 * present)), rel=1e-4), name

    def moved(t):
        geometry.move(there + t * (there - there.mean(axis=0)))
        simulation.update_geometry()
        return settled()

    along = np.sum(points * (there - there.mean(axis=0)))
    assert along == pytest.approx(float(central(moved, 1e-4)), rel=1e-3)


def test_links_of_a_warm_body_have_gradients(device):
    """Anti-bounce-back on the links of a body whose wall lies on them."""
    heat = Scalar("heat", 0.05, conditions=(FixedValue(X_MIN, 0.2),), bodies=(BodyValue("body", 1.0),))
    mesh = TriangleMesh.cylinder(3.2, (9.3, 6.6, -6.0), (9.3, 6.6, 7.0), 24)
    simulation = Simulation(
        box((20, 13), device=device), viscosity=0.05, precision=wp.float64, scalars=(heat,),
        obstacles=(Obstacle("body", mesh, wall=Bouzidi()),),
        boundaries=(VelocityInlet(X_MIN, (0.05, 0.01)), PressureOutlet(X_MAX)),
    )  # fmt: skip
    case = Run(simulation, {"release": ScalarRelease("heat", "body")})
    names = ("heat.body.value", "heat.diffusivity", "viscosity", "x_min.velocity_x")
    value, gradients = case.value_and_grad("release", *map(Parameter, names))
    assert value > 0.0
    for name, gradient in zip(names, gradients, strict=True):
        expected = central(lambda t, name=name: shifted(case, {}, name, t), 1e-5)[0]
        assert abs(expected) > 1e-7
        assert float(gradient) == pytest.approx(expected, rel=1e-6), name
