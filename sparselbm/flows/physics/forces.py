"""Forces on the fluid of a flow in SI units."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...errors import UnitsError
from ...models.force import RotatingFrame, UniformForce
from ...models.in_si import InSI

Vector = tuple[float, float, float]

_DRIVES = ("acceleration", "mean_velocity", "flow_rate")


@dataclass(frozen=True, kw_only=True)
class Forces:
    """Gravity, a uniform acceleration or the mean velocity that one maintains, and a rotating frame of reference: a frozen value.

    Raises UnitsError for values that are not finite, for a rotation without an axis, and for an axis with two of acceleration,
    mean velocity and flow rate.
    """

    gravity: Vector | None = None
    """Gravity g [m/s^2] of free bodies and of the buoyancy of scalars. The hydrostatic pressure of the fluid itself is not part
    of the flow."""
    acceleration: Vector | None = None
    """Uniform acceleration of the fluid [m/s^2]: a body force per mass, such as a mean pressure gradient over the density."""
    mean_velocity: Vector | None = None
    """Mean velocity over the fluid between periodic sides [m/s], which an acceleration maintains (`FlowDrive`); 0 along an axis:
    none is maintained there."""
    flow_rate: Vector | None = None
    """The same as the flow rate along each axis [m^3/s], through the mean cross-section of the fluid."""
    rpm: float = 0.0
    """Speed of rotation of the frame of reference about `axis` [revolutions per minute]; velocities are relative to the frame."""
    axis: Vector = (0.0, 0.0, 1.0)
    """Direction of the axis of rotation, right-handed; its length does not matter."""
    centre: Vector = (0.0, 0.0, 0.0)
    """A point on the axis of rotation [m]."""

    def __post_init__(self):
        for name in ("gravity", "acceleration", "mean_velocity", "flow_rate", "axis", "centre"):
            value = getattr(self, name)
            if value is not None and not (len(value) == 3 and all(map(math.isfinite, value))):
                raise UnitsError(f"{name} is {value}: it must be three finite numbers")
        for k in range(3):
            given = [name for name in _DRIVES if (getattr(self, name) or (0.0,) * 3)[k]]
            if len(given) > 1:
                raise UnitsError(f"{' and '.join(given)} along {'xyz'[k]} contradict each other: set all but one of them to 0")
        if not math.isfinite(self.rpm):
            raise UnitsError(f"rpm is {self.rpm}: it must be finite")
        if self.rpm and not any(self.axis):
            raise UnitsError(f"axis is {self.axis}, but rpm is {self.rpm:g}: give the direction of the axis, such as (0, 0, 1)")

    @property
    def controlled(self) -> tuple[int, ...]:
        """Axes along which a mean velocity or a flow rate is maintained."""
        targets = [each for each in (self.mean_velocity, self.flow_rate) if each is not None]
        return tuple(k for k in range(3) if any(each[k] for each in targets))

    @property
    def driven(self) -> tuple[bool, bool, bool]:
        """Whether the flow is driven along each axis, by an acceleration or towards a mean velocity."""
        x, y, z = (bool((self.acceleration or (0.0,) * 3)[k]) or k in self.controlled for k in range(3))
        return x, y, z

    @property
    def rotation(self) -> Vector:
        """Angular velocity Omega of the frame [rad/s]."""
        factor = self.rpm * 2.0 * math.pi / 60.0 / (math.hypot(*self.axis) or 1.0)
        x, y, z = (factor * each for each in self.axis)
        return x, y, z

    def uniform(self, density: float) -> tuple[InSI, ...]:
        """The uniform force rho a, 0 at first where a mean velocity is maintained; none without either."""
        if self.acceleration is None and not self.controlled:
            return ()
        return (InSI(UniformForce, force=tuple(density * each for each in self.acceleration or (0.0,) * 3)),)

    @property
    def frame(self) -> tuple[InSI, ...]:
        """The forces of the rotating frame, which have to be the last; none without a rotation."""
        return (InSI(RotatingFrame, rotation=self.rotation, centre=self.centre),) if self.rpm else ()
