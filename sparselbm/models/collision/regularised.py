"""Regularised collision (Latt & Chopard)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...lattice.bases import of_stress
from ...lattice.departure import departure_of_stress, guo_source
from ...lattice.equilibrium import equilibrium
from ...lattice.moments import macroscopic
from .model import Collision, relaxation_rate


@dataclass(frozen=True)
class Regularised(Collision):
    """Regularised collision f* = f^eq + S / 2 + (1 - omega) w / (2 c_s^4) (cc - c_s^2 I) : Pi.

    Pi is the stress of f - f^eq; all other non-equilibrium moments are discarded.

    Source: Latt & Chopard, Math. Comput. Simul. 72 (2006) 165.
    """

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        feq, source = equilibrium(lattice, excess, u), guo_source(lattice, u, force)
        kept = 1.0 - relaxation_rate(viscosity)
        pi = {key: kept * value for key, value in departure_of_stress(lattice, f, excess, u, force).items()}
        return [e + 0.5 * s + x for e, s, x in zip(feq, source, of_stress(lattice, pi), strict=True)]

    def odd_relaxation(self, viscosity):
        return 0.5
