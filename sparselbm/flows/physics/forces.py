"""Forces on the fluid of a flow in SI units."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import UnitsError
from ...models.force import RotatingFrame, UniformForce
from ...models.in_si import InSI

Vector = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True)
class Forces:
    """Gravity, a uniform acceleration and a rotating frame of reference: a frozen value.

    Raises UnitsError for values that are not finite, and for a rotation without an axis.
    """

    gravity: Vector | None = None
    """Gravity g [m/s^2] of free bodies and of the buoyancy of scalars. The hydrostatic pressure of the fluid itself is not part
    of the flow."""
    acceleration: Vector | None = None
    """Uniform acceleration of the fluid [m/s^2]: a body force per mass, such as a mean pressure gradient over the density."""
    rpm: float = 0.0
    """Speed of rotation of the frame of reference about `axis` [revolutions per minute]; velocities are relative to the frame."""
    axis: Vector = (0.0, 0.0, 1.0)
    """Direction of the axis of rotation, right-handed; its length does not matter."""
    centre: Vector = (0.0, 0.0, 0.0)
    """A point on the axis of rotation [m]."""

    def __post_init__(self):
        for name in ("gravity", "acceleration", "axis", "centre"):
            value = getattr(self, name)
            if value is not None and not (len(value) == 3 and all(map(math.isfinite, value))):
                raise UnitsError(f"{name} is {value}: it must be three finite numbers")
        if not math.isfinite(self.rpm):
            raise UnitsError(f"rpm is {self.rpm}: it must be finite")
        if self.rpm and not any(self.axis):
            raise UnitsError(f"axis is {self.axis}, but rpm is {self.rpm:g}: give the direction of the axis, such as (0, 0, 1)")

    @property
    def rotation(self) -> Vector:
        """Angular velocity Omega of the frame [rad/s]."""
        factor = self.rpm * 2.0 * math.pi / 60.0 / (math.hypot(*self.axis) or 1.0)
        x, y, z = (factor * each for each in self.axis)
        return x, y, z

    def uniform(self, density: float) -> tuple[InSI, ...]:
        """The uniform force rho a; none without an acceleration."""
        if self.acceleration is None:
            return ()
        return (InSI(UniformForce, force=tuple(density * each for each in self.acceleration)),)

    @property
    def frame(self) -> tuple[InSI, ...]:
        """The forces of the rotating frame, which have to be the last; none without a rotation."""
        return (InSI(RotatingFrame, rotation=self.rotation, centre=self.centre),) if self.rpm else ()
