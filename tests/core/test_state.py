"""The memory of a state: what is lent is never what holds the populations."""

import numpy as np
import pytest

from sparselbm.grid.build import box
from sparselbm.solver import Simulation


def stirred(device):
    simulation = Simulation(box((16, 8), periodic=(True, True), device=device), viscosity=0.1)
    simulation.set_state(1.0, 0.05 * np.random.default_rng(1).standard_normal((*simulation.domain.fluid.shape, 2)))
    return simulation


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_steps_while_memory_is_lent(device, steps):
    """Borrowers keep what they have written, and the flow is that of a run without them."""
    simulation, alone = stirred(device), stirred(device)
    alone.run(2 * steps)
    state = simulation.state
    with state.scratch() as first, state.scratch() as second:
        first.fill_(3.0)
        second.fill_(5.0)
        simulation.run(steps)
        assert len({array.ptr for array in (first, second, state.populations)}) == 3
        assert np.all(first.numpy() == 3.0)
        assert np.all(second.numpy() == 5.0)
    simulation.run(steps)
    assert np.array_equal(simulation.velocity(), alone.velocity())
    assert state.steps == 2 * steps


def test_memory_comes_back_after_an_error(device):
    """The second array of a state of two."""
    state = Simulation(box((16, 8), device=device), viscosity=0.1, in_place=False).state
    with pytest.raises(RuntimeError), state.scratch() as lent:
        raise RuntimeError
    with state.scratch() as again:
        assert again.ptr == lent.ptr


def test_an_array_becomes_the_populations(device):
    """Without a copy; the next steps go on from it."""
    simulation, other = stirred(device), stirred(device)
    other.run(5)
    simulation.state.populations = other.state.populations
    assert simulation.state.populations.ptr == other.state.populations.ptr
    assert np.array_equal(simulation.velocity(), other.velocity())
