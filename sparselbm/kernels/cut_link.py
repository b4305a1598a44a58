"""Values of a link that a wall cuts, for the bounce-back rules."""

from functools import cached_property
from typing import Any

from ..lattice.equilibrium import along
from ..trace.expression import dot, has_bit

HALFWAY = 1e-6
"""Deviation from 1/2 below which a link distance stands for a reflection halfway: `solver.link_table` keeps walls off it."""


class CutLink:
    """Link from a cell x along c_p to a wall at x + delta c_p; q, the opposite of p, is the direction of return.

    All members are traced values of the cell, which are recorded when they are first used. `cell`: a `Cell`.
    """

    def __init__(self, cell: Any, q: int):
        self._cell, self._q, self._p = cell, q, cell.lattice.opposites[q]
        self.delta = cell.wall_distance(q)
        """Distance of the wall as a fraction of the link."""

    @property
    def is_halfway(self):
        """Mask of the links that are reflected halfway: those of openings, of the domain's sides, of walls without a position."""
        return (self.delta - 0.5) * (self.delta - 0.5) < HALFWAY**2

    @property
    def reflected(self):
        """Value that waited in the slot of p."""
        return self._cell.streamed[self._q]

    @property
    def arriving(self):
        """f_p, as it streams in from the opposite side of the cell; a value that waited for that link if it is cut too."""
        return self._cell.streamed[self._p]

    @property
    def is_in_gap(self):
        """Mask of the cells whose link along c_q is blocked too, so that nothing streams in along p."""
        return has_bit(self._cell.links, self._p)

    def beyond_inlets(self, value):
        """A value in the cells that do not lie along an inlet, 0 in those."""
        inlets = [k for k, condition in enumerate(self._cell.physics.boundaries) if condition.prescribes_velocity]
        return self._cell.along_any(inlets, 0.0, value) if inlets else value

    @property
    def before_p(self):
        """f_p before the collision."""
        return self._cell.f[self._p]

    @property
    def before_q(self):
        """f_q before the collision."""
        return self._cell.f[self._q]

    @property
    def outgoing_p(self):
        """f*_p after the collision."""
        return self._cell.collided[self._p]

    @property
    def outgoing_q(self):
        """f*_q after the collision."""
        return self._cell.collided[self._q]

    @property
    def viscosity(self):
        """nu [cells^2 / step]."""
        return self._cell.viscosity

    @property
    def odd_relaxation(self):
        """Lambda- = 1 / omega- - 1/2 of the odd moments without momentum."""
        return self._cell.collision.odd_relaxation(self._cell.viscosity)

    @property
    def force(self):
        """3 w c_p . F."""
        return 3.0 * self._weight * along(self._c, self._cell.force)

    @property
    def odd_equilibrium(self):
        """3 w c_p . (rho u), the odd part of the equilibrium."""
        momentum = [j + 0.5 * F for j, F in zip(self._cell.momentum, self._cell.force, strict=True)]
        return 3.0 * self._weight * along(self._c, momentum)

    @property
    def inertia(self):
        """w (9/2 (c_p . v)^2 - 3/2 v^2), the even part of the equilibrium, with v = u - u_w relative to the wall."""
        cv = along(self._c, self._relative_velocity)
        return self._weight * (4.5 * cv * cv - 1.5 * dot(self._relative_velocity, self._relative_velocity))

    @property
    def largest_odd_square(self):
        """(3 w v)^2, for v along a link of unit length."""
        return (3.0 * self._weight) ** 2 * dot(self._relative_velocity, self._relative_velocity)

    @cached_property
    def _relative_velocity(self) -> list:
        if not self._cell.physics.moving:
            return self._cell.velocity
        return [a - b for a, b in zip(self._cell.velocity, self._cell.wall_velocity(self._q), strict=True)]

    @property
    def _weight(self) -> float:
        return self._cell.lattice.weights[self._q]

    @property
    def _c(self):
        return self._cell.lattice.velocities[self._p]
