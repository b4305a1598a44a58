"""What flows through the openings of a domain, link by link."""

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


@traced_kernel
def _flux_kernel(k: KernelContext) -> None:
    """source -> target `[tile][2][cell]`: the mass that the links through a patch let in, sum f_q - f*_-q, and rho - 1."""
    cell, links = k.cell, range(1, k.lattice.size)
    gained = total(where(cell.is_cut(q), cell.f[q] - cell.incoming[q], 0.0) for q in links)
    k.write("target", [cell.in_fluid(gained), cell.in_fluid(cell.density_perturbation)])


class OpeningFlows:
    """The caps of a simulation whose conditions stand on patches, several caps a patch: each cell belongs to the nearest.

    `caps`: by the name of the patch, then by their own.
    """

    def __init__(self, simulation: Simulation, caps: Mapping[str, Mapping[str, Cap]]):
        self._simulation = simulation
        domain, lattice = simulation.domain, simulation.lattice
        assert simulation.walls.cut_links is not None, "a simulation with a patch knows which links it cuts"
        cuts = simulation.walls.cut_links.numpy().reshape(domain.fluid.shape)
        self.cells: dict[str, np.ndarray] = {}
        """Tile and number of the cells along each cap, (k, 2)."""
        self.centres: dict[str, np.ndarray] = {}
        """Of these [m], (k, 3)."""
        self.areas: dict[str, np.ndarray] = {}
        """What a unit of velocity along the normal lets into each of them [cells^2], (k,): sum of 6 w_q c_q . n."""
        for opening, patch in enumerate(simulation.physics.openings):
            if not isinstance(patch, Patch):
                continue
            here = np.argwhere(simulation.walls.along_opening(opening))
            centres = domain.cell_centres()[here[:, 0], here[:, 1]]
            owner = _nearest(centres, list(caps[patch.name].values()))
            crossing = (cuts[here[:, 0], here[:, 1], None] >> np.arange(lattice.size, dtype=np.uint32)) & 1
            vectors = 6.0 * np.einsum("cq,q,qk->ck", crossing, lattice.weights, lattice.velocities)
            for k, (name, cap) in enumerate(caps[patch.name].items()):
                self.cells[name], self.centres[name] = here[owner == k], centres[owner == k]
                self.areas[name] = vectors[owner == k] @ cap.normal
        self._tiles = np.unique(np.concatenate([cells[:, 0] for cells in self.cells.values()]))
        self._sweep = simulation.general_sweep(_flux_kernel, tiles=lambda: self._tiles)
        self._found: wp.array = tile_array(domain, 2, simulation.precision)

    def take(self) -> tuple[dict[str, float], dict[str, float]]:
        """Of each cap now: mass that enters [lattice mass / step], and mean pressure above density 1 [lattice pressure].

        The pressure is that of the cells along it, half a cell away, weighted by their areas.
        """
        simulation = self._simulation
        self._sweep(source=simulation.state, target=self._found)
        values = tile_view(simulation.domain, self._found, 2)
        gained, excess = values[:, 0].astype(np.float64), values[:, 1].astype(np.float64)
        at = {name: tuple(cells.T) for name, cells in self.cells.items()}
        flow = {name: float(gained[place].sum()) for name, place in at.items()}
        pressure = {name: float(CS2 * (self.areas[name] @ excess[place]) / self.areas[name].sum()) for name, place in at.items()}
        return flow, pressure


def _nearest(points: np.ndarray, caps: list[Cap]) -> np.ndarray:
    """Number of the nearest cap to each point, (k,)."""
    return np.argmin([np.abs(cap.query.signed_distance(points)) for cap in caps], axis=0)
