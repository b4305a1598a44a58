"""Wall shear stress on link walls, from the populations of adjacent cells."""

import numpy as np

from ..geometry import TriangleMesh
from ..grid import OffWall
from ..grid.memory import tile_array, tile_view
from ..kernels.context import KernelContext, traced_kernel
from ..solver import Simulation
from ..units import Units
from .dissipation import strain_rate

_PAIRS = ((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))


@traced_kernel
def _stress_kernel(k: KernelContext) -> None:
    """source -> target `[tile][6][cell]`: 2 rho nu S_ab for a <= b [lattice stress]."""
    cell, S = k.cell, strain_rate(k.cell)
    k.write("target", [cell.in_fluid(2.0 * cell.density * cell.viscosity * S[a][b]) for a, b in _PAIRS])


def wall_shear_stress(simulation: Simulation, wall: TriangleMesh, units: Units) -> np.ndarray:
    """Tangential part of 2 mu S n at the points of a surface at rest [Pa], (n, 3), with normals n that point into the fluid.

    Extrapolated linearly from the values of fluid cells 1 and 2 cells from the wall: exact in a tube, except for the error of S.
    Cells along openings are excluded, because their incoming populations have another S: a point next to no other cells, such as
    on a rim, takes the value of the nearest point that is.
    """
    domain = simulation.domain
    found = tile_array(domain, len(_PAIRS), simulation.precision)
    simulation.passes.general(_stress_kernel)(source=simulation.state.populations, target=found)
    upper = np.moveaxis(tile_view(domain, found, len(_PAIRS)), 1, -1)
    normals = wall.point_normals
    fluid = domain.fluid & simulation.walls.fluid
    at_wall = OffWall(domain, fluid & ~simulation.walls.along_any_opening(), upper, wall).at_wall
    if not at_wall.any():  # A wall whose points are all on its rims.
        at_wall = OffWall(domain, fluid, upper, wall).at_wall
    stress = np.empty((len(normals), 3, 3))
    for k, (a, b) in enumerate(_PAIRS):
        stress[:, a, b] = stress[:, b, a] = at_wall[:, k]
    traction = np.einsum("nab,nb->na", stress, normals)
    along = np.einsum("na,na->n", traction, normals)
    return units.pressure_to_si(traction - along[:, None] * normals)
