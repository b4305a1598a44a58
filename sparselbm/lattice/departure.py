"""Non-equilibrium part of the populations in the presence of a body force."""

from collections.abc import Sequence

from .bases import Moments, pair, raw_moments
from .forcing import guo_source_parts
from .velocity_set import CS2, Lattice


def guo_source(lattice: Lattice, u: Sequence, force: Sequence) -> list:
    """Guo's source S_q = w_q (3 (c - u) + 9 (c.u) c) . F, shape (Q,), before the factor 1 - omega / 2.

    Source: Guo, Zheng & Shi, Phys. Rev. E 65 (2002) 046308, eq. 20.
    """
    return [even + odd for even, odd in zip(*guo_source_parts(lattice, u, force), strict=True)]


def departure(f: Sequence, feq: Sequence, source: Sequence) -> list:
    """Non-equilibrium part n = f - f^eq + S / 2, which has no mass and no momentum, shape (Q,).

    A collision with the rates Lambda is f* = f^eq + S / 2 + (1 - Lambda) n, which includes Guo's factor 1 - Lambda / 2.
    """
    return [fq - e + 0.5 * s for fq, e, s in zip(f, feq, source, strict=True)]


def departure_of_stress(lattice: Lattice, f: Sequence, excess, u: Sequence, force: Sequence) -> Moments:
    """Second moments of n: sum_q c_a c_b f_q - c_s^2 (rho - 1) delta_ab - rho u_a u_b + (u_a F_b + F_a u_b) / 2."""
    m, rho = raw_moments(lattice, f), 1.0 + excess
    stress: Moments = {}
    for a in range(lattice.dimension):
        for b in range(a, lattice.dimension):
            pressure = CS2 * excess if a == b else 0.0
            key = pair(lattice, a, b)
            stress[key] = m[key] - pressure - rho * u[a] * u[b] + 0.5 * (u[a] * force[b] + force[a] * u[b])
    return stress
