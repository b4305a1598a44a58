"""Means and covariances of fields over time, against those of all samples."""

import numpy as np
import pytest
import warp as wp

from sparselbm.grid.build import box
from sparselbm.lattice import CS2
from sparselbm.observe.monitor import Action, EverySteps, FieldMeans, Recorder
from sparselbm.solver import Simulation
from sparselbm.units import Units


def test_means_and_covariances_are_those_of_the_samples(device):
    simulation = Simulation(box((8, 8), periodic=[True] * 2, device=device), viscosity=0.02, precision=wp.float64)
    rng, cells = np.random.default_rng(1), simulation.domain.fluid.shape
    simulation.set_state(1.0 + 0.01 * rng.random(cells), 0.02 * rng.random((*cells, 2)))
    means, samples = FieldMeans(simulation), []

    def add():
        means.add()
        samples.append((simulation.velocity(), simulation.density()))

    Recorder(simulation, {"means": Action(add, EverySteps(3))}).run(30)
    units = Units(voxel_size=0.1, velocity=2.0, viscosity=1e-3, density=3.0, lattice_velocity=0.05)
    u = units.velocity_to_si(np.array([each for each, _ in samples]))
    p = units.pressure_to_si(CS2 * (np.array([each for _, each in samples]) - 1.0))
    found, change = means.fields(units), u - u.mean(axis=0)
    assert found.samples == len(samples) == 11
    assert np.allclose(found.velocity, u.mean(axis=0))
    assert np.allclose(found.pressure, p.mean(axis=0))
    assert np.allclose(found.reynolds_stress, np.einsum("snca,sncb->ncab", change, change) / 11)
    assert np.allclose(found.pressure_variance, p.var(axis=0))


def test_means_without_a_sample_are_refused(device):
    simulation = Simulation(box((8, 8), device=device), viscosity=0.02)
    with pytest.raises(ValueError, match="no sample"):
        FieldMeans(simulation).fields(Units(voxel_size=0.1, velocity=2.0, viscosity=1e-3, density=3.0))
