"""Free stream of a wind tunnel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...flows import InflowProfile, LogLawProfile, PowerLawProfile, WindTunnel
from ..entry import CasePart, entry, model_entry
from ..kinds import FLAG, NUMBER, VECTOR
from ..model_kind import Models
from .vector import Vector


@dataclass(frozen=True, kw_only=True)
class CaseStream(CasePart):
    """Free stream past a body, along which drag acts. A side of the box without a condition of its own is an inlet where the
    stream enters, an outlet where it leaves, and free slip along it.
    """

    space: ClassVar[str] = "stream"

    velocity: Vector | None = entry(
        VECTOR, None, "Velocity [m/s] before it is turned by yaw and angle of attack. Not set: that of the inlet with the "
        "largest velocity into the box, else the mean velocity between periodic sides, or 1 m/s along x.", option=False,
    )
    yaw: float = entry(
        NUMBER, WindTunnel.yaw, "Angle of the stream about the vertical axis z of the stage [degrees]: a positive one turns a "
        "stream along d towards z x d, so along x towards y. The body stays in place.",
    )
    angle_of_attack: float = entry(
        NUMBER, WindTunnel.angle_of_attack, "Angle at which the stream rises along the vertical axis [degrees]. The body stays "
        "in place.",
    )
    profile: str | None = model_entry(
        Models(InflowProfile, (LogLawProfile, PowerLawProfile)), None,
        "Profile of the stream over the height above the lower side of the box [m]; its velocity is that at the reference "
        "height. Not set: uniform.",
    )
    road: bool = entry(
        FLAG, WindTunnel.road, "Whether the box ends at the lower end of the body along the vertical axis, on a wall that moves "
        "with the stream; between given corners the wall is the lower side of the box.",
    )
