"""Second-order equilibrium, shifted by the weights and split by parity."""

from collections.abc import Sequence

from ..trace.expression import dot, total
from .velocity_set import Lattice


def along(c: Sequence[int], u: Sequence):
    """Dot product c . u for a lattice velocity c, without multiplications."""
    return total(uk for ck, uk in zip(c, u, strict=True) if ck > 0) - total(
        uk for ck, uk in zip(c, u, strict=True) if ck < 0
    )


def equilibrium_parts(lattice: Lattice, excess, u: Sequence) -> tuple[list, list]:
    """Even and odd parts of f_q^eq - w_q = w_q (rho - 1 + rho (3 c.u + 9/2 (c.u)^2 - 3/2 u.u)).

    `excess` is rho - 1, `u` the velocity [cells / step]. Source: Qian, d'Humieres & Lallemand 1992, eq. 3.
    """
    rho = 1.0 + excess
    isotropic = excess - 1.5 * rho * dot(u, u)
    even, odd = [], []
    for q, (w, c, p) in enumerate(zip(lattice.weights, lattice.velocities, lattice.opposites, strict=True)):
        if p < q:  # Each pair of opposites is computed once.
            even.append(even[p])
            odd.append(-odd[p])
            continue
        cu = along(c, u)
        even.append(w * (isotropic + 4.5 * rho * (cu * cu)))
        odd.append(w * (3.0 * rho * cu))
    return even, odd


def equilibrium(lattice: Lattice, excess, u: Sequence) -> list:
    """Shifted equilibrium f_q^eq - w_q, shape (Q,): see `equilibrium_parts`."""
    return [e + o for e, o in zip(*equilibrium_parts(lattice, excess, u), strict=True)]
