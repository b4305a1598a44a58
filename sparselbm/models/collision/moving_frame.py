"""Hermite moments of c - u, in which Maxwell's distribution is rho alone."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...lattice import Lattice
from ...lattice.bases import Moments, about, hermite_moments, hermite_populations, maxwellian


def moving_departure(lattice: Lattice, f: Sequence, excess, u: Sequence, force: Sequence) -> Moments:
    """Hermite moments of c - u of what departs from equilibrium, order 2 and up; u holds the half of the force.

    Taken of f - f^eq, whose mass is 0 and whose momentum is -F / 2, they are small numbers made of small numbers.
    """
    h, heq = hermite_moments(lattice, f), maxwellian(lattice, excess, u)
    n = {key: h[key] - heq[key] for key in h if sum(key) > 1}
    for axis, F in enumerate(force):
        n[_unit(lattice, axis)] = -0.5 * F
    return {key: value for key, value in about(lattice, n, u).items() if sum(key) > 1}


def at_rest(lattice: Lattice, excess, u: Sequence, force: Sequence, kept: Mapping[tuple[int, ...], Any]) -> list:
    """Populations after the collision: equilibrium, half the force, and what is `kept`, given as moments of c - u.

    In the moving frame the source of a force is its momentum alone (S = -F/rho . d f^eq / dc).
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
