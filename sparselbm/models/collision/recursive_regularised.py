"""Recursive regularised collision (Malaspinas)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...lattice.departure import departure_of_stress
from ...lattice.moments import macroscopic
from .model import Collision, relaxation_rate
from .moving_frame import at_rest


@dataclass(frozen=True)
class RecursiveRegularised(Collision):
    """h* = rho u^abc + (1 - omega) h^1_abc: Hermite moments of all orders that the lattice has, made from the stress alone.

    Malaspinas's recursion h^1_(a1..an) = u_an h^1_(a1..an-1) + sum_k u.. h^1_(ak an) adds h^1_(ai aj) times the other
    velocities over all pairs i, j. That is how moments of c - u with nothing but a stress look from the frame at rest.
    Source: Malaspinas, arXiv:1505.06900 (2015); Coreixas et al., Phys. Rev. E 96 (2017) 033306.
    """

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        kept = 1.0 - relaxation_rate(viscosity)
        pi = {key: kept * value for key, value in departure_of_stress(lattice, f, excess, u, force).items()}
        return at_rest(lattice, excess, u, force, pi)
