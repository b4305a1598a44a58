"""A run between a user's own kernels on one `wp.Tape`."""

import gc

import numpy as np
import pytest
import warp as wp
from channel_cases import central, channel

from sparselbm.adjoint import Checkpointed, Steady, Stored, moments_on_tape, run_on_tape, tape_array
from sparselbm.errors import AdjointError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models import SmoothStart
from sparselbm.models.boundary import X_MIN, Parabola, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation

STEPS = 20


@wp.kernel
def excite(
    base: wp.array(dtype=wp.float64), pattern: wp.array(dtype=wp.float64), amplitude: wp.array(dtype=wp.float64),
    populations: wp.array(dtype=wp.float64),
):
    """f = f_0 + a^2 g."""
    i = wp.tid()
    populations[i] = base[i] + amplitude[0] * amplitude[0] * pattern[i]


@wp.kernel
def weigh(moments: wp.array(dtype=wp.float64), weights: wp.array(dtype=wp.float64), loss: wp.array(dtype=wp.float64)):
    """L = sum_i w_i m_i^2 over density and velocity of all cells."""
    i = wp.tid()
    wp.atomic_add(loss, 0, weights[i] * moments[i] * moments[i])


class Chain:
    """amplitude -> populations -> 20 steps -> moments -> loss, with inputs that can be moved."""

    def __init__(self, device, lattice, method=Checkpointed()):
        self.simulation = channel(device, lattice, TRT())
        self.simulation.parameters.array.requires_grad = True
        self.method = method
        d = lattice.dimension
        self.simulation.set_state(1.0, (0.05, 0.01, 0.005)[:d])
        self.base = wp.clone(self.simulation.state.populations)
        n, cells = self.simulation.domain.tile_count, self.simulation.domain.cells_per_tile
        rng, fluid = np.random.default_rng(7), self.simulation.domain.fluid[:, None]
        self.pattern = self._flat(1e-3 * rng.standard_normal((n, lattice.size, cells)) * fluid)
        self.amplitude = wp.array([1.3], dtype=wp.float64, device=device, requires_grad=True)
        self.weights = rng.standard_normal((n, 1 + d, cells)) * fluid
        self.loss = wp.zeros(1, dtype=wp.float64, device=device, requires_grad=True)

    def _flat(self, values: np.ndarray) -> wp.array:
        return wp.array(np.append(values, np.zeros(values[0].size)), dtype=wp.float64, device=self.base.device)

    def record(self) -> wp.Tape:
        """Everything on one tape, the run inside its block."""
        simulation = self.simulation
        self.loss.zero_()
        self.populations = tape_array(simulation, simulation.lattice.size)
        with wp.Tape() as tape:
            wp.launch(
                excite,
                self.base.size,
                [self.base.flatten(), self.pattern, self.amplitude],
                [self.populations.flatten()],
                device=self.base.device,
            )
            self.result = run_on_tape(tape, simulation, self.populations, STEPS, method=self.method)
            moments = moments_on_tape(tape, simulation, self.result)
            weights = self._flat(self.weights)
            wp.launch(weigh, moments.size, [moments.flatten(), weights], [self.loss], device=self.base.device)
        return tape

    def value(self) -> float:
        self.record()
        return float(self.loss.numpy()[0])


def gradients(chain: Chain) -> dict[str, np.ndarray]:
    return {
        "amplitude": chain.amplitude.grad.numpy().copy(),
        "parameters": chain.simulation.parameters.array.grad.numpy().copy(),
        "points": chain.simulation.solids.geometry[0].points.grad.numpy().copy(),
    }


@pytest.mark.parametrize("method", [Stored(), Checkpointed("200 KiB")], ids=["stored", "checkpointed"])
@pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)
def test_the_chain_has_the_right_gradients(device, lattice, method):
    """To a user's own number, to every parameter and to the points of the body; twice, with `tape.zero` between."""
    if method != Stored() and lattice.dimension == 3:
        method = Checkpointed("5 MiB")
    chain = Chain(device, lattice, method)
    simulation, geometry = chain.simulation, chain.simulation.solids.geometry[0]
    tape = chain.record()
    tape.backward(chain.loss)
    first = gradients(chain)
    tape.zero()
    assert all((g == 0.0).all() for g in gradients(chain).values()), "tape.zero reaches everything"
    tape.backward(chain.loss)
    second = gradients(chain)
    assert all(np.array_equal(first[name], second[name]) for name in first)

    def along_amplitude(t):
        chain.amplitude.assign([1.3 + t])
        return chain.value()

    expected = central(along_amplitude, 1e-4)
    chain.amplitude.assign([1.3])
    assert abs(expected) > 1e-6
    assert first["amplitude"][0] == pytest.approx(expected, rel=1e-6)

    for k, name in enumerate(simulation.physics.parameters):

        value = simulation.parameter(name)

        def along_parameter(t, name=name, value=value):
            simulation.set_parameter(name, value + t)
            return chain.value()

        expected = central(along_parameter, 1e-4)
        simulation.set_parameter(name, value)
        assert abs(expected) > 1e-7
        assert first["parameters"][k] == pytest.approx(expected, rel=1e-6), name

    points = geometry.points.numpy().copy()
    direction = np.random.default_rng(8).standard_normal(points.shape) + (points - points.mean(axis=0)) / 3.0

    def along_points(t):
        geometry.move(points + t * direction)
        simulation.update_geometry()
        return chain.value()

    assert np.sum(first["points"] * direction) == pytest.approx(central(along_points, 1e-6), rel=1e-6)


