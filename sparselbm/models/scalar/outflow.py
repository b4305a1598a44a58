"""Scalar condition for an outflow boundary."""

from dataclasses import dataclass

from ...trace.expression import total
from ..boundary.face import Face
from .condition import ScalarCondition


@dataclass(frozen=True)
class Outflow(ScalarCondition):
    """Zero normal gradient: the flux is convective, g_-q - g_q = phi u_n, with n the outward normal and c_q = -n.

    In a cell sum_q c_q g_q = phi u - (D + c_s^2 / 2) grad phi, and phi includes g_q itself: with K the sum of all other
    populations, g_q = (g_-q - u_n K) / (1 + u_n). Local and linear. At a side without flow it is a symmetry plane through
    the cell centres. (u excludes half of the force, which may depend on phi; a source of phi is not taken into account.)
    """

    face: Face

    needs_plane = True

    def parameters(self):
        return ()

    def fill(self, lattice, g, u, value, enters):
        q = self.face.straight(lattice)
        u_n = -self.face.inward * u[self.face.axis]
        others = total(gk for k, gk in enumerate(g) if k != q)
        filled = (g[lattice.opposites[q]] - u_n * others) / (1.0 + u_n)
        return [filled if k == q else gk for k, gk in enumerate(g)]
