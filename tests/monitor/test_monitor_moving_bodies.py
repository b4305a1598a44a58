"""Monitors, objectives and adjoint passes that were bound before a body moved belong to where it is now."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint.sweep import BackwardSweep
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.kernels.adjoint import GradientTargets
from sparselbm.models import RigidVelocity
from sparselbm.models.scalar import BodyValue, Scalar
from sparselbm.observe import (
    Dissipation,
    FlowRate,
    Force,
    Integral,
    KineticEnergy,
    LayerArea,
    ScalarIntegral,
    ScalarRelease,
    Torque,
    evaluate,
)
from sparselbm.observe.evaluation import Evaluation
from sparselbm.observe.monitor import (
    DragLift,
    EverySteps,
    FlowIntegrals,
    ForceOn,
    LayerMean,
    MomentCoefficient,
    PressureLoss,
    Probes,
    Residual,
    TorqueOn,
    Values,
)
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving import MovingObstacles, Prescribed, RigidBody, Uniform

EVERY = EverySteps(1)
SPEED = 0.1
"""Of the bodies that a motion moves [cells / step]."""
FAR = 100
"""Steps, or tenths of a cell, of a motion: the body comes to tiles that it was not near before."""

MONITORS = {
    "force": ForceOn("body", EVERY),
    "torque": TorqueOn("body", (12.0, 12.0), EVERY),
    "coefficients": DragLift("body", EVERY, speed=0.05, area=6.0),
    "moment": MomentCoefficient("body", EVERY, (12.0, 12.0), 0.05, 6.0, 6.0),
    "layer": LayerMean(0, 22, EVERY),
    "pressure loss": PressureLoss(0, 10, 22, EVERY),
    "integrals": FlowIntegrals(EVERY),
    "residual": Residual(EVERY),
    "probes": Probes(((16.2, 12.4), (19.6, 12.1), (18.0, 14.5)), EVERY),
    "values": Values({"force": Force("body", (1.0, 0.0)), "flow": FlowRate(0, 22), "energy": KineticEnergy()}, EVERY),
}

SPEED_SQUARED = Integral(lambda rho, u: rho * (u[0] * u[0] + u[1] * u[1]))
OBJECTIVES = [
    Force("body", (1.0, 0.5)), Torque("body", (12.0, 12.0)), LayerArea(0, 22), FlowRate(0, 22), KineticEnergy(),
    Dissipation(), SPEED_SQUARED,
]
OF_SCALARS = [ScalarRelease("heat", "body"), ScalarIntegral("heat")]


def flow(device: str, **options) -> Simulation:
    """A body of radius 3 in a periodic box that a force drives, already on its way."""
    body = Obstacle(
        "body", TriangleMesh.cylinder(3.0, (12.0, 12.0, -9.0), (12.0, 12.0, 10.0), 24),
        motion=RigidVelocity((SPEED, 0.0), (0.0,), (12.0, 12.0)),
    )
    domain = box((48, 24), periodic=(True, True), device=device)
    simulation = Simulation(
        domain, viscosity=0.1, force=(1e-5, 2e-5), obstacles=[body], precision=wp.float64, **options
    )
    simulation.run(20)
    return simulation


def onwards(t: float) -> np.ndarray:
    matrix = np.eye(4)
    matrix[0, 3] = SPEED * (t - 20.0)
    return matrix


def prescribed(simulation: Simulation) -> None:
    MovingObstacles(simulation, {"body": Prescribed(lambda t: onwards(max(t, 20.0)))}).run(FAR)


def free(simulation: Simulation) -> None:
    """A heavy body that keeps most of its velocity."""
    MovingObstacles(simulation, {"body": RigidBody(matter=Uniform(50.0), gravity=(0.0, 0.0))}).run(FAR)


def by_hand(simulation: Simulation) -> None:
    geometry = simulation.solids.geometry[0]
    geometry.move(geometry.points.numpy() + np.array([SPEED * FAR, 0.0, 0.0]))
    simulation.update_geometry({"body"})
    simulation.run(20)


def fractions(simulation: Simulation) -> None:
    """Solid in other tiles, and half as much of it where it was."""
    eps = tile_view(simulation.domain, simulation.solids.fractions, 1)[:, 0]
    simulation.set_solid_fractions(np.clip(0.5 * eps + 0.5 * np.roll(eps, 1, axis=0), 0.0, 1.0))
    simulation.run(20)


MOTIONS = [prescribed, free, by_hand, fractions]
ALL_MOTIONS = pytest.mark.parametrize("motion", MOTIONS, ids=lambda motion: motion.__name__)


def same(one, other) -> bool:
    return np.array_equal(np.asarray(one), np.asarray(other), equal_nan=True)


@ALL_MOTIONS
def test_monitors_follow_the_body(device, motion):
    """Each gives what one that is bound afterwards gives, to the last bit."""
    simulation = flow(device)
    early = {name: monitor.bind(simulation) for name, monitor in MONITORS.items()}
    first = {name: sampler.take() for name, sampler in early.items()}
    motion(simulation)
    late = {name: monitor.bind(simulation) for name, monitor in MONITORS.items()}
    for name, sampler in late.items():
        found, right = early[name].take(), sampler.take()
        assert name == "residual" or same(found, right), name
        assert not same(found, first[name]), name
    simulation.run(3)  # A residual is a change since the sample before.
    assert all(same(early[name].take(), late[name].take()) for name in MONITORS)


@ALL_MOTIONS
def test_evaluations_follow_the_body(device, motion):
    simulation = flow(device)
    early = [Evaluation(simulation, objective) for objective in OBJECTIVES]
    motion(simulation)
    for evaluation, objective in zip(early, OBJECTIVES, strict=True):
        evaluation.add(simulation.state.populations)
        assert evaluation.take() == evaluate(objective, simulation), objective


@pytest.mark.parametrize("motion", [by_hand, fractions], ids=lambda motion: motion.__name__)
def test_what_a_body_gives_off_follows_it(device, motion):
    simulation = flow(device, scalars=(Scalar("heat", 0.05, bodies=(BodyValue("body", 1.0),)),))
    early = [Evaluation(simulation, objective) for objective in OF_SCALARS]
    motion(simulation)
    for evaluation, objective in zip(early, OF_SCALARS, strict=True):
        evaluation.add(simulation.state.populations)
        assert evaluation.take() == evaluate(objective, simulation) != 0.0


@ALL_MOTIONS
def test_adjoint_passes_follow_the_body(device, motion):
    """d drag / d populations, and one step back, of a sweep that was made and used before the motion."""
    simulation = flow(device)
    drag, wrt = Force("body", (1.0, 0.0)), GradientTargets(solid=True, parameters=True)
    early = BackwardSweep(simulation, drag, wrt=wrt)
    sweep(early)
    motion(simulation)
    late = BackwardSweep(simulation, drag, wrt=wrt)
    assert all(map(same, sweep(early), sweep(late)))
    assert np.abs(late.adjoint.numpy()).max() > 0.0


def sweep(backward: BackwardSweep) -> list[np.ndarray]:
    simulation = backward.simulation
    backward.clear()
    backward.clear_gathered()
    backward.inject(simulation.state.populations, 1.0, simulation.steps)
    backward.back(simulation.state.populations, simulation.steps)
    return [backward.adjoint.numpy().copy(), *backward.gathered()]


def test_a_point_within_a_body_has_no_value(device):
    """NaN while the body is there, and values again when it has left; a layer that a body fills has no mean."""
    simulation = flow(device)
    probe = Probes(((22.0, 12.0),), EVERY).bind(simulation)
    by_hand(simulation)
    assert np.isnan(probe.take()).all()
    simulation.solids.geometry[0].move(simulation.solids.geometry[0].points.numpy() + np.array([8.0, 0.0, 0.0]))
    simulation.update_geometry({"body"})
    assert same(probe.take(), Probes(((22.0, 12.0),), EVERY).bind(simulation).take())
    layer = LayerMean(0, 22, EVERY).bind(simulation)
    simulation.set_solid_fractions(np.ones(simulation.domain.fluid.shape))
    assert np.isnan(layer.take()[0])
