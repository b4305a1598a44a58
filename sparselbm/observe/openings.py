"""Flow rates and pressures at the openings of a domain."""

from collections.abc import Mapping

import numpy as np
import warp as wp

from ..geometry.cap import Cap
from ..grid.memory import tile_array, tile_view
from ..kernels.context import KernelContext, traced_kernel
from ..lattice import CS2
from ..models.boundary import Patch
from ..solver import Simulation
from ..trace.expression import total, where

_NEAREST, _FURTHEST = 2.0, 6.0
"""Distances from a cap [cells] between which its pressure is extrapolated from: nearer cells have the condition's own error."""


@traced_kernel
def _flux_kernel(k: KernelContext) -> None:
    """source -> target `[tile][2][cell]`: mass entering through the links of a patch, sum f_q - f*_-q, and rho - 1.

    f*_-q is that of the following collision: conditions store other values in the slots of the previous one.
    """
    cell, opposites = k.cell, k.lattice.opposites
    gained = total(where(cell.is_cut(q), cell.f[q] - cell.collided[opposites[q]], 0.0) for q in range(1, k.lattice.size))
    k.write("target", [cell.in_fluid(gained), cell.in_fluid(cell.density_perturbation)])


class OpeningFlows:
    """Flows through the caps of patches with boundary conditions; each cell of a patch belongs to the nearest of its caps.

    `caps`: by the name of the patch, then by the name of the cap.
    """

    def __init__(self, simulation: Simulation, caps: Mapping[str, Mapping[str, Cap]]):
        self._simulation = simulation
        domain, lattice = simulation.domain, simulation.lattice
        assert simulation.walls.cut_links is not None, "a simulation with a patch has cut links"
        cuts = simulation.walls.cut_links.numpy().reshape(domain.fluid.shape)
        self.cells: dict[str, np.ndarray] = {}
        """Tile index and cell index of the cells along each cap, (k, 2)."""
        self.centres: dict[str, np.ndarray] = {}
        """Centres of these cells [m], (k, 3)."""
        self.areas: dict[str, np.ndarray] = {}
        """Flow rate into each cell per unit of velocity along the normal [cells^2], (k,): sum of 6 w_q c_q . n."""
        self.normals: dict[str, np.ndarray] = {}
        """Unit vector into the fluid of each cap, (3,)."""
        self.links: dict[str, tuple[np.ndarray, np.ndarray]] = {}
        """Middle x - c_q / 2 of each link that crosses a cap [m], (l, 3), and the flow rate into the fluid through it per unit of
        velocity along the normal [cells^2], (l,): 6 w_q c_q . n."""
        for opening, patch in enumerate(simulation.physics.openings):
            if not isinstance(patch, Patch):
                continue
            here = np.argwhere(simulation.walls.along_opening(opening))
            centres = domain.cell_centres()[here[:, 0], here[:, 1]]
            owner = nearest_cap(centres, list(caps[patch.name].values()))
            crossing = (cuts[here[:, 0], here[:, 1], None] >> np.arange(lattice.size, dtype=np.uint32)) & 1
            vectors = 6.0 * np.einsum("cq,q,qk->ck", crossing, lattice.weights, lattice.velocities)
            for k, (name, cap) in enumerate(caps[patch.name].items()):
                mine = owner == k
                self.cells[name], self.centres[name] = here[mine], centres[mine]
                self.areas[name] = vectors[mine] @ cap.normal
                self.normals[name] = cap.normal
                cell, q = np.nonzero(crossing[mine])
                c = np.array(lattice.velocities)[q]
                middles = self.centres[name][cell] - 0.5 * domain.voxel_size * c
                self.links[name] = middles, 6.0 * np.array(lattice.weights)[q] * (c @ cap.normal)
        every = {name: cap for each in caps.values() for name, cap in each.items()}
        self._inside = {name: self._extrapolation(name, cap) for name, cap in every.items()}
        read = [*(cells for cells in self.cells.values()), *(cells for cells, _ in self._inside.values())]
        tiles = np.unique(np.concatenate([cells[:, 0] for cells in read]))
        self._sweep = simulation.passes.general(_flux_kernel, tiles=lambda: tiles)
        self._found: wp.array = tile_array(domain, 2, simulation.precision)

    def take(self) -> tuple[dict[str, float], dict[str, float]]:
        """Mass that enters through each cap [lattice mass / step], and its mean pressure, 0 at density 1 [lattice pressure].

        The pressure is extrapolated to the cap by a straight line through that of the cells that lie two to six cells inside,
        across the whole cap. In a vessel that is too short or bends at once, and at a curved cap, it is the mean over the cells
        along the cap, half a cell away, weighted by their areas.
        """
        simulation = self._simulation
        self._sweep(source=simulation.state.populations, target=self._found)
        values = tile_view(simulation.domain, self._found, 2)
        along = {name: values[cells[:, 0], :, cells[:, 1]].astype(np.float64) for name, cells in self.cells.items()}
        flow = {name: float(each[:, 0].sum()) for name, each in along.items()}
        pressure = {
            name: float(CS2 * (weights @ values[cells[:, 0], 1, cells[:, 1]].astype(np.float64)))
            for name, (cells, weights) in self._inside.items()
        }
        return flow, pressure

    def _extrapolation(self, name: str, cap: Cap) -> tuple[np.ndarray, np.ndarray]:
        """Cells (k, 2) and weights (k,) of the pressure at a cap: sum w = 1 and sum w d = 0, with d their distance from it."""
        domain = self._simulation.domain
        fluid = np.argwhere(self._simulation.walls.fluid)
        centres = domain.cell_centres()[fluid[:, 0], fluid[:, 1]]
        inward = (centres - cap.mesh.centroid) @ cap.normal / domain.voxel_size
        near = (inward > _NEAREST) & (inward < _FURTHEST)
        near[near] = np.abs(cap.query.signed_distance(centres[near]) / domain.voxel_size - inward[near]) < 0.01
        cells, d = fluid[near], inward[near]
        section = self.areas[name].sum()
        if len(d) < 0.8 * (_FURTHEST - _NEAREST) * section:
            return self.cells[name], self.areas[name] / section
        return cells, np.linalg.pinv(np.column_stack([np.ones(len(d)), d]))[0]


def nearest_cap(points: np.ndarray, caps: list[Cap]) -> np.ndarray:
    """Index of the cap nearest to each point, (k,)."""
    return np.argmin([np.abs(cap.query.signed_distance(points)) for cap in caps], axis=0)
