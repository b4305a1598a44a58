"""Scalar equilibrium, split by parity."""

from collections.abc import Sequence

from ...lattice import Lattice
from ...lattice.equilibrium import along


def scalar_equilibrium_parts(lattice: Lattice, phi, u: Sequence) -> tuple[list, list]:
    """Even and odd parts of g_q^eq = w_q phi (1 + c_q . u / c_s^2); `u` is the flow velocity [cells / step].

    Source: Krueger et al., The Lattice Boltzmann Method (2017), eq. 8.23 to first order in u.
    """
    even = [w * phi for w in lattice.weights]
    odd = [
        (w / lattice.cs2) * (phi * along(c, u)) if any(c) else 0.0
        for w, c in zip(lattice.weights, lattice.velocities, strict=True)
    ]
    return even, odd


def scalar_equilibrium(lattice: Lattice, phi, u: Sequence) -> list:
    """Equilibrium g_q^eq, shape (Q,): see `scalar_equilibrium_parts`."""
    return [e + o for e, o in zip(*scalar_equilibrium_parts(lattice, phi, u), strict=True)]
