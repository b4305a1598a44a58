"""Flows that the physics tests share: indices, projections on waves, periodic arrays in Stokes flow."""

import numpy as np
import warp as wp

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.models.wall.partially_saturated import saturation
from sparselbm.observe import Force, evaluate
from sparselbm.solver import Obstacle, Simulation


def places(simulation):
    """Index of every cell as a float, (n, cells, d)."""
    return simulation.domain.cell_indices().astype(float)


def mass(simulation):
    """Sum of rho - 1 over all cells, in fp64."""
    return tile_view(simulation.domain, simulation.state.populations, simulation.lattice.size).sum(dtype=np.float64)


def momentum_density(simulation):
    """rho u on the box, (*shape, d)."""
    return simulation.domain.dense(simulation.density()[..., None] * simulation.velocity())


def run_until_steady(simulation, tolerance, *, steps=200, limit=400_000):
    """Runs until u changes by less than `tolerance` of its largest value in `steps` steps."""
    before = simulation.velocity()
    for _ in range(limit // steps):
        simulation.run(steps)
        after = simulation.velocity()
        if np.abs(after - before).max() <= tolerance * np.abs(after).max():
            return
        before = after
    raise AssertionError(f"not steady to {tolerance} within {limit} steps")


def cylinder(radius, centre, segments=128, ends=(-9.5, 10.5)):
    """A cylinder through the plane of a 2D domain, its polygon as large as the circle.

    Its ends should lie some cells from the plane, not hundreds: the side of a cell is found in fp32, where needles fail.
    """
    scale = np.sqrt(2.0 * np.pi / segments / np.sin(2.0 * np.pi / segments))
    return TriangleMesh.cylinder(radius * scale, (*centre, ends[0]), (*centre, ends[1]), segments)


def sphere(radius, centre, subdivisions=4):
    """A sphere whose polyhedron holds the exact volume."""
    mesh = TriangleMesh.sphere(radius, centre, subdivisions)
    return TriangleMesh.sphere(radius * (4.0 / 3.0 * np.pi * radius**3 / mesh.volume) ** (1 / 3), centre, subdivisions)


class StokesArray:
    """A periodic array of solids in a flow along x that a uniform force G on the fluid drives, at Re = U D / nu = 0.05.

    A force G on the fluid stands for a mean pressure gradient -G. The drag of the references is that of the whole
    gradient, G V: the force of the simulation, which acts on the fluid only, and the buoyancy G V_solid.
    U is the superficial velocity of the references: the flow through the fluid part of a cell over the whole cell.
    `expected` (drag of one box / (mu U)) sets G and the first velocity, not the last: the flow settles sooner.
    """

    def __init__(
        self, shape, meshes, device, *, diameter, expected, viscosity, precision=wp.float64, tolerance=1e-7
    ):
        domain = box(shape, periodic=[True] * len(shape), device=device)
        obstacles = [Obstacle(f"solid_{k}", mesh) for k, mesh in enumerate(meshes)]
        speed = 0.05 * viscosity / diameter
        self._viscosity, self.volume = viscosity, float(np.prod(shape))
        self.drive = expected * viscosity * speed / self.volume
        force = (self.drive, *[0.0] * (len(shape) - 1))
        self.simulation = Simulation(domain, viscosity=viscosity, force=force, obstacles=obstacles, precision=precision)
        self.eps = tile_view(domain, self.simulation.solids.fractions, 1)[:, 0].astype(np.float64)
        start = np.zeros((*self.eps.shape, len(shape)))
        start[..., 0] = speed * (1.0 - self.eps) / (1.0 - self.eps.mean())
        self.simulation.set_state(1.0, start)
        run_until_steady(self.simulation, tolerance, steps=100)

    @property
    def solid_volume(self):
        """Solid as the momentum balance counts it, sum of B."""
        return saturation(self.eps, 3.0 * self._viscosity).sum()

    @property
    def force(self):
        """Sum of the objective `Force` along x over all solids."""
        direction = (1.0, *[0.0] * (self.simulation.domain.dimension - 1))
        return sum(evaluate(Force(name, direction), self.simulation) for name in self.simulation.physics.obstacles)

    @property
    def superficial_velocity(self):
        return float(((1.0 - self.eps) * self.simulation.velocity()[..., 0]).sum()) / self.volume

    @property
    def drag(self):
        """Drag of one cell of the array / (mu U), with rho = 1."""
        return (self.force + self.drive * self.solid_volume) / (self._viscosity * self.superficial_velocity)
