"""Bounce-back from what moves: the formula that a sliding wall and a velocity inlet share."""

from abc import ABC
from dataclasses import dataclass

from ..equilibrium import along
from ..expression import where
from .condition import Boundary


@dataclass(frozen=True)
class MovingBounce(Boundary, ABC):
    """f_q = f*_-q + 6 w_q rho_0 c_q . u for the q that enter, with rho_0 = 1; f*_-q is already in place.

    Parameters: `velocity_x`, `velocity_y`, `velocity_z` [cells / step].
    Source: Ladd, J. Fluid Mech. 271 (1994) 285, eq. 3.3.
    """

    velocity: tuple[float, ...]
    """u [cells / step], one value an axis."""

    needs_plane = False

    def parameters(self, dimension):
        if len(self.velocity) != dimension:
            raise ValueError(f"velocity {self.velocity} on {self.face}: give one value an axis, {dimension} of them")
        return {f"velocity_{axis}": u for axis, u in zip("xyz", self.velocity, strict=False)}

    def fill(self, lattice, f, value, enters):
        u = [value[name] for name in self.parameters(lattice.dimension)]
        return [
            where(enter, fq + 6.0 * w * along(c, u), fq)
            for fq, w, c, enter in zip(f, lattice.weights, lattice.velocities, enters, strict=True)
        ]

    def memory(self, lattice, f, post):
        return {}
