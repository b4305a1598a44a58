"""Hermite moments of c - u, in which the Maxwellian is rho alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...lattice import Lattice
from ...lattice.bases import Moments, about, hermite_moments, hermite_populations, maxwellian


def moving_departure(lattice: Lattice, f: Sequence, excess, u: Sequence, force: Sequence) -> Moments:
    """Hermite moments of c - u of the non-equilibrium part, order 2 and higher; u includes half of the force.

    They are computed from f - f^eq, whose mass is 0 and whose momentum is -F / 2, so that only small numbers are involved.
    """
    h, heq = hermite_moments(lattice, f), maxwellian(lattice, excess, u)
    n = {key: h[key] - heq[key] for key in h if sum(key) > 1}
    for axis, F in enumerate(force):
        n[_unit(lattice, axis)] = -0.5 * F
    return {key: value for key, value in about(lattice, n, u).items() if sum(key) > 1}


def at_rest(lattice: Lattice, excess, u: Sequence, force: Sequence, kept: Mapping[tuple[int, ...], Any]) -> list:
    """Populations after the collision: equilibrium, half of the force, and the moments of c - u in `kept`.

    In the moving frame the source term of a force is its momentum alone (S = -F/rho . d f^eq / dc).
    """
    moving: Moments = dict(kept)
    moving[(0,) * lattice.dimension] = 1.0 + excess
    for axis, F in enumerate(force):
        moving[_unit(lattice, axis)] = 0.5 * F
    h = about(lattice, moving, [-v for v in u])
    h[(0,) * lattice.dimension] = excess
    return hermite_populations(lattice, h)


def _unit(lattice: Lattice, axis: int) -> tuple[int, ...]:
    return tuple(int(k == axis) for k in range(lattice.dimension))
