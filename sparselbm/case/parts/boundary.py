"""Boundary conditions on the sides of the box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...models.boundary import BoundaryCondition
from ..entry import CasePart, entry
from ..kinds import TEXT, TOKEN, VECTOR
from .vector import Vector

SIDES = ("xMin", "xMax", "yMin", "yMax", "zMin", "zMax")


@dataclass(frozen=True, kw_only=True)
class CaseBoundary(CasePart):
    """Boundary condition on a side of the box: xMin, xMax, yMin, yMax, zMin or zMax. The default is free slip.

    There are one inlet, on a lower side, and one outlet on the opposite side.
    """

    space: ClassVar[str] = "boundary"
    instances: ClassVar[tuple[str, ...]] = SIDES

    kind: str = entry(
        TOKEN, "slip",
        "inlet: inflow at a specified velocity; outlet: outflow at pressure 0; wall: no-slip wall; movingWall: no-slip wall that "
        "moves in its own plane; slip, symmetry: no friction and no flow through the side.",
        allowed=("inlet", "outlet", "wall", "movingWall", "slip", "symmetry"),
    )
    velocity: Vector | None = entry(
        VECTOR, None, "Velocity [m/s]: of the inflow, normal to the side, or of the moving wall, along it.",
        only=("inlet", "movingWall"), required=True,
    )
    profile: str = entry(
        TOKEN, "uniform",
        "uniform: the same velocity everywhere; parabola: the velocity times 4 s (1 - s) along both axes, with s from 0 to 1 "
        "between walls, so that it is the maximum.",
        allowed=("uniform", "parabola"), only=("inlet",),
    )
    model: str | None = entry(
        TEXT, None, "Boundary condition in place of the built-in one of this kind; it is given the face and, for an inlet or a "
        "wall, the velocity in lattice units.", model=BoundaryCondition,
    )
