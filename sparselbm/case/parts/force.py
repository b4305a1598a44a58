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
    """Forces on the fluid: gravity, an acceleration or the mean velocity that it maintains, and a rotating frame."""

    space: ClassVar[str] = "force"

    gravity: Vector | None = entry(
        VECTOR, None, "Gravity [m/s2] of free bodies and of the buoyancy of scalars. The hydrostatic pressure of the fluid "
        "itself is not part of the flow.",
    )
    acceleration: Vector | None = entry(
        VECTOR, None, "Uniform acceleration of the fluid [m/s2], a body force per mass, such as a mean pressure gradient divided "
        "by the density.",
    )
    mean_velocity: Vector | None = entry(
        VECTOR, None, "Mean velocity over the fluid between periodic sides [m/s], which a uniform acceleration maintains that is "
        "adjusted all the time and reported; 0 along an axis: none is maintained there.", option=False,
    )
    flow_rate: Vector | None = entry(
        VECTOR, None, "Flow rate between periodic sides along each axis [m3/s], through the mean cross-section of the fluid, in "
        "place of the mean velocity.", option=False,
    )
    rpm: float = entry(
        NUMBER, Forces.rpm, "Rotation of the frame of reference about the axis [revolutions per minute]: velocities are relative "
        "to the frame, in which Coriolis and centrifugal forces act.",
    )
    axis: Vector = entry(
        VECTOR, Forces.axis, "Direction of the axis of rotation, right-handed; its length does not matter.", option=False
    )
    centre: Vector = entry(VECTOR, Forces.centre, "Point on the axis of rotation [m].", option=False)
