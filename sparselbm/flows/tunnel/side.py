"""Boundary conditions on the sides of a wind tunnel, in SI units."""

from collections.abc import Callable
from dataclasses import dataclass

from ...models.boundary import BoundaryCondition, Face
from .inflow_profile import InflowProfile


@dataclass(frozen=True)
class SideInlet:
    """Inlet on a side of a tunnel."""

    face: Face
    velocity: tuple[float, float, float] | None = None
    """Velocity [m / s], at any angle into the box; None: that of the free stream."""
    profile: InflowProfile | None = None
    """Profile of the velocity over the side; None: uniform, or for the free stream that of the tunnel."""


@dataclass(frozen=True)
class SideOutlet:
    """Pressure outlet on a side of a tunnel."""

    face: Face
    pressure: float = 0.0
    """Pressure [Pa]; only differences between outlets drive a flow."""


@dataclass(frozen=True)
class SideWall:
    """No-slip wall on a side of a tunnel."""

    face: Face
    velocity: tuple[float, float, float] | None = (0.0, 0.0, 0.0)
    """Velocity of a sliding wall, such as a road under a car [m / s]; None: that of the free stream at its height, along it."""
    roughness_length: float | None = None
    """Roughness length z_0 of a wall at rest [m], such as the ground below the wind: see `RoughWall`. None: it is smooth."""

    @property
    def is_still(self) -> bool:
        """Whether it is at rest."""
        return self.velocity is not None and not any(self.velocity)


@dataclass(frozen=True)
class SideSymmetry:
    """Plane of symmetry on a side of a tunnel: no friction, and no flow through it at any angle of the stream."""

    face: Face


@dataclass(frozen=True)
class SidePeriodic:
    """Side of a tunnel beyond which the flow continues at the opposite side, which has to be periodic too."""

    face: Face


Side = SideInlet | SideOutlet | SideWall | SideSymmetry | SidePeriodic
"""Condition on a side of a tunnel."""


@dataclass(frozen=True)
class SideCondition:
    """Boundary condition on a side of a tunnel, in place of the tunnel's own."""

    face: Face
    model: Callable[..., BoundaryCondition]
    """Class of the condition, or a function that makes it: called with the face and, on the inlet and on walls, the velocity
    [cells / step]."""
