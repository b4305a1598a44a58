"""Walls inside cells: the partially saturated method (PSM)."""

from collections.abc import Sequence

from ...lattice import Lattice
from ...lattice.equilibrium import along
from ...lattice.moments import momentum

SOLID_THRESHOLD = 0.999
"""Solid fraction from which a cell counts as solid: populations trapped there oscillate almost undamped, never reach a
steady state, and are not visible from outside."""
PSM_RESISTANCE = 1.54
"""Parameter a of `saturation` for a flow, calibrated for flat walls in Poiseuille flow (TRT, 3/16): the wall position is
accurate to 0.009 cells for nu = 0.02 to 0.1 and 0.029 for 0.5; with a = 1, that of fractions cut by a plane, it was 0.06
to 0.13 cells too far in the fluid."""


def saturation(eps, k, resistance: float = PSM_RESISTANCE):
    """Solid weight B = eps k / (a (1 - eps) + k), with k = tau - 1/2 (3 nu for a flow): 0 in fluid, 1 in solid.

    `resistance`: a; the larger it is, the less resistance cells with a small solid fraction offer.
    Source: Noble & Torczynski, Int. J. Mod. Phys. C 9 (1998) 1189, eq. 8, with a = 1.
    """
    return eps * k / (resistance * (1.0 - eps) + k)


def solid_collision(lattice: Lattice, f: Sequence, excess, u: Sequence, u_s: Sequence | None = None) -> list:
    """Solid collision Omega^s_q = f_-q - f_q + f_q^eq(rho, u_s) - f_-q^eq(rho, u) = f_-q - f_q + 3 w_q rho c_q . (u + u_s).

    `u_s`: velocity of the solid; None: at rest.

    Terms of f^eq that are quadratic in u are omitted. A solid cell preserves the part that is even in c for ever: there
    these terms would be a source without a sink. They removed 1 % of the mass of a channel in 12,000 steps, so that no flow
    around a body converged; the drag differs by 0.03 % (D2Q9, diameter 7, u = .02).
    Source: Noble & Torczynski, Int. J. Mod. Phys. C 9 (1998) 1189, eq. 12.
    """
    j = [(1.0 + excess) * uk for uk in (u if u_s is None else [a + b for a, b in zip(u, u_s, strict=True)])]
    return [
        f[p] - f[q] + 3.0 * w * along(c, j)
        for q, (p, w, c) in enumerate(zip(lattice.opposites, lattice.weights, lattice.velocities, strict=True))
    ]


def partially_saturated(f: Sequence, collided: Sequence, solid: Sequence, B) -> list:
    """Combined collision f* = f + (1 - B) (collision) + B Omega^s (Noble & Torczynski 1998, eq. 10)."""
    return [fq + (1.0 - B) * (cq - fq) + B * sq for fq, cq, sq in zip(f, collided, solid, strict=True)]


def force_on_solid(lattice: Lattice, solid: Sequence, B) -> list:
    """Force F = -B sum_q Omega^s_q c_q of the fluid of a cell on the solid in it [lattice units].

    It is the momentum that the same operator removes from the fluid, so that drag and wall are always consistent.
    """
    return [-1.0 * (B * Mk) for Mk in momentum(lattice, solid)]
