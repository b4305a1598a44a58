"""Whatever reads a flow reads it at its present time: schedules and unsteady profiles of the step of the state."""

import numpy as np
import pytest
import warp as wp

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.models import Harmonic, RigidVelocity, RuntimeParameter
from sparselbm.models.boundary import X_MAX, X_MIN, PressureOutlet, Tabulated, VelocityInlet
from sparselbm.models.collision import TRT
from sparselbm.models.scalar import FixedValue, Scalar
from sparselbm.observe import FlowRate, Force, Integral, ScalarIntegral, Snapshot, evaluate, wall_shear_stress
from sparselbm.observe.monitor import (
    EverySteps,
    FlowIntegrals,
    ForceOn,
    LayerMean,
    PressureLoss,
    Probes,
    Residual,
    TorqueOn,
    Values,
    VelocityGradients,
)
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving.coupling import CouplingSums
from sparselbm.solver.stability import StabilityCheck, StabilityLimits
from sparselbm.units import Units

PERIOD = 17
NOW = EverySteps(1)
UNITS = Units(voxel_size=1.0, velocity=0.05, viscosity=0.05, density=1.0)
BODY = TriangleMesh.cylinder(4.0, (13.0, 8.2, -8.0), (13.0, 8.2, 9.0), 48)


def pulsating(device):
    """A flow in which inlet, force, viscosity, an outlet's relaxation and a scalar's inflow all vary in time."""
    swell = Tabulated(lambda centres, t: np.full(len(centres), 1.0 + 0.5 * np.sin(2.0 * np.pi * t / PERIOD)), steady=False)
    schedules = {
        name: Harmonic(PERIOD, 0.5, 1.0, phase)
        for phase, name in enumerate(["force_x", "viscosity", "x_max.relaxation", "heat.x_min.value", "heat.source"])
    }
    simulation = Simulation(
        box((32, 16), periodic=(False, True), device=device), viscosity=0.05, collision=TRT(), force=(1e-4, 0.0),
        boundaries=[VelocityInlet(X_MIN, (0.04, 0.0), profile=swell), PressureOutlet(X_MAX, relaxation=RuntimeParameter(0.1))],
        obstacles=[Obstacle("body", BODY, motion=RigidVelocity.at_rest(2))], schedules=schedules, precision=wp.float64,
        scalars=[Scalar("heat", 0.05, conditions=(FixedValue(X_MIN, 1.0),), source=1e-3)],
    )
    simulation.set_state(1.0, (0.04, 0.0))
    return simulation


def energy(rho, u):
    return rho * (u[0] * u[0] + u[1] * u[1])


def taken(monitor):
    return lambda simulation: monitor.bind(simulation).take()


def coupling(simulation: Simulation) -> CouplingSums:
    return CouplingSums(simulation.solids.named("body"), simulation.passes, simulation.state)


def stability(simulation: Simulation) -> StabilityCheck:
    return StabilityCheck(simulation.macroscopic, simulation.solids, simulation.parameters, StabilityLimits(speed=0.05))


READINGS = {
    "velocity": Simulation.velocity, "density": Simulation.density, "force field": Simulation.force_field,
    "scalar": lambda simulation: simulation.scalar("heat"), "mass": Simulation.excess_mass,
    "force": lambda simulation: evaluate(Force("body", (1.0, 0.5)), simulation),
    "flow rate": lambda simulation: evaluate(FlowRate(0, 0), simulation),
    "own integral": lambda simulation: evaluate(Integral(energy), simulation),
    "amount": lambda simulation: evaluate(ScalarIntegral("heat"), simulation),
    "probe": taken(Probes(((0.5, 8.5), (20.5, 3.5)), NOW)), "layer": taken(LayerMean(0, 0, NOW)),
    "loss": taken(PressureLoss(0, 0, 30, NOW)), "force on": taken(ForceOn("body", NOW)),
    "torque on": taken(TorqueOn("body", (13.0, 8.2), NOW)), "integrals": taken(FlowIntegrals(NOW)),
    "values": taken(Values({"flow": FlowRate(0, 0)}, NOW)),
    "gradients": lambda simulation: VelocityGradients(simulation).enstrophy_and_dissipation(),
    "coupling": lambda simulation: coupling(simulation).take().impulse,
    "unsound cells": lambda simulation: stability(simulation).unsound_cells(),
    "snapshot": lambda simulation: Snapshot.of(simulation, UNITS).velocity,
}


