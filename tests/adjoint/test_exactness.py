"""Streaming's transpose to rounding, and Taylor's second order through 50 steps to shapes."""

import numpy as np
import pytest
import warp as wp
from channel_cases import channel_run

from sparselbm.adjoint import Deformed, Stored, value_and_grad
from sparselbm.geometry.deformation import FFD, FreeVertices, Rigid
from sparselbm.grid.memory import put_tiles
from sparselbm.kernels.step import stream_kernel, unstream_kernel
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.observe import evaluate

LATTICES = (D2Q9, D3Q19, D3Q27)


def random_state(run, seed: int) -> wp.array:
    """Random numbers in the fluid, 0 elsewhere."""
    domain, Q = run.simulation.domain, run.simulation.lattice.size
    state = run.simulation.state.zeros()
    noise = (
        np.random.default_rng(seed).standard_normal((domain.tile_count, Q, domain.cells_per_tile))
        * domain.fluid[:, None]
    )
    put_tiles(noise, state)
    return state


def dot(run, a: wp.array, b: wp.array) -> float:
    """The scalar product over the fluid, without the sentinel."""
    return float(np.vdot(a.numpy()[:-1], b.numpy()[:-1]))


def scale(run, a, b) -> float:
    return (dot(run, a, a) * dot(run, b, b)) ** 0.5


def through(run, kernel, **arrays) -> wp.array:
    result = run.simulation.state.zeros()
    run.simulation.passes.general(kernel)(target=result, **arrays)
    return result


@pytest.mark.parametrize("lattice", LATTICES, ids=repr)
def test_streaming_is_transposed_exactly(device, lattice):
    """<S a, b> = <a, S^T b>, and S^T S = 1: streaming with walls permutes populations."""
    run = channel_run(device, lattice)
    a, b = random_state(run, 1), random_state(run, 2)
    streamed, gathered = through(run, stream_kernel, source=a), through(run, unstream_kernel, adjoint=b)
    assert abs(dot(run, streamed, b) - dot(run, a, gathered)) < 1e-14 * scale(run, a, b)
    back = through(run, unstream_kernel, adjoint=streamed)
    fluid = np.abs(random_state(run, 3).numpy()) > 0.0
    assert np.array_equal(back.numpy()[fluid], a.numpy()[fluid])


SHAPES = {
    "rigid": (Rigid(translate=(True, True, False)), [1.0, 0.5]),
    "control point": (FFD((3, 3, 2)), 8),
    "vertex": (FreeVertices(1.5), 5),
}
"""A deformation, and a direction of its variables or the number of the point whose x is varied."""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)
def test_the_remainder_is_of_second_order(device, lattice, shape):
    """|J(x + h d) - J(x) - h dJ/dx . d| = O(h^2) through 50 steps: slope 2.00 +- 0.02."""
    option, along = SHAPES[shape]
    run = channel_run(device, lattice)
    objective, simulation, geometry = run.objectives["Force"], run.simulation, run.simulation.solids.geometry[0]
    base = geometry.points.numpy().copy()
    deformation = option.bind(geometry.obstacle.mesh)
    x = deformation.initial()
    direction = np.array(along) if isinstance(along, list) else np.eye(deformation.size)[3 * along]

    def value(h):
        run.move_points(deformation.points(x + h * direction))
        simulation.state.populations.assign(run.start)
        simulation.run(50)
        return evaluate(objective, simulation)

    simulation.state.populations.assign(run.start)
    wrt = [Deformed("body", deformation, x)]
    at_x, (gradient,) = value_and_grad(objective, simulation, steps=50, wrt=wrt, method=Stored())
    slope = float(np.dot(gradient, direction))
    steps = 1e-4 * 0.5 ** np.arange(4)
    remainders = [abs(value(h) - at_x - h * slope) for h in steps]
    run.move_points(base)
    assert abs(slope) > 1e-7
    order = np.polyfit(np.log(steps), np.log(remainders), 1)[0]
    print(f"{lattice} {shape}: slope {order:.4f}, by {slope:.3e}, from {remainders[0]:.1e} to {remainders[-1]:.1e}")
    assert order == pytest.approx(2.0, abs=0.02)
