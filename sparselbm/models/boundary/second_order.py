"""Populations from density, velocity and stress, for the regularised and Grad's boundary conditions."""

from collections.abc import Sequence

from ...lattice import CS2, Lattice
from ...lattice.equilibrium import equilibrium
from ...trace.expression import total, where


def second_order(lattice: Lattice, f: Sequence, excess, u: Sequence, enters: Sequence) -> list:
    """Populations f_q^eq(rho, u) + 9/2 w_q (c_q c_q - c_s^2 I) : Pi, shape (Q,), with Pi = sum_q f_q^neq c_q c_q.

    f^neq = f - f^eq(rho, u), and f_q^neq = f_-q^neq for the incoming q (bounce-back of the non-equilibrium part).
    This is Grad's approximation to second order in c, with exactly the density rho and the velocity u.
    Source: Latt et al., Phys. Rev. E 77 (2008) 056703 (BC3).
    """
    feq = equilibrium(lattice, excess, u)
    neq = [fq - e for fq, e in zip(f, feq, strict=True)]
    bounced = [where(enter, neq[p], nq) for nq, p, enter in zip(neq, lattice.opposites, enters, strict=True)]
    pi = stress(lattice, bounced)
    return [e + 4.5 * w * contracted(c, pi) for e, w, c in zip(feq, lattice.weights, lattice.velocities, strict=True)]


def stress(lattice: Lattice, neq: Sequence) -> dict[tuple[int, int], object]:
    """Stress Pi_ab = sum_q f_q^neq c_qa c_qb for a <= b."""
    d = lattice.dimension
    return {
        (a, b): total(c[a] * c[b] * nq for nq, c in zip(neq, lattice.velocities, strict=True) if c[a] * c[b])
        for a in range(d)
        for b in range(a, d)
    }


def contracted(c: Sequence[int], pi: dict):
    """Contraction (c c - c_s^2 I) : Pi for a symmetric Pi given by its upper half."""
    return total(
        (c[a] * c[a] - CS2 if a == b else 2.0 * c[a] * c[b]) * value
        for (a, b), value in pi.items()
        if a == b or c[a] * c[b]
    )
