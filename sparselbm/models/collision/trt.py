"""Two relaxation time collision (Ginzburg, Verhaeghe & d'Humieres)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from types import MappingProxyType

from ...lattice import D3Q19, D3Q27, Lattice
from ...lattice.equilibrium import equilibrium_parts
from ...lattice.forcing import guo_source_parts
from ...lattice.moments import macroscopic
from .cell_reynolds import CellReynoldsLimits
from .model import Collision, relaxation_rate


@dataclass(frozen=True)
class TRT(Collision):
    """TRT collision f* = f + omega+ (f^eq+ - f+) + omega- (f^eq- - f-), with even and odd parts f+- = (f_q +- f_-q) / 2.

    omega+ sets the viscosity, omega- follows from the magic parameter Lambda = (1/omega+ - 1/2) (1/omega- - 1/2). With
    3/16, halfway walls lie exactly halfway in Poiseuille flow; with 1/4, the scheme is most stable. Force: each part of
    Guo's source with 1 - omega+- / 2.
    Source: Ginzburg, Verhaeghe & d'Humieres, Commun. Comput. Phys. 3 (2008) 427.
    """

    cell_reynolds_limits = MappingProxyType({
        D3Q19: CellReynoldsLimits(slip=10.0, oblique=10.0, walls=8.0, links=8.0, rim=6.5, developed=10.0),
        D3Q27: CellReynoldsLimits(slip=8.0, oblique=8.0, walls=8.0, links=8.0, rim=6.5, developed=10.0),
    })

    magic: float = 3 / 16
    """Magic parameter Lambda, dimensionless, above 0."""

    def __post_init__(self):
        if not 0.0 < self.magic < inf:
            raise ValueError(
                f"TRT(magic={self.magic}): the magic parameter must be above 0 and finite; use 3/16 for walls, 1/4 for stability"
            )

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        eq_even, eq_odd = equilibrium_parts(lattice, excess, u)
        source_even, source_odd = guo_source_parts(lattice, u, force)
        omega_even = relaxation_rate(viscosity)
        omega_odd = 1.0 / (self.odd_relaxation(viscosity) + 0.5)
        post = list(f)
        for q, p in enumerate(lattice.opposites):
            if q > p:
                continue  # Each pair of opposites is relaxed once.
            even, odd = 0.5 * (f[q] + f[p]), 0.5 * (f[q] - f[p])
            even_change = omega_even * (eq_even[q] - even) + (1.0 - 0.5 * omega_even) * source_even[q]
            odd_change = omega_odd * (eq_odd[q] - odd) + (1.0 - 0.5 * omega_odd) * source_odd[q]
            post[q] = f[q] + (even_change + odd_change)
            if p != q:
                post[p] = f[p] + (even_change - odd_change)
        return post

    def odd_relaxation(self, viscosity):
        return self.magic / (3.0 * viscosity)
