"""Cells beside an inlet that walls cut off from the flow."""

import numpy as np
import pytest

from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.closing import joined
from sparselbm.grid.build import inside
from sparselbm.lattice import D3Q19
from sparselbm.models.boundary import LinkPressure, Patch, VelocityInlet
from sparselbm.models.wall import Bouzidi
from sparselbm.solver import Obstacle, Simulation


def square(low, high, z):
    """A square across z, from (low, low) to (high, high)."""
    points = [(x, y, z) for x in (low, high) for y in (low, high)]
    return TriangleMesh(np.array(points), np.array([[0, 2, 3], [0, 3, 1]]))


def test_a_cell_that_only_the_inlet_reaches_does_not_fill_up(device):
    """Its density rose by 6 w u per link and step, to 3 by step 100."""
    wall = joined([TriangleMesh.box((0.0, 0.0, 0.0), (8.0, 8.0, 8.0)), TriangleMesh.box((9.0, 9.0, 0.0), (10.0, 10.0, 1.0))])
    inlets = joined([square(0.0, 8.0, 0.0), square(9.0, 10.0, 0.0)])
    simulation = Simulation(
        inside(wall, voxel_size=1.0, device=device), viscosity=0.1, lattice=D3Q19,
        boundaries=[VelocityInlet(Patch("in", inlets), (0.0, 0.0, 0.02)), LinkPressure(Patch("out", square(0.0, 8.0, 8.0)))],
        obstacles=[Obstacle("wall", wall, wall=Bouzidi(), hollow=True)],
    )
    simulation.run(100)
    alone = (simulation.domain.cell_indices() == (9, 9, 0)).all(axis=-1) & simulation.walls.fluid
    assert np.count_nonzero(alone) == 1
    assert simulation.density()[alone] == pytest.approx(1.0, abs=1e-6)
