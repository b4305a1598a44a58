"""Space of a wind tunnel among its bodies: its box, and what bodies larger than the box close of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import warp as wp

from ...errors import WindTunnelError
from ...geometry import SolidFraction, TriangleMesh
from ...layout import EDGE
from ...models import RigidVelocity
from ...models.boundary import Face
from ...models.wall import BounceBack, Bouzidi
from ...solver import Obstacle
from .box import box_on_ground, in_whole_tiles, require_in_box
from .side import SideWall
from .surroundings import Surroundings

_WIDENED = 0.02
"""Increase of the cross-section from which a box between given corners is doubted."""


@dataclass(frozen=True, eq=False, kw_only=True)
class TunnelSpace:
    """Box of a tunnel in whole tiles, which ends on a flat ground."""

    bodies: Mapping[str, TriangleMesh]
    """Surfaces of all bodies by name."""
    obstacle: str
    """Name of the body that is measured."""
    wanted: np.ndarray
    """Box as specified, without whole tiles and without regard to the ground [m], (2, 3)."""
    growth: np.ndarray
    """Share of the growth to whole tiles at the lower side of the box, by axis, (3,): see `in_whole_tiles`."""
    axis: int
    """Main axis of the stream."""
    openings: Mapping[Face, str]
    """Names of the inlets and outlets by side."""
    voxel_size: float
    """Edge of a cell [m]."""
    floor: tuple[Face, float] | None = None
    """Side of the box that lies at a coordinate [m] where no ground is found, such as a road."""
    device: wp.DeviceLike = None

    @cached_property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner [m], (2, 3); a flat ground is one of its sides."""
        ground = self.surroundings.ground
        floor = self.floor if ground is None else (ground.face, ground.coordinate)
        return self._box if floor is None else box_on_ground(self._box, *floor, self.voxel_size)

    @cached_property
    def surroundings(self) -> Surroundings:
        """Parts that bodies larger than the tunnel play: its ground, rooms, and what is clipped at inlets and outlets."""
        return Surroundings.of(
            self.bodies, self.obstacle, self.wanted, self._box, self.openings, self.voxel_size, device=self.device
        )

    @property
    def standing(self) -> dict[str, TriangleMesh]:
        """The bodies without the ground."""
        ground = self.surroundings.ground
        return {name: mesh for name, mesh in self.bodies.items() if ground is None or name != ground.body}

    @property
    def closed_sides(self) -> tuple[Face, ...]:
        """Sides of the box without any fluid cell."""
        return tuple(face for face, solid in self.solid_cells.items() if solid.all())

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on bodies larger than the tunnel, on a box that is wider than its corners, and on the shares of the inlet and the
        outlet that bodies close."""
        closed = (f"bodies close {share:.1%} of the {end}" for end, share in self._closed.items())
        return (*self.surroundings.notes, *self._widening, *closed)

    @property
    def _widening(self) -> tuple[str, ...]:
        """Note on a box between given corners whose cross-section had to be enlarged to whole tiles, other than along the span of
        the obstacle from side to side."""
        (low, high), wanted, found = self.bodies[self.obstacle].bounds, np.ptp(self.wanted, axis=0), np.ptp(self._box, axis=0)
        spans = (low <= self._box[0]) & (high >= self._box[1]) | (np.arange(3) == self.axis)
        growth = float(np.prod((found / wanted)[~spans])) - 1.0
        if self.growth.any() or growth < _WIDENED:
            return ()
        sizes = [" x ".join(f"{x:.4g}" for x in np.delete(each, self.axis)) for each in (found, wanted)]
        return (
            f"the cross-section of the box is {sizes[0]} m, in whole tiles of {EDGE} cells, {growth:.0%} larger than the "
            f"{sizes[1]} m between its corners, so that sides that confine the flow change its drag by up to about "
            f"{2.0 * growth:.0%}: choose a voxel_size of which a multiple of {EDGE} fits between them",
        )

    def require_open(self) -> None:
        """Raises WindTunnelError for bodies outside the box, and for a closed inlet or outlet."""
        for name, mesh in self.standing.items():
            require_in_box(name, mesh, self.bounds)
        for end, share in self._closed.items():
            if share == 1.0:
                raise WindTunnelError(
                    f"{', '.join(self.surroundings.on_links)} close the whole {end}, but a part has to be open: leave them out "
                    "(ignore=), or choose another box"
                )

    def obstacles(
        self, wall: SolidFraction | BounceBack, moved: Mapping[str, TriangleMesh], motions: Mapping[str, RigidVelocity]
    ) -> list[Obstacle]:
        """The bodies without the ground, with a wall; `moved`: surfaces in place of those of the same name; `motions`: by name.

        Solid fractions leave cells at an opening fluid, so that a body there has its wall on links.
        """
        around, on_links = self.surroundings, wall if isinstance(wall, BounceBack) else Bouzidi()
        return [
            Obstacle(
                name, mesh, on_links if name in around.on_links else wall, hollow=name in around.rooms, motion=motions.get(name)
            )
            for name, mesh in {**self.standing, **moved}.items()
        ]

    def ground_wall(self, specified: Collection[Face]) -> SideWall | None:
        """Wall at rest on a ground, unless a condition is specified for its side."""
        ground = self.surroundings.ground
        return None if ground is None or ground.face in specified else SideWall(ground.face)

    @cached_property
    def _box(self) -> np.ndarray:
        """The box in whole tiles, without regard to the ground [m], (2, 3)."""
        return in_whole_tiles(self.wanted, self.voxel_size, self.growth)

    @cached_property
    def solid_cells(self) -> dict[Face, np.ndarray]:
        """Mask of the cells along each side that bodies with walls on links fill; empty without such bodies."""
        return self.surroundings.solid_cells(self.bodies, self.bounds, self.voxel_size, device=self.device)

    @property
    def _closed(self) -> dict[str, float]:
        """Share of the inlet and of the outlet that bodies close, where they do."""
        found = self.solid_cells
        shares = {name: float(found[face].mean()) for face, name in self.openings.items() if face in found}
        return {end: share for end, share in shares.items() if share > 0.0}
