"""A periodic geometry that is repeated has the flow of one period, bit for bit."""

from dataclasses import replace

import numpy as np
import pytest
import warp as wp

from sparselbm.grid.build import box
from sparselbm.solver import Simulation


def grooved(period, repeats, device):
    """A channel along x between walls, with a block of half a period's length on the floor."""
    domain = box((period * repeats, 12), periodic=(True, False), device=device)
    x, y = np.moveaxis(domain.cell_indices(), -1, 0)
    return replace(domain, fluid=domain.fluid & ~((x % period < period // 2) & (y < 3)))


@pytest.mark.parametrize(("period", "repeats"), [(8, 3), (10, 4), (12, 2), (5, 8)])
def test_all_periods_are_the_same(device, period, repeats):
    simulation = Simulation(grooved(period, repeats, device), viscosity=0.1, force=(1e-4, 0.0), precision=wp.float64)
    simulation.run(200)
    u = simulation.domain.dense(simulation.velocity())
    parts = u.reshape(repeats, period, *u.shape[1:])
    assert np.abs(parts[0, :, :, 1]).max() > 1e-5
    assert all(np.array_equal(part, parts[0]) for part in parts)
