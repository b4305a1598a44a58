"""Forces on the fluid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import Forces
from ..entry import CasePart, entry
from ..kinds import NUMBER, VECTOR
from .vector import Vector


@dataclass(frozen=True, kw_only=True)
class CaseForce(CasePart):
    """Forces on the fluid: gravity, a uniform acceleration and a rotating frame of reference."""

    space: ClassVar[str] = "force"

    gravity: Vector | None = entry(
        VECTOR, None, "Gravity [m/s2] of free bodies and of the buoyancy of scalars. The hydrostatic pressure of the fluid "
        "itself is not part of the flow.",
    )
    acceleration: Vector | None = entry(
        VECTOR, None, "Uniform acceleration of the fluid [m/s2], a body force per mass, such as a mean pressure gradient divided "
        "by the density.",
    )
    rpm: float = entry(
        NUMBER, Forces.rpm, "Rotation of the frame of reference about the axis [revolutions per minute]: velocities are relative "
        "to the frame, in which Coriolis and centrifugal forces act.",
    )
    axis: Vector = entry(
        VECTOR, Forces.axis, "Direction of the axis of rotation, right-handed; its length does not matter.", option=False
    )
    centre: Vector = entry(VECTOR, Forces.centre, "Point on the axis of rotation [m].", option=False)
