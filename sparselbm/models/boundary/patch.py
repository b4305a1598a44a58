"""Openings of any shape: the part of a domain's surface that is covered by a mesh."""

from dataclasses import dataclass
from typing import Any

from ...lattice import Lattice
from .opening import Opening


@dataclass(frozen=True, eq=False)
class Patch(Opening):
    """Links from fluid to outside that cross an open or closed mesh, such as the cap of a vessel or a prim of a scene.

    Each link is treated separately, so the patch may be tilted or curved. Conditions with `needs_plane` cannot be used.
    Extend the mesh one or two cells beyond the rim of the wall: links that leave the fluid beside the patch belong to the
    wall. A velocity u gives the flow rate u . A, with A from `Simulation.walls.areas`; scale u by it for an exact flow rate.
    """

    label: str
    mesh: Any
    """A `TriangleMesh` [m]."""

    plane = False

    @property
    def name(self) -> str:
        return self.label

    def entering(self, lattice: Lattice) -> list[int]:
        return [q for q, c in enumerate(lattice.velocities) if any(c)]

    def enters(self, lattice: Lattice, crossing) -> list:
        return [any(c) and crossing(q) for q, c in enumerate(lattice.velocities)]

    def normal(self, lattice: Lattice, field) -> list:
        return [field(name) for name in self.normal_fields(lattice.dimension)]

    def normal_fields(self, dimension: int) -> tuple[str, ...]:
        return tuple(f"{self.name}.normal_{axis}" for axis in "xyz"[:dimension])

    def is_apart_from(self, other: Opening) -> bool:
        return not other.plane

    def __str__(self) -> str:
        return self.name
