"""Kept states as moments up to second order: what they lose, and what they take."""

import numpy as np
import pytest
import warp as wp

from sparselbm.adjoint import (
    Checkpointed,
    InitialPopulations,
    Parameter,
    SecondMoments,
    SolidFractions,
    Stored,
    value_and_grad,
)
from sparselbm.errors import AdjointError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.collision import BGK, TRT, Regularised
from sparselbm.models.scalar import Scalar
from sparselbm.observe import Integral
from sparselbm.solver import Obstacle, Simulation

WRT = (InitialPopulations(), SolidFractions(), Parameter("viscosity"), Parameter("force_x"))
ENERGY = Integral(lambda rho, u: rho * sum(v * v for v in u))
STEPS = 100


def flow(lattice, collision, device, precision=wp.float64):
    """A sheared flow, some steps after its start, around a body that fills a part of one of the tiles, driven by a force."""
    d = lattice.dimension
    shape, centre = ((48, 32), (12.3, 12.1)) if d == 2 else ((24, 16, 16), (4.2, 3.8, 4.1))
    mesh = (
        TriangleMesh.cylinder(2.5, (*centre, -9.0), (*centre, 10.0), 24) if d == 2 else TriangleMesh.sphere(2.5, centre, 1)
    )
    simulation = Simulation(
        box(shape, periodic=(True,) * d, device=device), lattice=lattice, collision=collision, viscosity=0.02,
        force=(1e-5, 2e-5, 3e-5)[:d], obstacles=[Obstacle("body", mesh)], precision=precision,
    )
    x = simulation.domain.cell_indices() * (2.0 * np.pi / np.array(shape))
    simulation.set_state(1.0, 0.05 * np.stack([np.sin(x[..., (k + 1) % d] + 0.3 * k) for k in range(d)], axis=-1))
    simulation.run(20)
    return simulation


def losses(simulation):
    """Relative loss of each gradient, from 8 states kept as moments; the value loses nothing."""
    start, step = simulation.state.populations.numpy().copy(), simulation.steps
    exact, gradients = value_and_grad(ENERGY, simulation, steps=STEPS, wrt=WRT, method=Stored())
    simulation.state.populations.assign(start)
    simulation.state.steps = step
    method = Checkpointed(8 * SecondMoments().size(simulation), storage=SecondMoments())
    value, others = value_and_grad(ENERGY, simulation, steps=STEPS, wrt=WRT, method=method)
    assert value == exact
    return [float(np.linalg.norm(a - b) / np.linalg.norm(b)) for a, b in zip(others, gradients, strict=True)]


@pytest.mark.parametrize("lattice", [pytest.param(D2Q9, marks=pytest.mark.validate), D3Q19])
def test_nothing_is_lost_of_what_a_regularised_collision_leaves(lattice, device):
    assert max(losses(flow(lattice, Regularised(), device))) < 1e-12


@pytest.mark.parametrize(("collision", "loss"), [(TRT(), 1.5e-3), pytest.param(BGK(), 4e-4, marks=pytest.mark.validate)])
def test_of_other_collisions_is_lost_what_is_said(collision, loss, device):
    found = losses(flow(D2Q9, collision, device))
    assert 0.5 * loss < max(found) < loss


def test_room_is_that_of_the_moments_and_of_tiles_with_solid(device):
    simulation = flow(D3Q19, Regularised(), device, wp.float32)
    solid, tiles = len(simulation.solids.tiles), simulation.domain.tile_count
    assert 0 < solid < tiles
    assert SecondMoments().size(simulation) == 4 * 512 * (10 * (tiles + 1) + 19 * solid)


def test_states_of_more_than_populations_are_refused(device):
    simulation = Simulation(box((16, 8), device=device), viscosity=0.1, scalars=(Scalar("heat", diffusivity=0.1),))
    with pytest.raises(AdjointError, match=r"SecondMoments with scalars or WALE.*use FullStates"):
        value_and_grad(ENERGY, simulation, steps=2, wrt=WRT[:1], method=Checkpointed(storage=SecondMoments()))
