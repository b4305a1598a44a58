"""Enstrophy and dissipation from differences of the velocity."""

import warp as wp

from ...grid.memory import summed, sums_array
from ...kernels.context import KernelContext, traced_kernel
from ...lattice.velocity_gradient import parabolic, velocity_gradient
from ...solver import Simulation
from ...trace.expression import has_bit, total, where
from .moments_pass import MomentsPass


class VelocityGradients:
    """Enstrophy sum (1 - eps) |w|^2 / 2 and dissipation sum (1 - eps) 2 rho nu S : S of a flow.

    w = curl u and S_ab = (d_a u_b + d_b u_a) / 2 by central differences; next to a wall at rest, half a cell away, from the
    parabola through u = 0 at the wall, the cell and its other neighbour; one-sided in cells with a boundary condition. Cells that
    are wholly solid count as at rest. nu is that of each cell at the present time. Velocities of neighbours are not known to the
    integrand of an `Observable`, so that these sums have no gradient.
    """

    def __init__(self, simulation: Simulation):
        self._domain = simulation.domain
        self._moments = MomentsPass(simulation)
        self._sums = sums_array(simulation.domain, 2)
        self._sweep = simulation.passes.general(gradients_kernel)

    def enstrophy_and_dissipation(self) -> tuple[float, float]:
        """Both sums of the present state: [cells^d / step^2] and [lattice energy / step]."""
        with self._moments.taken() as moments:
            return self.of(moments)

    def of(self, moments: wp.array) -> tuple[float, float]:
        """Both sums of a density and velocity field, `[tile][1 + d][cell]`, in the layout of `Simulation.moments`."""
        self._sums.zero_()
        self._sweep(source=moments, sums=self._sums)
        enstrophy, dissipation = summed(self._sums).tolist()
        return enstrophy, dissipation


@traced_kernel
def gradients_kernel(k: KernelContext) -> None:
    """Sums of (1 - eps) |w|^2 / 2 and (1 - eps) 2 rho nu S : S, with source `[tile][1 + d][cell]`, density and velocity."""
    cell, axes = k.cell, range(k.lattice.dimension)
    density = k.trace.local("source", 0, 1 + len(axes))
    differences = [0.5 * (high - low) for a in axes for high, low in zip(_beside(k, a, 1), _beside(k, a, -1), strict=True)]
    own = _velocity(k, (0,) * len(axes))
    du = velocity_gradient(k.lattice, differences, own, cell.links, cell.given_velocity, parabolic)
    vorticity = total((du[a][b] - du[b][a]) ** 2 for a in axes for b in axes if a < b)
    strain = 0.25 * total((du[a][b] + du[b][a]) ** 2 for a in axes for b in axes)
    share = 1.0 - cell.solid_fraction
    k.reduce(0.5 * share * vorticity, 2.0 * share * density * cell.viscosity * strain)


def _velocity(k: KernelContext, offset: tuple[int, ...]) -> list:
    """Velocity of the cell at an offset; 0 in wholly solid cells."""
    size = 1 + k.lattice.dimension
    u = [k.trace.shifted("source", 1 + b, size, offset) for b in range(size - 1)]
    return [where(k.trace.shifted("solid", 0, 1, offset) < 1.0, v, 0.0) for v in u] if k.tiles.solid else u


def _beside(k: KernelContext, axis: int, sign: int) -> list:
    """Velocity of the neighbour on one side, 0 outside the fluid."""
    offset = tuple(sign * int(b == axis) for b in range(k.lattice.dimension))
    u = _velocity(k, offset)
    if k.cell.links is None:
        return u
    missing = has_bit(k.cell.links, k.lattice.velocities.index(tuple(-x for x in offset)))
    return [where(missing, 0.0, v) for v in u]
