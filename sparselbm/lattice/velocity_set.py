"""Velocity sets: D2Q9, D3Q19 and D3Q27 for flows, D2Q5 and D3Q7 for scalars."""

from dataclasses import dataclass
from functools import cached_property
from itertools import product

CS2 = 1.0 / 3.0
"""Square of the lattice speed of sound c_s [cells^2 / step^2], the same in all flow lattices."""


@dataclass(frozen=True)
class Lattice:
    """Velocity set, with sum w = 1, sum w c c = c_s^2 I and vanishing odd moments.

    The flow lattices are isotropic to fourth order; D2Q5 and D3Q7 to second, which suffices for advection and diffusion.
    Source: Qian, d'Humieres & Lallemand, Europhys. Lett. 17 (1992) 479.
    """

    name: str
    dimension: int
    """2 or 3."""
    velocities: tuple[tuple[int, ...], ...]
    """c_q [cells / step], shape (Q, dimension); the rest velocity comes first."""
    weights: tuple[float, ...]
    """w_q, shape (Q,)."""
    cs2: float = CS2
    """c_s^2 [cells^2 / step^2]."""

    @property
    def size(self) -> int:
        """Number of velocities Q."""
        return len(self.velocities)

    @cached_property
    def opposites(self) -> tuple[int, ...]:
        """Index of -c_q for each q."""
        return tuple(self.velocities.index(tuple(-x for x in c)) for c in self.velocities)

    def mirrored(self, axis: int) -> tuple[int, ...]:
        """Index of c_q reflected in the plane normal to `axis`, for each q."""
        return tuple(
            self.velocities.index(tuple(-x if k == axis else x for k, x in enumerate(c))) for c in self.velocities
        )

    def __repr__(self) -> str:
        return self.name


def _velocity_set(name: str, dimension: int, weight_of_length: dict[int, float], cs2: float = CS2) -> Lattice:
    """Builds the set of all velocities with components -1, 0, 1 whose squared length has a weight, shortest first."""
    velocities = sorted(
        (c for c in product((0, 1, -1), repeat=dimension) if sum(x * x for x in c) in weight_of_length),
        key=lambda c: sum(x * x for x in c),
    )
    return Lattice(
        name, dimension, tuple(velocities), tuple(weight_of_length[sum(x * x for x in c)] for c in velocities), cs2
    )


D2Q9 = _velocity_set("D2Q9", 2, {0: 4 / 9, 1: 1 / 9, 2: 1 / 36})
D3Q19 = _velocity_set("D3Q19", 3, {0: 1 / 3, 1: 1 / 18, 2: 1 / 36})
D3Q27 = _velocity_set("D3Q27", 3, {0: 8 / 27, 1: 2 / 27, 2: 1 / 54, 3: 1 / 216})
D2Q5 = _velocity_set("D2Q5", 2, {0: 1 / 3, 1: 1 / 6})
D3Q7 = _velocity_set("D3Q7", 3, {0: 1 / 4, 1: 1 / 8}, cs2=1 / 4)
