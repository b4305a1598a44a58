"""An opening of any shape: the part of a domain's surface that a mesh covers."""

from dataclasses import dataclass
from typing import Any

from ...lattice import Lattice
from .opening import Opening


@dataclass(frozen=True, eq=False)
class Patch(Opening):
    """Links from fluid to outside that cross an open or closed mesh, such as the cap of a vessel or a prim of a scene.

    Each link counts by itself, so that the patch may be tilted or curved. Conditions with `needs_plane` cannot be used.
    Let it reach a cell or two beyond the wall's rim: links that leave the fluid beside the patch belong to the wall. A velocity
    u lets in u . A, with A of `Simulation.walls.areas`; scale the velocity by it for an exact flow rate.
    """

    label: str
    mesh: Any
    """A `TriangleMesh` [m]."""

    plane = False

    @property
    def name(self) -> str:
        return self.label

    def enters(self, lattice: Lattice, crossing) -> list:
        return [any(c) and crossing(q) for q, c in enumerate(lattice.velocities)]

    def __str__(self) -> str:
        return self.name
