"""Everything runs where an array's dimension must not exceed a few values a cell, as Warp's must not exceed 2^31 - 1."""

import numpy as np
import pytest
import warp as wp
from channel_cases import channel

from sparselbm.adjoint import (
    Checkpointed,
    Disk,
    FromPopulations,
    GradientGuard,
    HalfPrecision,
    InitialPopulations,
    Parameter,
    Points,
    Populations,
    Run,
    SecondMoments,
    Steady,
    Stored,
    moments_on_tape,
    run_on_tape,
    tape_array,
    value_and_grad,
)
from sparselbm.grid import memory
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9
from sparselbm.models.collision import TRT
from sparselbm.models.wall import Bouzidi
from sparselbm.observe import Force
from sparselbm.observe.monitor import EverySteps, FlowIntegrals, ForceOn, LayerMean, Probes, Residual
from sparselbm.solver import Obstacle, Simulation

STEPS = 12


@pytest.fixture
def limited(monkeypatch):
    """A function that begins to refuse dimensions of more than two values for each cell of the channel."""

    def begin() -> None:
        most = 2 * 7 * 64  # Six tiles and the sentinel.

        def check(shape):
            if any(n >= most for n in shape):
                raise ValueError(f"an array of shape {shape}: its dimensions must stay below {most}")

        monkeypatch.setattr(wp._src.types, "check_array_shape", check)
        monkeypatch.setattr(memory, "_SUMMED", most - 1)

    return begin


def flow(device) -> Simulation:
    simulation = channel(device, D2Q9, TRT())
    simulation.set_state(1.0, (0.05, 0.01))
    return simulation


def gradients(device, method, steps=STEPS):
    wrt = [InitialPopulations(), Parameter("viscosity"), Points("body")]
    value, found = value_and_grad(
        Force("body", (1.0, 0.3)), flow(device), steps=steps, wrt=wrt[method.forgets_start :], method=method,
        guard=GradientGuard()
    )
    return [np.array(value), *found]


def methods(folder, state_bytes):
    return {
        "stored": Stored(),
        "checkpointed": Checkpointed(3 * state_bytes),
        "disk": Checkpointed(2 * state_bytes, disk=Disk(folder)),
        "half precision": Checkpointed(2 * state_bytes, storage=HalfPrecision()),
        "second moments": Checkpointed(3 * state_bytes, storage=SecondMoments()),
        "steady": Steady(tolerance=0.5, flow_tolerance=1.0),
    }


def on_tape(device):
    simulation = flow(device)
    start = tape_array(simulation, 9)
    start.assign(simulation.state.populations)
    tape = wp.Tape()
    moments = moments_on_tape(tape, simulation, run_on_tape(tape, simulation, start, STEPS))
    seed = tape_array(simulation, 3)
    seed.fill_(1.0)
    tape.backward(grads={moments: seed})
    return [moments.numpy().copy(), start.grad.numpy().copy()]


def as_function(device):
    simulation = flow(device)
    run = Run(simulation, STEPS, start=FromPopulations(), outputs=[Populations()])
    start = wp.clone(simulation.state.populations[:-1])
    there = run.at(start)
    (end,) = there.outputs()
    (gradient,) = there.pullback([wp.clone(end)], [True])
    return [end.numpy(), gradient.numpy()]


def watched(device):
    simulation = flow(device)
    every = EverySteps(1)
    monitors = [
        ForceOn("body", every), FlowIntegrals(every), Residual(every), Probes(((3.2, 4.1), (15.0, 6.0)), every),
        LayerMean(axis=0, layer=4, every=every),
    ]
    samplers = [monitor.bind(simulation) for monitor in monitors]
    rows = []
    for _ in range(2):
        simulation.run(STEPS)
        rows += [np.array(sampler.take()) for sampler in samplers]
    return [*rows, simulation.velocity().copy(), simulation.force_field().copy()]


def carried_over(device):
    simulation = flow(device)
    simulation.run(STEPS)
    moved = simulation.transferred_to(box((20, 13), device=device))
    moved.run(STEPS)
    return [moved.state.populations.numpy().copy()]


def beside_links(device):
    """Walls on links, whose fractions have a value for each population."""
    body = channel(device, D2Q9, TRT()).obstacles[0]
    simulation = Simulation(
        box((20, 13), periodic=(False, False), device=device), lattice=D2Q9, viscosity=0.05, force=(1e-4, 0.0),
        obstacles=(Obstacle("body", body.mesh, Bouzidi()),), precision=wp.float64,
    )
    simulation.set_state(1.0, 0.01)
    value, found = value_and_grad(Force("body", (1.0, 0.3)), simulation, steps=STEPS, wrt=[Points("body")], method=Stored())
    return [np.array(value), *found]


PATHS = {"tape": on_tape, "function": as_function, "monitors": watched, "transferred_to": carried_over, "links": beside_links}


def same(path, limited):
    """A path's results, first without, then with the limit."""
    expected = path()
    limited()
    for a, b in zip(path(), expected, strict=True):
        assert np.array_equal(a, b, equal_nan=True)
        assert np.any(b != 0.0)


@pytest.mark.parametrize("name", PATHS)
def test_paths(name, device, limited):
    same(lambda: PATHS[name](device), limited)


@pytest.mark.parametrize("name", methods("", 1))
def test_methods(name, device, limited, tmp_path):
    method = methods(tmp_path, channel(device, D2Q9, TRT()).state.nbytes)[name]
    steps = 400 if method.forgets_start else STEPS
    same(lambda: gradients(device, method, steps), limited)


def test_the_limit_is_felt(device, limited):
    """A flat array as long as a state is refused."""
    limited()
    with pytest.raises(ValueError, match="must stay below"):
        wp.zeros(flow(device).state.populations.size, dtype=wp.float64, device=device)
