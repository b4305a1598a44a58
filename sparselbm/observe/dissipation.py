"""Rate at which viscosity converts kinetic energy into heat."""

from dataclasses import dataclass

from ..lattice import CS2, Lattice
from ..lattice.equilibrium import equilibrium
from ..trace.expression import total
from .observable import Observable
from .open_share import open_share
from .unit import POWER


@dataclass(frozen=True)
class Dissipation(Observable):
    """D = sum (1 - eps) 2 rho nu S : S over the fluid [lattice energy / step], S from the populations of each cell.

    Valid where the shear moments relax at the rate of nu, as in BGK and TRT. The share of a subgrid-scale model is not counted,
    and in cells of the partially saturated method the change of the populations by the solid counts as strain.
    """

    unit = POWER

    def integrand(self, cell):
        S = strain_rate(cell)
        d = cell.lattice.dimension
        square = total(S[a][b] * S[a][b] for a in range(d) for b in range(d))
        return 2.0 * open_share(cell) * cell.density * cell.viscosity * square


def strain_rate(cell) -> list[list]:
    """S_ab = (d_a u_b + d_b u_a) / 2 [1 / step] = -(Pi_ab + (F_a u_b + F_b u_a) / 2) / (2 rho c_s^2 tau), shape (d, d).

    Pi_ab = sum_q c_qa c_qb (f_q - f_q^eq) of the incoming populations, tau = nu / c_s^2 + 1/2. Second order in space.
    Source: Krueger et al., The Lattice Boltzmann Method (2017), sections 4.1.4 and 6.3 (with Guo's force).
    """
    lattice: Lattice = cell.lattice
    u, F, f = cell.velocity, cell.force, cell.f
    rest = [fq - eq for fq, eq in zip(f, equilibrium(lattice, cell.density_perturbation, u), strict=True)]
    scale = -1.0 / (2.0 * cell.density * (cell.viscosity + 0.5 * CS2))
    d = lattice.dimension
    upper = {
        (a, b): scale * (_second_moment(lattice, rest, a, b) + 0.5 * (F[a] * u[b] + F[b] * u[a]))
        for a in range(d)
        for b in range(a, d)
    }
    return [[upper[min(a, b), max(a, b)] for b in range(d)] for a in range(d)]


def _second_moment(lattice: Lattice, f, a: int, b: int):
    along = [fq for fq, c in zip(f, lattice.velocities, strict=True) if c[a] * c[b] > 0]
    against = [fq for fq, c in zip(f, lattice.velocities, strict=True) if c[a] * c[b] < 0]
    return total(along) - total(against)
