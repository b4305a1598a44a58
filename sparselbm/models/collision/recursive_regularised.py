"""Recursive regularised collision (Malaspinas)."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ...lattice import D3Q19, D3Q27, Lattice
from ...lattice.bases import fourth_of_stress
from ...lattice.departure import departure_of_stress
from ...lattice.moments import macroscopic
from .cell_reynolds import CellReynoldsLimits
from .model import Collision, relaxation_rate
from .moving_frame import at_rest


@dataclass(frozen=True)
class RecursiveRegularised(Collision):
    """Recursive regularised collision h* = rho u^abc + (1 - omega) h^1_abc: all Hermite moments follow from the stress.

    Malaspinas's recursion h^1_(a1..an) = u_an h^1_(a1..an-1) + sum_k u.. h^1_(ak an) adds h^1_(ai aj) times the other
    velocities over all pairs i, j. This equals moments of c - u with only a stress, transformed to the frame at rest.
    Source: Malaspinas, arXiv:1505.06900 (2015); Coreixas et al., Phys. Rev. E 96 (2017) 033306.
    """

    cell_reynolds_limits = MappingProxyType({
        D3Q19: CellReynoldsLimits(slip=12.0, oblique=12.0, walls=12.0, links=12.0, rim=6.5, developed=12.0),
        D3Q27: CellReynoldsLimits(slip=300.0, oblique=75.0, walls=25.0, links=50.0, rim=30.0, developed=50.0),
    })

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        kept = 1.0 - relaxation_rate(viscosity)
        pi = {key: kept * value for key, value in departure_of_stress(lattice, f, excess, u, force).items()}
        return at_rest(lattice, excess, u, force, pi | fourth_of_stress(lattice, pi))

    def odd_relaxation(self, viscosity):
        return 0.5
