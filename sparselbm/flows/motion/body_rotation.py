"""Bodies whose surface turns in its place, such as wheels."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...errors import WindTunnelError
from ...geometry import TriangleMesh
from ...models import RigidVelocity
from ...units import Units

_NORMAL_ABOVE = 0.1
"""Area-weighted mean of the velocity through the surface, relative to that of the surface, from which a body is no body of
revolution: 0.02 for a cylinder of 48 flat faces around its axis."""


@dataclass(frozen=True, kw_only=True)
class BodyRotation:
    """Rotation of a body of revolution about its own axis, whose shape stays in place: u = Omega x (x - x_0).

    Raises WindTunnelError for an axis that is 0 and values that are not finite.
    """

    axis: tuple[float, float, float]
    """Direction of the axis, of any length; by the right-hand rule."""
    rpm: float
    """Revolutions per minute."""
    centre: tuple[float, float, float] | None = None
    """Point of the axis x_0 [m]; None: the centre of the body's bounding box."""

    def __post_init__(self):
        length = math.hypot(*self.axis)
        if not (math.isfinite(length) and length > 0.0):
            raise WindTunnelError(f"the axis of the rotation is {self.axis}: it must be finite and not 0")
        if not math.isfinite(self.rpm) or (self.centre is not None and not np.isfinite(self.centre).all()):
            raise WindTunnelError(f"the rotation has {self.rpm} rpm about {self.centre} m: both must be finite")

    @property
    def rate(self) -> np.ndarray:
        """Omega [rad / s], (3,)."""
        return np.asarray(self.axis) / math.hypot(*self.axis) * self.rpm * math.pi / 30.0

    def velocities(self, mesh: TriangleMesh, points: np.ndarray) -> np.ndarray:
        """Velocity of the body at points [m / s], (n, 3)."""
        return np.cross(self.rate, points - self._centre(mesh))

    def motion(self, mesh: TriangleMesh, units: Units, origin: np.ndarray) -> RigidVelocity:
        """The rotation in lattice units; `origin`: lower corner of the domain [m]."""
        rate, centre = self.rate * units.time_step, (self._centre(mesh) - origin) / units.voxel_size
        return RigidVelocity((0.0, 0.0, 0.0), tuple(rate.tolist()), tuple(centre.tolist()))

    def doubts(self, name: str, mesh: TriangleMesh, speed: float) -> tuple[str, ...]:
        """Doubts about a surface through which the body would move, and one faster than three times the `speed` [m / s]."""
        u, area = self.velocities(mesh, np.mean(mesh.corners, axis=0)), mesh.area_vectors
        along = np.linalg.norm(u, axis=1) * np.linalg.norm(area, axis=1)
        share = float(np.abs(np.einsum("ij,ij->i", u, area)).sum() / max(along.sum(), 1e-300))
        fastest = float(np.linalg.norm(self.velocities(mesh, mesh.points), axis=1).max())
        found = []
        if share > _NORMAL_ABOVE:
            found.append(
                f"{name} is no body of revolution about the axis of its rotation: {share:.0%} of its velocity is through its "
                f"surface, above {_NORMAL_ABOVE:.0%}, which the flow takes for sources and sinks; check the axis and its centre"
            )
        if fastest > 3.0 * speed:
            found.append(
                f"the surface of {name} moves at up to {fastest:.4g} m/s, more than 3 times the free stream of {speed:.4g} m/s: "
                "check rpm, or use a smaller lattice_velocity"
            )
        return tuple(found)

    def _centre(self, mesh: TriangleMesh) -> np.ndarray:
        return mesh.bounds.mean(axis=0) if self.centre is None else np.asarray(self.centre)
