"""Velocity gradient by central differences, corrected where neighbours are not fluid."""

from collections.abc import Callable, Sequence

from ..trace.expression import has_bit, where
from .velocity_set import Lattice


def mirrored(difference, own, side):
    """d_a u next to a wall at rest half a cell away, with u = -u(x) in the neighbour beyond the wall; exact for linear u."""
    return difference - 0.5 * side * own


def parabolic(difference, own, side):
    """d_a u next to a wall at rest half a cell away, from the parabola through 0 at the wall, u(x) and u of the other side."""
    return (1.0 - side * side / 3.0) * difference - side * own


def velocity_gradient(
    lattice: Lattice, differences: Sequence, own: Sequence, links, given, at_wall: Callable = mirrored
) -> list[list]:
    """d_a u_b [1 / step], rows [a][b].

    `differences`: (u_b(x + e_a) - u_b(x - e_a)) / 2, all b for each a, with u = 0 for neighbours that are not fluid; `own`:
    u(x); `links`: bit q is set where x - c_q is not fluid, None without walls; `given` and `at_wall`: see `beside_walls`.
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
    """d_a u_b along one axis a, for each b, if the neighbour on one `side`, -1 or 1, is not fluid; 0: neither or both are not.

    `at_wall`: `mirrored` or `parabolic`, for walls at rest. Where the mask `given` is true, in cells with a boundary condition or
    next to a moving obstacle, the difference is one-sided, which is exact for linear u.
    """
    at_rest = [at_wall(v, u, side) for v, u in zip(difference, own, strict=True)]
    one_sided = [(1.0 + side * side) * v + side * u for v, u in zip(difference, own, strict=True)]
    return [where(given, a, b) for a, b in zip(one_sided, at_rest, strict=True)]