@pytest.fixture(scope="module")
def simulation(device):
    simulation = pulsating(device)
    simulation.run(29)
    return simulation


@pytest.mark.parametrize("name", READINGS)
def test_every_reading_is_that_of_the_present_time(simulation, name):
    """Whatever step the numbers stood for last: the reading is the one with the numbers of now."""
    simulation.clock.set(simulation.steps)
    expected = np.asarray(READINGS[name](simulation))
    simulation.clock.set(simulation.steps + 7)
    assert np.array_equal(np.asarray(READINGS[name](simulation)), expected)


def test_the_change_of_velocity_is_that_of_the_present_time(device):
    """The residual compares samples of two steps, each at its own time."""
    simulation = pulsating(device)
    sampler = Residual(NOW).bind(simulation)
    before = simulation.velocity()
    sampler.take()
    simulation.run(3)
    simulation.clock.set(0)
    found, now = sampler.take(), simulation.velocity()
    counts = (tile_view(simulation.domain, simulation.solids.fractions, 1)[:, 0] < 1.0)[..., None]
    assert found[1] == pytest.approx(np.linalg.norm((now - before) * counts) / np.linalg.norm(now * counts), rel=1e-12)


def test_monitors_see_the_velocity_that_the_simulation_tells(device):
    """At each step: a probe in the cell beside the inlet, and the mean of its layer."""
    simulation = pulsating(device)
    probe, layer = Probes(((0.5, 8.5),), NOW).bind(simulation), LayerMean(0, 0, NOW).bind(simulation)
    for _ in range(PERIOD):
        simulation.run(1)
        u = simulation.domain.dense(simulation.velocity())
        simulation.clock.set(simulation.steps - 1)
        assert probe.take()[1] == pytest.approx(u[0, 8, 0], rel=1e-12)
        simulation.clock.set(simulation.steps - 1)
        assert layer.take()[1] == pytest.approx(u[0, :, 0].mean(), rel=1e-12)


def test_a_state_is_set_for_step_0(device):
    """An outlet's memory at the equilibrium that is set is that of step 0, whatever was run before."""
    simulation = pulsating(device)
    first = simulation.state.populations.numpy().copy()
    simulation.run(5)
    simulation.set_state(1.0, (0.04, 0.0))
    flow = np.arange(simulation.physics.lattice.size)
    shape = (-1, simulation.physics.size, simulation.domain.cells_per_tile)
    assert np.array_equal(simulation.state.populations.numpy().reshape(shape)[:, flow], first.reshape(shape)[:, flow])


def test_wall_shear_is_that_of_the_present_viscosity(device):
    """2 rho nu S on a sphere: with a viscosity that is scheduled, nu of now."""
    sphere = TriangleMesh.sphere(3.0, (8.2, 8.0, 7.9), 2)
    simulation = Simulation(
        box((16, 16, 16), periodic=(True,) * 3, device=device), viscosity=0.05, force=(1e-4, 0.0, 0.0),
        obstacles=[Obstacle("body", sphere)], schedules={"viscosity": Harmonic(PERIOD, 0.5, 1.0)}, precision=wp.float64,
    )
    simulation.set_state(1.0, (0.03, 0.0, 0.0))
    simulation.run(5)
    simulation.clock.set(simulation.steps)
    expected = wall_shear_stress(simulation, sphere, UNITS)
    simulation.clock.set(simulation.steps - 1)
    assert np.array_equal(wall_shear_stress(simulation, sphere, UNITS), expected)
