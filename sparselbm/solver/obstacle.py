"""A solid body in the flow, and the rule of its wall."""

from dataclasses import dataclass, field

from ..geometry import SolidFraction, TriangleMesh
from ..models import RigidVelocity
from ..models.wall import BounceBack


@dataclass(frozen=True, eq=False)
class Obstacle:
    """A named solid body; with `hollow`, the solid around the inside of a closed mesh."""

    name: str
    mesh: TriangleMesh
    """Surface [m], with outward normals."""
    wall: SolidFraction | BounceBack = field(default_factory=SolidFraction)
    """Wall of the surface: solid fractions of the cells near it, or bounce-back on the links between cells."""
    hollow: bool = False
    """Whether the fluid is inside and the solid outside, as at the wall of an internal flow."""
    motion: RigidVelocity | None = None
    """Velocity; None: at rest, and cannot be moved by `MovingObstacles`."""

    @property
    def on_links(self) -> bool:
        """Whether the wall acts on links; such an obstacle cannot be moved."""
        return isinstance(self.wall, BounceBack)
