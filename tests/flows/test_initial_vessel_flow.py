"""Potential flow with which a flow inside a surface begins: continuity, and no pressure wave of an impulsive start."""

import numpy as np
import pytest
from vessel_cases import AXIS, IN, OUT, RADIUS, SPEED, VOXEL, open_tube

from sparselbm.flows import Inlet, InternalFlow, Outlet
from sparselbm.flows.vessel.initial_flow import potential_flow

AREA = np.pi * RADIUS**2


@pytest.fixture(scope="module")
def flow(device):
    """A tilted tube of 12 cells across with a uniform inlet, before its first step."""
    conditions = {"in": Inlet(velocity=SPEED), "out": Outlet()}
    options = InternalFlow(voxel_size=VOXEL, reynolds=40.0)
    return options.within(open_tube(), {"in": IN, "out": OUT}, conditions, device=device).build()


def test_the_initial_flow_of_a_tube_passes_every_cross_section(flow):
    simulation, units = flow.simulation, flow.setup.units
    fluid = simulation.walls.fluid
    rate = units.velocity_to_lattice(flow.setup.flow_rate) / VOXEL**2
    u = potential_flow(simulation, flow.openings, {"in": rate})
    along = (simulation.domain.cell_centres() - IN.points[0]) @ AXIS
    for begin in (0.004, 0.012, 0.02, 0.028):
        slab = (along > begin) & (along < begin + 0.004) & fluid
        assert units.velocity_to_si((u[slab] @ AXIS).sum()) * VOXEL**3 / 0.004 == pytest.approx(SPEED * AREA, rel=0.02)
    assert not u[~fluid].any()
    assert np.linalg.norm(u, axis=-1).max() < 1.5 * flow.setup.options.lattice_velocity


def test_the_pressure_begins_without_the_wave_of_an_impulsive_start(flow):
    """From rest, the wave rho c_s u filled the tube; BGK on D3Q27 was unstable at the outlet by step 200 at u / nu = 7.3."""
    simulation, speed, highest = flow.simulation, flow.setup.options.lattice_velocity, []
    fluid = simulation.walls.fluid
    for _ in range(8):
        simulation.run(15)
        highest.append(np.median(np.abs(simulation.density()[fluid] - 1.0)))
    assert max(highest) < 0.4 * np.sqrt(3.0) * speed
