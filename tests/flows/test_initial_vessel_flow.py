"""Potential flow with which a flow inside a surface begins: continuity, and no pressure wave of an impulsive start."""

import numpy as np
import pytest
from vessel_cases import AXIS, IN, OUT, RADIUS, SPEED, VOXEL, open_tube

from sparselbm.flows import Inlet, InternalFlow, Outlet
from sparselbm.lattice import D3Q27
from sparselbm.models.collision import BGK

AREA = np.pi * RADIUS**2


def tube(device, **options):
    """A tilted tube of 12 cells across with a uniform inlet."""
    conditions = {"in": Inlet(velocity=SPEED), "out": Outlet()}
    return InternalFlow(voxel_size=VOXEL, **options).within(open_tube(), {"in": IN, "out": OUT}, conditions, device=device)


def test_the_initial_flow_of_a_tube_is_uniform_and_passes_every_cross_section(device):
    flow = tube(device).build()
    simulation, units = flow.simulation, flow.setup.units
    fluid = simulation.walls.fluid
    u = units.velocity_to_si(simulation.velocity()[fluid])
    along = (simulation.domain.cell_centres()[fluid] - IN.points[0]) @ AXIS
    cells = VOXEL**3 / (AREA * 0.004)
    rates = [cells * (u[(along > x) & (along < x + 0.004)] @ AXIS).sum() for x in (0.004, 0.012, 0.02, 0.028)]
    assert rates == pytest.approx([SPEED] * 4, rel=0.03)
    middle = (along > 0.008) & (along < 0.032)
    assert np.linalg.norm(u[middle] - SPEED * AXIS, axis=1).mean() < 0.1 * SPEED  # Cells at the staircase of the wall differ.
    assert not simulation.velocity()[~fluid].any()


def test_the_pressure_begins_without_the_wave_of_an_impulsive_start(device):
    """From rest, the wave rho c_s u raised the density by .2, and BGK at u / nu = 8 was unstable at the outlet by step 200."""
    speed, share = 0.08, 6.5
    flow = tube(device, viscosity=SPEED * VOXEL / share, lattice_velocity=speed, collision=BGK(), lattice=D3Q27).build()
    highest = []
    for _ in range(10):
        flow.simulation.run(20)
        highest.append(np.abs(flow.simulation.density()[flow.simulation.walls.fluid] - 1.0).max())
    assert max(highest) < 0.75 * np.sqrt(3.0) * speed
