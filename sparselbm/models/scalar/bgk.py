"""Single relaxation time for a scalar."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from .collision import ScalarCollision, scalar_relaxation_rate
from .equilibrium import scalar_equilibrium


@dataclass(frozen=True)
class ScalarBGK(ScalarCollision):
    """BGK collision g* = g + omega (g^eq - g) + (1 - omega / 2) w S, with 1 / omega = D / c_s^2 + 1/2.

    Source: Krueger et al., The Lattice Boltzmann Method (2017), section 8.3 (eqs. 8.21, 8.26).
    """

    def collide(self, lattice: Lattice, g: Sequence, phi, u: Sequence, diffusivity, source) -> list:
        omega = scalar_relaxation_rate(lattice, diffusivity)
        geq = scalar_equilibrium(lattice, phi, u)
        given = (1.0 - 0.5 * omega) * source
        return [gq + omega * (e - gq) + w * given for gq, e, w in zip(g, geq, lattice.weights, strict=True)]
