"""Regularised collision (Latt & Chopard)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..equilibrium import equilibrium
from ..expression import total
from ..lattice import CS2, Lattice
from ..moments import macroscopic
from .bases import Moments, pair
from .departure import departure_of_stress, guo_source
from .model import Collision, relaxation_rate


@dataclass(frozen=True)
class Regularised(Collision):
    """f* = f^eq + S / 2 + (1 - omega) w / (2 c_s^4) (cc - c_s^2 I) : Pi, the part of f - f^eq that is seen in its stress Pi.

    Source: Latt & Chopard, Math. Comput. Simul. 72 (2006) 165.
    """

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        feq, source = equilibrium(lattice, excess, u), guo_source(lattice, u, force)
        kept = 1.0 - relaxation_rate(viscosity)
        pi = {key: kept * value for key, value in departure_of_stress(lattice, f, excess, u, force).items()}
        trace = CS2 * total(pi[pair(lattice, a, a)] for a in range(lattice.dimension))
        return [
            e + 0.5 * s + 4.5 * w * (_twice_along(lattice, c, pi) - trace)
            for e, s, w, c in zip(feq, source, lattice.weights, lattice.velocities, strict=True)
        ]


def _twice_along(lattice: Lattice, c: Sequence[int], pi: Moments):
    """c . Pi . c, without products by 0 and 1."""
    axes = [k for k, x in enumerate(c) if x]
    diagonal = total(pi[pair(lattice, a, a)] for a in axes)
    return diagonal + total(2.0 * c[a] * c[b] * pi[pair(lattice, a, b)] for a in axes for b in axes if a < b)
