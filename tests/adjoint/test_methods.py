"""Plans agree: checkpointed with stored to the last bit, steady with a long run."""

from math import comb

import numpy as np
import pytest
import warp as wp
from channel_cases import channel, channel_run, objectives, some_function

from sparselbm.adjoint import (
    Checkpointed,
    InitialPopulations,
    Parameter,
    Points,
    SolidFractions,
    Steady,
    Stored,
    Window,
    value_and_grad,
)
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, FreeSlip, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.observe import FlowRate, Force, Integral
from sparselbm.solver import Obstacle, Simulation

WRT = (InitialPopulations(), SolidFractions(), Points("body"), Parameter("viscosity"), Parameter("x_min.velocity_x"))


def same_bits(a, b) -> bool:
    (value, gradients), (other, others) = a, b
    return value == other and all(np.array_equal(x, y) for x, y in zip(gradients, others, strict=True))


@pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)
def test_checkpointed_is_stored_to_the_last_bit(device, lattice):
    run = channel_run(device, lattice)
    stored = run.value_and_grad("Force", *WRT, method=Stored())
    for states in (1, 2, 3, 7, 23, 24, 1000):
        method = Checkpointed(states * run.simulation.state.nbytes)
        assert same_bits(run.value_and_grad("Force", *WRT, method=method), stored), f"{states} states"


def test_checkpointing_repeats_as_few_steps_as_is_possible(device, monkeypatch):
    """r l - (s + r)! / ((s + 1)! (r - 1)!) steps for l steps on s states, r the repetitions needed, and the last."""
    simulation = channel(device, D2Q9, TRT())
    advance, done = simulation.stepper.advance, []
    monkeypatch.setattr(simulation.stepper, "advance", lambda *given: (done.append(1), advance(*given)))
    steps, states = 200, 10
    value_and_grad(
        objectives(2)["Force"], simulation, steps=steps, wrt=(), method=Checkpointed(states * simulation.state.nbytes)
    )
    r = next(r for r in range(steps) if comb(states + r, r) >= steps)
    assert len(done) == r * steps - comb(states + r, r - 1) + 1


def test_a_schedule_of_many_steps_is_made_at_once(device):
    """Regression: the library's `Revolve` takes minutes for this one."""
    from checkpoint_schedules import MultistageCheckpointSchedule

    assert sum(1 for _ in MultistageCheckpointSchedule(20_000, 100, 0, trajectory="revolve")) > 20_000


def settling(device, kind: str):
    """A slow flow around a cylinder, and an objective."""
    mesh = TriangleMesh.cylinder(3.4, (12.3, 7.1, -6.0), (12.3, 7.1, 7.0), 32)
    common = {"viscosity": 0.1, "precision": wp.float64, "obstacles": (Obstacle("body", mesh),)}
    if kind == "inlet and outlet":
        faces = (VelocityInlet(X_MIN, (0.02, 0.0)), PressureOutlet(X_MAX, relaxation=0.2))
        return (
            Simulation(box((32, 16), device=device), boundaries=faces, **common),
            Force("body", (1.0, 0.3)),
            "x_min.velocity_x",
        )
    common["force"] = (1e-5, 0.0)
    if kind == "periodic, walls":
        return Simulation(box((32, 16), periodic=(True, False), device=device), **common), FlowRate(0, 25), "force_x"
    one_sided = kind == "periodic, one plane of symmetry"
    faces = (FreeSlip(Y_MAX),) if one_sided else (FreeSlip(Y_MIN), FreeSlip(Y_MAX))
    domain = box((32, 13 if one_sided else 16), periodic=(True, False), device=device)
    return Simulation(domain, boundaries=faces, **common), Integral(some_function), "force_x"


@pytest.mark.parametrize(
    "kind",
    [
        "inlet and outlet", "periodic, walls",
        pytest.param("periodic, one plane of symmetry", marks=pytest.mark.validate),
        pytest.param("periodic, two planes of symmetry", marks=pytest.mark.validate),
    ],
)
def test_steady_is_the_limit_of_a_long_run(device, kind):
    """Within 1e-3, in the points, the viscosity and what drives the flow; where the mass is conserved as well."""
    simulation, objective, drive = settling(device, kind)
    wrt = (Points("body"), Parameter("viscosity"), Parameter(drive))
    simulation.run(6000)
    steady_value, steady = value_and_grad(objective, simulation, steps=0, wrt=wrt, method=Steady())
    method = Checkpointed(400 * simulation.state.nbytes)
    value, unsteady = value_and_grad(objective, simulation, steps=6000, window=Window(100), wrt=wrt, method=method)
    errors = [float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(steady, unsteady, strict=True)]
    print(kind, "relative differences", *(f"{e:.1e}" for e in errors))
    assert steady_value == pytest.approx(value, rel=3e-6)
    assert max(errors) < 1e-3


def test_steady_takes_no_step_of_its_own(device):
    simulation, objective, _ = settling(device, "periodic, walls")
    simulation.run(6000)
    before = simulation.state.populations.numpy().copy()
    value_and_grad(objective, simulation, steps=0, wrt=(Parameter("viscosity"),), method=Steady())
    assert simulation.steps == 6000
    assert np.array_equal(simulation.state.populations.numpy(), before)


def test_gradients_do_not_change_the_flow(device):
    """The final state after value_and_grad is that of a plain run, bit for bit."""
    run = channel_run(device, D2Q9)
    run.simulation.state.populations.assign(run.start)
    run.simulation.run(run.steps)
    plain = run.simulation.state.populations.numpy().copy()
    for method in (Stored(), Checkpointed(3 * run.simulation.state.nbytes)):
        run.value_and_grad("Torque", *WRT, method=method)
        assert np.array_equal(run.simulation.state.populations.numpy(), plain)


def test_a_second_geometry_forgets_the_first_gradient(device):
    """Regression: after `update_geometry`, the points' gradient was added to that of the geometry before."""
    run = channel_run(device, D2Q9)
    points = run.simulation.solids.geometry[0].points.numpy().copy()
    _, (first,) = run.value_and_grad("Force", Points("body"))
    run.move_points(points)
    _, (second,) = run.value_and_grad("Force", Points("body"))
    assert np.array_equal(first, second)
    assert np.abs(first).max() > 0.0
