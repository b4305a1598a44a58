"""Walls at high Reynolds numbers, which remove the tangential momentum of a wall law: base class."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...lattice.moments import excess_density, momentum
from ...trace.expression import dot, sqrt, total, where
from ..boundary.condition import BoundaryCondition
from ..boundary.face import Face
from ..collision.model import Collision


@dataclass(frozen=True)
class WallStress(BoundaryCondition):
    """Wall at rest, half a cell beyond the cells, that removes the tangential momentum tau_w per step and no mass:

    f_q = f*_-q - 18 w_q c_t . (2 R + tau_w), R = sum_enters c_t f*_-q. With tau_w = 0, populations return from the wall
    with their tangential momentum (the local form of a symmetry plane half a cell beyond the centres); bounce-back is
    tau_w = -2 R. Here tau_w = k j_t, with j_t the cell's momentum after the loss and k the `friction` at the speed before
    it: implicit, and stable for every viscosity.
    """

    face: Face

    precedence = 1.0

    @abstractmethod
    def friction(self, speed, value: Mapping[str, Any]) -> Any:
        """k = tau_w / (rho |u|) [cells / step] of the wall law; `speed`: |u_t| of the cell without friction."""

    def origin(self, value: Mapping[str, Any]) -> Any:
        """Distance of the origin of the wall law beyond the wall [cells]: the roughness length, or 0."""
        return 0.0

    def fill(self, lattice, f, value, enters):
        along_wall = [k for k in range(lattice.dimension) if k != self.face.axis]
        entering = self.face.entering(lattice)
        rho, j = 1.0 + excess_density(f), momentum(lattice, f)
        R = {k: total(lattice.velocities[q][k] * f[q] for q in entering if lattice.velocities[q][k]) for k in along_wall}
        free = {k: j[k] - 2.0 * R[k] for k in along_wall}  # The momentum without friction.
        speed = sqrt(dot(list(free.values()), list(free.values()))) / rho
        k_w = self.friction(speed, value)
        source = {k: 2.0 * R[k] + k_w / (1.0 + k_w) * free[k] for k in along_wall}
        return [
            where(enter, fq - 18.0 * w * total(c[k] * source[k] for k in along_wall), fq) if any(c) else fq
            for fq, w, c, enter in zip(f, lattice.weights, lattice.velocities, enters, strict=True)
        ]

    def memory(self, lattice, f, post, enters, normal):
        return {}


def wall_distance_fault(collision: Collision, conditions: Sequence[BoundaryCondition]) -> str | None:
    """Reason for which a collision that needs the distance from the walls cannot be used beside conditions; None if it can."""
    if not collision.needs_wall_distance:
        return None
    walls = [each for each in conditions if isinstance(each, WallStress)]
    upper = [str(each.face) for each in walls if each.face.end == 1]
    if walls and not upper:
        return None
    return (
        "its length is measured from rough walls and wall functions on lower sides, but there is "
        f"{f'one on {upper[0]}' if upper else 'none'}: make a lower side a rough wall or use a wall function, and make the "
        "upper ones moving walls or planes of symmetry"
    )
