"""Body force by the exact difference method (Kupershtokh)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...lattice.equilibrium import equilibrium
from ...lattice.moments import macroscopic
from .model import Collision, require_local


@dataclass(frozen=True)
class ExactDifference(Collision):
    """Wrapper around any collision: f* = collide(f; F = 0) + f^eq(rho, u + F / rho) - f^eq(rho, u), with u = j / rho.

    The velocity of the flow is (j + F / 2) / rho, as computed by `moments.macroscopic`.
    Source: Kupershtokh, Medvedev & Karpov, Comput. Math. Appl. 58 (2009) 965.
    """

    collision: Collision

    def __post_init__(self):
        require_local(self, self.collision)

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        nothing = [0.0] * lattice.dimension
        excess, u = macroscopic(lattice, f, nothing)
        faster = [uk + F / (1.0 + excess) for uk, F in zip(u, force, strict=True)]
        before, after = equilibrium(lattice, excess, u), equilibrium(lattice, excess, faster)
        post = self.collision.collide(lattice, f, viscosity, nothing)
        return [p + (b - a) for p, a, b in zip(post, before, after, strict=True)]

    def odd_relaxation(self, viscosity):
        return self.collision.odd_relaxation(viscosity)
