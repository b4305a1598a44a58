"""Wall function for high Reynolds numbers: friction by a wall law instead of the gradient across the first cell."""

from dataclasses import dataclass, field
from math import inf

from ...lattice.moments import excess_density, momentum
from ...trace.expression import dot, power, sqrt, total, where
from ...units import Unit
from ..boundary.condition import BoundaryCondition
from ..boundary.face import Face
from ..in_si import in_si
from ..model_parameter import ModelParameter

_A, _B = 8.3, 1.0 / 7.0
"""Wall law u+ = A (y+)^B outside the viscous sublayer, u+ = y+ within it (y+ up to 11.8)."""


def friction(speed, viscosity):
    """Friction tau_w / (rho |u|) of a cell of height 1 with mean velocity u, from u+ = y+ and u+ = 8.3 (y+)^(1/7):

    2 nu if |u| <= nu / 2 A^(2 / (1 - B)), and above it
    [(1 - B) / 2 A^((1 + B) / (1 - B)) nu^(1 + B) + (1 + B) / A nu^B |u|]^(2 / (1 + B)) / |u|.
    Source: Werner & Wengle, 8th Symposium on Turbulent Shear Flows (1991), in Turbulent Shear Flows 8 (1993) 155.
    """
    limit = 0.5 * viscosity * _A ** (2.0 / (1.0 - _B))
    fast = where(speed > limit, speed, limit)
    core = 0.5 * (1.0 - _B) * _A ** ((1.0 + _B) / (1.0 - _B)) * power(viscosity, 1.0 + _B)
    turbulent = power(core + (1.0 + _B) / _A * power(viscosity, _B) * fast, 2.0 / (1.0 + _B)) / fast
    return where(speed > limit, turbulent, 2.0 * viscosity)


@dataclass(frozen=True)
class WallFunction(BoundaryCondition):
    """Wall half a cell beyond the cells that removes the tangential momentum tau_w per step and no mass:

    f_q = f*_-q - 18 w_q c_t . (2 R + tau_w), R = sum_enters c_t f*_-q. With tau_w = 0, populations return from the wall
    with their tangential momentum (the local form of a symmetry plane half a cell beyond the centres); bounce-back is
    tau_w = -2 R. Here tau_w = k j_t, with j_t the cell's momentum after the loss and k the `friction` at the speed before
    it: implicit, stable for every viscosity, and within about 0.2 % of the law at the new speed.

    Source of the law: Werner & Wengle 1993. Parameter: `viscosity` [cells^2 / step] of the fluid; it does not follow
    changes of the simulation's own.
    """

    face: Face
    viscosity: float = field(metadata=in_si(Unit(m=2, s=-1)))
    """nu [cells^2 / step]."""

    precedence = 1.0

    def __post_init__(self):
        if not 0.0 < self.viscosity < inf:
            raise ValueError(f"WallFunction(viscosity={self.viscosity}): must be above 0 and finite; use that of the simulation")

    def parameters(self, dimension):
        return (ModelParameter("viscosity", self.viscosity, "cells^2/step", "that of the fluid", above=0.0),)

    def fill(self, lattice, f, value, enters):
        along_wall = [k for k in range(lattice.dimension) if k != self.face.axis]
        entering = self.face.entering(lattice)
        rho, j = 1.0 + excess_density(f), momentum(lattice, f)
        R = {k: total(lattice.velocities[q][k] * f[q] for q in entering if lattice.velocities[q][k]) for k in along_wall}
        free = {k: j[k] - 2.0 * R[k] for k in along_wall}  # The momentum without friction.
        speed = sqrt(dot(list(free.values()), list(free.values()))) / rho
        k_w = friction(speed, value["viscosity"])
        source = {k: 2.0 * R[k] + k_w / (1.0 + k_w) * free[k] for k in along_wall}
        return [
            where(enter, fq - 18.0 * w * total(c[k] * source[k] for k in along_wall), fq) if any(c) else fq
            for fq, w, c, enter in zip(f, lattice.weights, lattice.velocities, enters, strict=True)
        ]

    def memory(self, lattice, f, post, enters, normal):
        return {}
