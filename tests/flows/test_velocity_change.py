"""Residuals of a flow that decays at a known rate."""

import numpy as np
import pytest

from sparselbm.flows.runs.velocity_change import VelocityChange, residuals
from sparselbm.grid.build import box
from sparselbm.observe.monitor import EverySteps, Recorder
from sparselbm.solver import Simulation
from sparselbm.units import Units

NU, WIDTH, INTERVAL = 0.1, 16, 50


def decaying():
    """u_x = U sin(2 pi y / H) in a periodic box, which decays as exp(-nu (2 pi / H)^2 t)."""
    domain = box((8, WIDTH), periodic=(True, True), device="cpu")
    simulation = Simulation(domain, viscosity=NU)
    y = domain.cell_centres()[..., 1]
    velocity = np.stack([0.01 * np.sin(2.0 * np.pi * y / WIDTH), 0.0 * y], axis=-1)
    simulation.set_state(1.0, velocity)
    return simulation


def test_the_residual_is_the_change_per_interval():
    simulation = decaying()
    units = Units(voxel_size=1.0, velocity=0.1, viscosity=0.2, density=1.0)  # A time step of 0.5 s.
    with Recorder(simulation, {"residuals": residuals(INTERVAL, units)}) as recorder:
        recorder.run(4 * INTERVAL)
    series = recorder.records["residuals"].series
    assert series.columns == ("time [s]", "velocity change")
    assert series.steps.tolist() == [0, 50, 100, 150, 200]
    assert series.values[:, 0] == pytest.approx(0.5 * series.steps)
    found = series["velocity change"].values
    assert np.isnan(found[0])
    assert found[2:] == pytest.approx(np.full(3, np.expm1(NU * (2.0 * np.pi / WIDTH) ** 2 * INTERVAL)), rel=0.02)


def test_a_residual_continues_where_it_was_stored():
    simulation = decaying()
    one, other = (VelocityChange(EverySteps(1)).bind(simulation) for _ in range(2))
    one.take()
    simulation.run(5)
    other.restore(one.saved())
    assert one.take() == other.take()
