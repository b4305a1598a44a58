"""Entropic multi-relaxation collision (Karlin, Bosch & Chikatamarla)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...lattice.bases import hermite_populations, maxwellian, populations, raw_moments
from ...lattice.departure import departure, guo_source
from ...lattice.moments import macroscopic
from ...trace.expression import sqrt, total, where
from .model import Collision, relaxation_rate
from .relaxation import require_product

_MIN_ENTROPY = 1e-30
"""Value of <h|h> below which a cell is in equilibrium: gamma = 2 there, and its derivative stays finite."""


@dataclass(frozen=True)
class KBC(Collision):
    """Entropic collision f* = f - beta (2 Delta s + gamma Delta h), with beta = omega / 2.

    gamma = 1 / beta - (2 - 1 / beta) <Delta s|Delta h> / <Delta h|Delta h>, <x|y> = sum_q x_q y_q / f_q^eq.

    Delta s is the part of f - f^eq in the trace-free stress, Delta h the rest. f^eq is the minimum of the entropy, a
    product over the axes with the second moment P = (2 (1 + 3 u^2)^(1/2) - 1) / 3. Force: Guo's source, with
    f - f^eq + S / 2 in place of f - f^eq.
    Source: Karlin, Bosch & Chikatamarla, Phys. Rev. E 90 (2014) 031302(R).
    """

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        require_product(self, lattice, "use D3Q27 or CentralMoment")
        excess, u = macroscopic(lattice, f, force)
        feq, source = entropic_equilibrium(lattice, excess, u), guo_source(lattice, u, force)
        n = departure(f, feq, source)
        s = shear_part(lattice, n)
        h = [nq - sq for nq, sq in zip(n, s, strict=True)]
        over_feq = [hq / (w + e) for hq, w, e in zip(h, lattice.weights, feq, strict=True)]
        sh, hh = (total(x * y for x, y in zip(part, over_feq, strict=True)) for part in (s, h))
        inverse_beta = 2.0 / relaxation_rate(viscosity)
        beta = 0.5 * relaxation_rate(viscosity)
        present = hh > _MIN_ENTROPY
        gamma = where(present, inverse_beta - (2.0 - inverse_beta) * sh / where(present, hh, 1.0), 2.0)
        return [
            fq + S - beta * (2.0 * sq + gamma * hq) for fq, S, sq, hq in zip(f, source, s, h, strict=True)
        ]


def entropic_equilibrium(lattice: Lattice, excess, u: Sequence) -> list:
    """Entropic equilibrium f^eq - w, the product over the axes of the minima of the entropy.

    Source: Ansumali, Karlin & Ottinger, Europhys. Lett. 63 (2003) 798.

    P - c_s^2 is written as 2 u^2 / (1 + (1 + 3 u^2)^(1/2)), which avoids cancellation at small u.
    """
    return hermite_populations(
        lattice, maxwellian(lattice, excess, u, lambda v: 2.0 * (v * v) / (1.0 + sqrt(1.0 + 3.0 * (v * v))))
    )


def shear_part(lattice: Lattice, n: Sequence) -> list:
    """Populations whose only moments are the trace-free second moments of n."""
    second = {key: m for key, m in raw_moments(lattice, n).items() if sum(key) == 2}
    diagonal = [key for key in second if max(key) == 2]
    mean = total(second[key] for key in diagonal) * (1.0 / len(diagonal))
    return populations(lattice, {key: m - mean if key in diagonal else m for key, m in second.items()})
