"""Flow inside a closed mesh, and a design that outgrows its tiles."""

import numpy as np
import pytest
import warp as wp

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import inside
from sparselbm.grid.memory import tile_view
from sparselbm.solver import Obstacle, Simulation

NU, G = 1 / 6, 1e-6
CENTRE = 16.0


def pipe(radius):
    return TriangleMesh.cylinder(radius, (CENTRE, CENTRE, -8.0), (CENTRE, CENTRE, 16.0), segments=96)


def tiles_of(radius, device):
    return inside(
        pipe(radius), voxel_size=1.0, origin=(0.0, 0.0, 0.0), shape=(32, 32, 8), reach=2.0, margin=1.0,
        periodic=(False, False, True), device=device,
    )


def simulation(radius, device):
    wall = Obstacle("wall", pipe(radius), hollow=True)
    return Simulation(
        tiles_of(radius, device), viscosity=NU, force=(0.0, 0.0, G), obstacles=(wall,), precision=wp.float64
    )


def flow_rate(flow):
    """Volume flow through a section [cells^3 / step]: the velocity of the fluid part of each cell."""
    eps = tile_view(flow.domain, flow.solids.fractions, 1)[:, 0]
    return float((flow.velocity()[..., 2] * (1.0 - eps)).sum() / 8.0)


def test_pipe_of_solid_fractions_carries_the_exact_flow(device):
    """Hagen-Poiseuille: Q = pi G R^4 / (8 nu), within 3 % at R = 10 cells."""
    flow = simulation(10.0, device)
    flow.run(3000)
    assert flow_rate(flow) == pytest.approx(np.pi * G * 10.0**4 / (8.0 * NU), rel=0.03)


def test_a_widened_pipe_takes_its_flow_onto_new_tiles(device):
    """The flow is carried over cell by cell, and on the wider pipe's own tiles settles to that pipe's flow."""
    narrow = simulation(6.5, device)
    narrow.run(1500)
    narrow.solids.geometry[0].move(pipe(10.0).points)
    wide = narrow.transferred_to(tiles_of(10.0, device))
    assert wide.domain.tile_count > narrow.domain.tile_count
    assert wide.steps == 1500
    before, after = (s.domain.dense(tile_view(s.domain, s.state.populations, 19).transpose(0, 2, 1))
                     for s in (narrow, wide))
    inner = (slice(11, 21), slice(11, 21))
    assert np.array_equal(before[inner], after[inner])
    wide.run(3000)
    assert flow_rate(wide) == pytest.approx(np.pi * G * 10.0**4 / (8.0 * NU), rel=0.03)
