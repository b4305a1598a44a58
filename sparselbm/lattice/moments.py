"""Moments of shifted populations f - w: excess density and momentum."""

from collections.abc import Sequence

from ..trace.expression import total
from .velocity_set import Lattice


def excess_density(f: Sequence):
    """Density perturbation rho - 1 = sum_q f_q of shifted populations f_q (physical populations minus w_q)."""
    return total(f)


def momentum(lattice: Lattice, f: Sequence) -> list:
    """Momentum rho u = sum_q c_q f_q, one component per axis; the shift by w has no momentum."""
    return [
        total(fq for fq, c in zip(f, lattice.velocities, strict=True) if c[k] > 0)
        - total(fq for fq, c in zip(f, lattice.velocities, strict=True) if c[k] < 0)
        for k in range(lattice.dimension)
    ]


def macroscopic(lattice: Lattice, f: Sequence, force: Sequence) -> tuple:
    """Density perturbation rho - 1 and velocity u, with rho u = sum_q c_q f_q + F / 2 (Guo, Zheng & Shi 2002, eq. 4)."""
    excess = excess_density(f)
    rho = 1.0 + excess
    return excess, [(j + 0.5 * F) / rho for j, F in zip(momentum(lattice, f), force, strict=True)]