def test_a_backward_pass_leaves_the_simulation_as_it_was(device):
    chain = Chain(device, D2Q9)
    tape = chain.record()
    chain.simulation.run(7)
    state, steps = chain.simulation.state.populations.numpy().copy(), chain.simulation.steps
    tape.backward(chain.loss)
    assert np.array_equal(chain.simulation.state.populations.numpy(), state)
    assert chain.simulation.steps == steps


def test_passes_add_up(device):
    """Two backward passes without a forward pass between them: twice the gradient, to the last bit."""
    simulation = channel(device, D2Q9, TRT())
    simulation.parameters.array.requires_grad = True
    tape, populations = wp.Tape(), tape_array(simulation, 9)
    populations.assign(simulation.state.populations.numpy())
    result = run_on_tape(tape, simulation, populations, STEPS)
    given = wp.array(np.random.default_rng(3).standard_normal(result.shape), dtype=wp.float64, device=device)
    gradients = []
    for _ in range(2):
        tape.backward(grads={result: given})
        arrays = (populations.grad, simulation.parameters.array.grad, simulation.solids.geometry[0].points.grad)
        gradients.append([array.numpy().copy() for array in arrays])
    for once, twice in zip(*gradients, strict=True):
        assert np.abs(once).max() > 0.0
        assert np.array_equal(2.0 * once, twice)


def test_the_way_back_does_not_repeat_the_run(device, forward_steps, living_states):
    """With every state stored, however often it is gone; they go with the tape."""
    simulation = channel(device, D2Q9, TRT())
    tape, populations, before = wp.Tape(), tape_array(simulation, 9), living_states()
    populations.assign(simulation.state.populations.numpy())
    result = run_on_tape(tape, simulation, populations, STEPS, method=Stored())
    for _ in range(2):
        tape.backward(grads={result: simulation.state.zeros()})
    assert len(forward_steps) == STEPS
    assert living_states() > before + STEPS
    del tape
    gc.collect()
    assert living_states() <= before


def varied(device) -> Simulation:
    """A channel with a schedule, a profile, and a wall on links, in one tile: one kernel."""
    body = Obstacle("body", TriangleMesh.cylinder(1.4, (4.3, 4.2, -6.0), (4.3, 4.2, 7.0), 16), wall=Bouzidi())
    return Simulation(
        box((8, 8), device=device), viscosity=0.1, obstacles=[body], precision=wp.float64,
        boundaries=[VelocityInlet(X_MIN, (0.03, 0.0), profile=Parabola(0))], schedules={"x_min.velocity_x": SmoothStart(50)},
    )


def other_profile(simulation: Simulation) -> None:
    name = simulation.fields.names[0]
    simulation.fields.put(name, np.full(simulation.domain.fluid.shape, 0.5))
    simulation.fields.upload()


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda simulation: simulation.parameters.schedules.update({"x_min.velocity_x": SmoothStart(40)}), "schedules"),
        (other_profile, "fields"),
        (lambda simulation: simulation.walls.fractions.fill_(0.25), "link fractions"),
    ],
    ids=["schedule", "profile", "links"],
)
def test_models_that_changed_are_an_error(device, spoil, what):
    simulation = varied(device)
    tape, populations = wp.Tape(), tape_array(simulation, 9)
    result = run_on_tape(tape, simulation, populations, 3)
    tape.backward(grads={result: simulation.state.zeros()})
    spoil(simulation)
    with pytest.raises(AdjointError, match=f"the {what} of run_on_tape were changed"):
        tape.backward(grads={result: simulation.state.zeros()})


def swap_two(chain: Chain) -> None:
    """A change that a sum would not see."""
    values = chain.populations.numpy().copy()
    first, second = np.flatnonzero(values)[:2]
    values.flat[[first, second]] = values.flat[[second, first]]
    chain.populations.assign(values)


def move_body(chain: Chain) -> None:
    geometry = chain.simulation.solids.geometry[0]
    geometry.move(geometry.points.numpy() + 0.01)
    chain.simulation.update_geometry()


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda chain: chain.populations.zero_(), "populations of run_on_tape"),
        (swap_two, "populations of run_on_tape"),
        (lambda chain: chain.result.zero_(), "populations of moments_on_tape"),
        (lambda chain: chain.simulation.set_parameter("viscosity", 0.06), "parameters"),
        (move_body, "points of 'body'"),
    ],
    ids=["populations", "two swapped", "result", "parameter", "body"],
)
def test_overwritten_inputs_are_an_error(device, spoil, what):
    """Never a gradient of something else."""
    chain = Chain(device, D2Q9)
    tape = chain.record()
    spoil(chain)
    with pytest.raises(AdjointError, match=f"{what}.* were changed"):
        tape.backward(chain.loss)


def test_runs_that_cannot_be_on_a_tape(device):
    simulation = channel(device, D2Q9, TRT())
    populations = tape_array(simulation, 9)
    with pytest.raises(AdjointError, match="Stored or Checkpointed"):
        run_on_tape(wp.Tape(), simulation, populations, 5, method=Steady())
    with pytest.raises(AdjointError, match="the number of steps is 0, but must be at least 1"):
        run_on_tape(wp.Tape(), simulation, populations, 0)
    with pytest.raises(AdjointError, match="tape_array"):
        run_on_tape(wp.Tape(), simulation, simulation.state.zeros(), 5)
    with pytest.raises(AdjointError, match="tape_array"):
        moments_on_tape(wp.Tape(), simulation, simulation.state.zeros())
