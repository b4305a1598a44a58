"""Vectors of cells without fluid, which the kernels skip: the same values as if they were computed."""

import numpy as np

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import inside
from sparselbm.solver import Simulation
from sparselbm.trace.expression import Graph, assume, has_bit, where


def test_what_follows_from_a_mask_is_folded():
    graph = Graph()
    a, word = graph.input("a"), graph.input("word")
    outside, other = has_bit(word, 0), has_bit(word, 3)
    fluid = 1.0 - where(outside, 1.0, 0.0)
    density, masked, free = assume([1.0 + fluid * a, where(outside, 0.0, a * a), where(other, a, 2.0) + fluid], outside)
    assert (density.operation, density.value) == ("constant", 1.0)
    assert (masked.operation, masked.value) == ("constant", 0.0)
    assert free is where(other, a, graph.constant(2.0))


def test_cells_outside_stay_at_rest(device):
    domain = inside(TriangleMesh.sphere(9.0), voxel_size=1.0, device=device)
    assert not domain.fluid.reshape(-1, 16).any(axis=1).all()
    simulation = Simulation(domain, viscosity=0.1, force=(1e-4, 0.0, 0.0))
    simulation.set_state(1.1, (0.01, 0.0, 0.0))
    simulation.run(20)
    outside = ~domain.fluid
    assert (simulation.density()[outside] == 1.0).all()
    assert (simulation.velocity()[outside] == 0.0).all()
    assert np.abs(simulation.velocity()[domain.fluid]).max() > 1e-3
    assert abs(simulation.excess_mass() / domain.fluid_cells - 0.1) < 1e-6
