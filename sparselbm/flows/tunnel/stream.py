"""Free stream of a wind tunnel: its direction, and the axes of drag, side force and lift."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import WindTunnelError
from ...models.boundary import Face

_ALONG = 1e-9
"""Component of a unit vector that counts as 0, which rounding of angles leaves."""


@dataclass(frozen=True)
class Stream:
    """Direction e of the free stream, turned from a direction d by yaw psi and angle of attack alpha about the vertical axis z:

    e = cos(alpha) (cos(psi) d + sin(psi) z x d) + sin(alpha) z,

    so that positive yaw turns a stream along x with the vertical axis z towards y, and at a positive angle of attack the stream
    rises. Drag acts along e, lift l along the part of z across e, and the side force along l x e; a stream along the vertical
    axis has its lift along the next axis. Raises WindTunnelError for a direction that is 0 or not finite, and for angles of a
    stream along the vertical axis.
    """

    direction: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """d, of any length."""
    yaw: float = 0.0
    """psi [degrees]."""
    angle_of_attack: float = 0.0
    """alpha [degrees]."""
    up: int = 2
    """Vertical axis: 0, 1 or 2."""

    def __post_init__(self):
        length = float(np.linalg.norm(self.direction))
        if not (math.isfinite(length) and length > 0.0):
            raise WindTunnelError(f"the direction of the stream is {self.direction}: it must be finite and not 0")
        for name in ("yaw", "angle_of_attack"):
            if not math.isfinite(getattr(self, name)):
                raise WindTunnelError(f"{name} is {getattr(self, name)}: it must be a finite number of degrees")
        if self._is_vertical and (self.yaw or self.angle_of_attack):
            raise WindTunnelError(
                f"yaw is {self.yaw:g} and angle_of_attack {self.angle_of_attack:g} degrees, but the stream is along the vertical "
                f"axis {'xyz'[self.up]}: set both to 0, and give the direction itself"
            )

    @cached_property
    def unit(self) -> np.ndarray:
        """e, (3,)."""
        d, z = _unit(np.asarray(self.direction, dtype=float)), np.eye(3)[self.up]
        psi, alpha = math.radians(self.yaw), math.radians(self.angle_of_attack)
        if not (psi or alpha):
            return d
        return _unit(math.cos(alpha) * (math.cos(psi) * d + math.sin(psi) * np.cross(z, d)) + math.sin(alpha) * z)

    @cached_property
    def frame(self) -> np.ndarray:
        """Unit vectors of drag, side force and lift as rows, (3, 3)."""
        vertical = np.eye(3)[(self.up + 1) % 3 if self._is_vertical else self.up]
        lift = _unit(vertical - (vertical @ self.unit) * self.unit)
        return np.stack([self.unit, _unit(np.cross(lift, self.unit)), lift])

    @cached_property
    def axis(self) -> int:
        """Main axis: that of the largest component; the first of several equal ones."""
        return int(np.argmax(np.abs(self.unit) > np.abs(self.unit).max() - _ALONG))

    @property
    def is_oblique(self) -> bool:
        """Whether it is not along an axis."""
        return bool((self.unit != 0.0).sum() > 1)

    @property
    def inlet(self) -> Face:
        """Side of the box that it enters along the main axis."""
        return Face(self.axis, 0 if self.unit[self.axis] > 0.0 else 1)

    @property
    def outlet(self) -> Face:
        """Side of the box that it leaves along the main axis."""
        return Face(self.axis, 1 - self.inlet.end)

    def entering(self, face: Face) -> float:
        """Component into the box at a side: above 0 where it enters, below 0 where it leaves."""
        return float(self.unit[face.axis]) * face.inward

    def section(self, bounds: np.ndarray) -> float:
        """Area of a box between two corners, (2, 3), as seen along the stream [m^2]."""
        size = np.ptp(bounds, axis=0)
        return float(sum(abs(self.unit[k]) * np.prod(np.delete(size, k)) for k in range(3)))

    def __str__(self) -> str:
        """Such as "along +x", or "along (0.98, 0.17, 0)"."""
        if not self.is_oblique:
            return f"along {'+' if self.inlet.end == 0 else '-'}{'xyz'[self.axis]}"
        return "along (" + ", ".join(f"{x:.3g}" for x in self.unit) + ")"

    @property
    def _is_vertical(self) -> bool:
        d = _unit(np.asarray(self.direction, dtype=float))
        return bool(abs(d[self.up]) > 1.0 - _ALONG)


def _unit(vector: np.ndarray) -> np.ndarray:
    """The vector with length 1; components that are rounding errors are 0, and those of an axis exactly 1 or -1."""
    found = vector / np.linalg.norm(vector)
    found = np.where(np.abs(found) < _ALONG, 0.0, found)
    return np.sign(found) if (found != 0.0).sum() == 1 else found
