"""Velocity gradient by central differences, corrected where neighbours are not fluid."""

from collections.abc import Callable, Sequence

from ..trace.expression import has_bit, where
from .velocity_set import Lattice


def mirrored(difference, own, side):
    """d_a u beside a wall at rest half a cell away, by u = -u(x) beyond it: exact where u is linear."""
    return difference - 0.5 * side * own


def parabolic(difference, own, side):
    """d_a u beside a wall at rest half a cell away, by the parabola through u = 0 there, u(x) and the other neighbour's u."""
    return (1.0 - side * side / 3.0) * difference - side * own


def velocity_gradient(
    lattice: Lattice, differences: Sequence, own: Sequence, links, given, at_wall: Callable = mirrored
) -> list[list]:
    """d_a u_b [1 / step], rows [a][b].

    `differences`: (u_b(x + e_a) - u_b(x - e_a)) / 2, a after a, with 0 for neighbours that are no fluid; `own`: u(x); `links`:
    bit q where x - c_q is no fluid, None without walls; `given` and `at_wall`: see `beside_walls`.
    """
    d, rows = lattice.dimension, []
    for a in range(d):
        row = list(differences[d * a : d * a + d])
        if links is not None:
            low, high = (tuple(sign * int(k == a) for k in range(d)) for sign in (1, -1))
            missing = [where(has_bit(links, lattice.velocities.index(c)), 1.0, 0.0) for c in (low, high)]
            row = beside_walls(row, own, missing[1] - missing[0], given, at_wall)
        rows.append(row)
    return rows


def beside_walls(difference: Sequence, own: Sequence, side, given, at_wall: Callable = mirrored) -> list:
    """d_a u_b along one axis a, for each b, where the neighbour on one side, -1 or 1, is missing; 0: neither, or both.

    `at_wall`: `mirrored` or `parabolic`, for walls at rest. Where `given` holds, in cells that obey a condition or meet a
    moving obstacle, the difference is one-sided, exact where u is linear.
    """
    at_rest = [at_wall(v, u, side) for v, u in zip(difference, own, strict=True)]
    one_sided = [(1.0 + side * side) * v + side * u for v, u in zip(difference, own, strict=True)]
    return [where(given, a, b) for a, b in zip(one_sided, at_rest, strict=True)]
