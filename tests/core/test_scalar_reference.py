"""The tile kernels of scalars against dense NumPy, to rounding: streaming, walls, conditions, solids, buoyancy."""

import numpy as np
import pytest
import warp as wp
from reference_from_models import DenseFlow, upstream
from states import noise

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import put_tiles, tile_view
from sparselbm.lattice import D2Q5, D2Q9, D3Q7, D3Q19, D3Q27
from sparselbm.lattice.moments import momentum
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, PressureOutlet, VelocityInlet
from sparselbm.models.force import Boussinesq
from sparselbm.models.scalar import BodyValue, FixedFlux, FixedValue, Outflow, Scalar, ScalarBGK
from sparselbm.models.scalar.body import held_at, held_share, insulated, insulated_share
from sparselbm.solver import Obstacle, Simulation

STEPS = 5
ROUNDING = 1e-12


class DenseScalar:
    """The populations of a scalar on a `DenseFlow`, whose collision they share the step with."""

    def __init__(self, scalar, lattice, flow, g, held):
        self.scalar, self.lattice, self.flow, self.held = scalar, lattice, flow, held
        self.g = np.pad(np.where(flow.fluid[flow._inside], g, 0.0), [(0, 0), *flow._margin])

    def incoming(self, f):
        fluid, c, p = self.flow.fluid, self.lattice.velocities, self.lattice.opposites
        g = [np.where(upstream(fluid, c[q]), upstream(self.g[q], c[q]), self.g[p[q]]) for q in range(self.lattice.size)]
        u = [j / (1.0 + sum(f)) for j in momentum(self.flow.lattice, f)]
        for condition in self.scalar.conditions:
            enters = [q in condition.face.entering(self.lattice) for q in range(self.lattice.size)]
            filled = condition.fill(self.lattice, g, u, {p.name: p.excess for p in condition.parameters()}, enters)
            here = self.flow._on_face(condition.face)
            g = [np.where(here, new, old) for old, new in zip(g, filled, strict=True)]
        return g

    def step(self, f, g, collided):
        """`f`: the flow's incoming populations; `collided`: those after its collision."""
        source = self.scalar.source or 0.0
        phi, D, eps = sum(g) + 0.5 * source, self.scalar.diffusivity, self.flow.eps
        before, after = momentum(self.flow.lattice, f), momentum(self.flow.lattice, collided)
        u = [0.5 * (a + b) / (1.0 + sum(f)) for a, b in zip(before, after, strict=True)]
        post = self.scalar.collision.collide(self.lattice, g, phi, u, D, source)
        k, held = D / self.lattice.cs2, self.held is not None
        B = held_share(eps, k) if held else insulated_share(eps, k)
        wall = held_at(self.lattice, g, self.held) if held else insulated(self.lattice, g, phi, u)
        post = [gq + (1.0 - B) * (cq - gq) + B * sq for gq, cq, sq in zip(g, post, wall, strict=True)]
        self.g = np.array([np.where(self.flow.fluid, value, 0.0) for value in post])


def dense(simulation, values):
    """(n, size, cells) as (size, *shape)."""
    return np.moveaxis(simulation.domain.dense(np.moveaxis(values, 1, -1)), -1, 0)


@pytest.mark.parametrize("lattice", [D2Q9, pytest.param(D3Q19, marks=pytest.mark.validate), D3Q27], ids=repr)
@pytest.mark.parametrize("buoyant", [False, True])
def test_a_step_with_two_scalars(lattice, buoyant, device):
    d = lattice.dimension
    shape = (20, 13, 11)[:d]
    mesh = TriangleMesh.sphere(3.3, (9.2, 6.4, 5.7), 2) if d == 3 else TriangleMesh.cylinder(3.3, (9.2, 6.4, -9), (9.2, 6.4, 9))
    heat = Scalar(
        "heat", 0.03, conditions=(FixedValue(X_MIN, 0.7), FixedFlux(Y_MIN, 0.02), Outflow(X_MAX)), source=1e-3,
        bodies=(BodyValue("body", 1.3),),
    )
    dye = Scalar("dye", 0.11, collision=ScalarBGK(), conditions=(FixedValue(Y_MAX, -0.2),))
    boundaries = [VelocityInlet(X_MIN, (0.05, 0.01, -0.01)[:d]), PressureOutlet(X_MAX, density=1.01)]
    gravity = (1e-3, -2e-3, 5e-4)[:d]
    simulation = Simulation(
        box(shape, device=device), lattice=lattice, viscosity=0.07, boundaries=boundaries, precision=wp.float64,
        obstacles=[Obstacle("body", mesh)], scalars=(heat, dye),
        force=Boussinesq("heat", 0.8, gravity, reference=0.1) if buoyant else None,
    )
    carried = D2Q5 if d == 2 else D3Q7
    f = noise(lattice, shape)
    g = [noise(carried, shape, seed) * 20.0 + 0.1 for seed in (8, 9)]
    start = np.concatenate([f, *g])
    domain, S = simulation.domain, lattice.size + 2 * carried.size
    index = np.minimum(domain.cell_indices(), np.asarray(shape) - 1)
    tiles = np.where(domain.fluid[..., None], np.moveaxis(start, 0, -1)[tuple(np.moveaxis(index, -1, 0))], 0.0)
    put_tiles(np.moveaxis(tiles, -1, 1), simulation.state.populations)
    eps = domain.dense(tile_view(domain, simulation.solids.fractions, 1)[:, 0])
    flow = DenseFlow(
        lattice, simulation.physics.collision, 0.07, f, periodic=domain.periodic, boundaries=boundaries, eps=eps
    )
    scalars = [DenseScalar(heat, carried, flow, g[0], 1.3), DenseScalar(dye, carried, flow, g[1], None)]
    simulation.run(STEPS)
    for _ in range(STEPS):
        arriving = flow.incoming()
        carried_in = [scalar.incoming(arriving) for scalar in scalars]
        if buoyant:
            lift = (1.0 + sum(arriving)) * 0.8 * (0.1 - (sum(carried_in[0]) + 0.5e-3))
            flow.force = [lift * x for x in gravity]
        flow.step()
        # An outlet keeps its memory in slots of the state: what the flow itself has become is computed again.
        collided = flow.collided(arriving)
        for scalar, g_in in zip(scalars, carried_in, strict=True):
            scalar.step(arriving, g_in, collided)
    ours = dense(simulation, tile_view(domain, simulation.state.populations, S))
    inside = (slice(None), *flow._inside)
    reference = np.concatenate([flow.populations, *(scalar.g[inside] for scalar in scalars)])
    assert np.abs(ours - reference).max() < ROUNDING
    assert np.abs(reference[lattice.size :] - start[lattice.size :]).max() > 0.01
