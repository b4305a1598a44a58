"""Boundary conditions on the sides of the box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...models.boundary import BoundaryCondition
from ..entry import CasePart, entry
from ..kinds import NUMBER, TEXT, TOKEN, VECTOR
from .vector import Vector

SIDES = ("xMin", "xMax", "yMin", "yMax", "zMin", "zMax")


@dataclass(frozen=True, kw_only=True)
class CaseBoundary(CasePart):
    """Boundary condition on a side of the box: xMin, xMax, yMin, yMax, zMin or zMax.

    There may be any number of inlets and outlets. The default is free slip, and open where the free stream crosses the side.
    """

    space: ClassVar[str] = "boundary"
    instances: ClassVar[tuple[str, ...]] = SIDES
    example: ClassVar[str] = "zMin"

    kind: str = entry(
        TOKEN, "slip",
        "inlet: inflow at a specified velocity, or that of the free stream; outlet: outflow at a pressure; wall: no-slip wall; "
        "movingWall: no-slip wall that moves in its own plane; slip: no friction and no flow through the side, except that it is "
        "an inlet where the free stream enters, and an outlet where it leaves; symmetry: no friction and no flow through the "
        "side; periodic: the flow continues at the opposite side, which is periodic too.",
        allowed=("inlet", "outlet", "wall", "movingWall", "slip", "symmetry", "periodic"),
    )
    velocity: Vector | None = entry(
        VECTOR, None, "Velocity [m/s]: of the inflow, at any angle into the box, or of the moving wall, along it. Not set: that "
        "of the free stream, for a moving wall at its height and along it.",
        only=("inlet", "movingWall"),
    )
    roughness_length: float | None = entry(
        NUMBER, None, "Roughness length z_0 of the wall [m], such as the ground below the wind: its friction follows the "
        "logarithmic law u = u_tau / 0.4 ln(1 + z / z_0). 0.0002 for open water, 0.03 for grass, 1 for a town; a thirtieth of "
        "the size of sand grains. Not set: the wall is smooth.", only=("wall",), above=0.0, unit="m",
    )
    pressure: float = entry(
        NUMBER, 0.0, "Pressure at the outlet [Pa]; only differences between outlets drive a flow.", only=("outlet",), unit="Pa",
    )
    profile: str = entry(
        TOKEN, "uniform",
        "uniform: the same velocity everywhere, or the profile of the free stream; parabola: the velocity times 4 s (1 - s) "
        "along both axes, with s from 0 to 1 between walls, so that it is the maximum.",
        allowed=("uniform", "parabola"), only=("inlet",),
    )
    table: str | None = entry(
        TEXT, None, "CSV file with the velocity over the inlet: a header and the columns x, y, z [m], u, v, w [m/s], relative to "
        "the case's folder. It is interpolated linearly between the points.", only=("inlet",), instead_of=("velocity", "profile"),
    )
    model: str | None = entry(
        TEXT, None, "Boundary condition in place of the built-in one of this kind; it is given the face and, for an inlet or a "
        "wall, the velocity in lattice units.", model=BoundaryCondition,
    )
