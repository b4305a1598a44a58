"""Space of a wind tunnel among its bodies: its box, and what bodies larger than the box close of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import warp as wp

from ..errors import WindTunnelError
from ..geometry import SolidFraction, TriangleMesh
from ..layout import EDGE
from ..models.boundary import Face
from ..models.wall import BounceBack, Bouzidi
from ..solver import Obstacle
from .sides import SideCondition, SideWall
from .surroundings import Surroundings
from .tunnel_box import box_on_ground, in_whole_tiles, require_in_box

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
    centred: np.ndarray
    """Whether the box is extended to whole tiles on both sides, per axis, (3,); otherwise at its upper end."""
    axis: int
    """Axis of the flow."""
    voxel_size: float
    """Edge of a cell [m]."""
    device: wp.DeviceLike = None

    @cached_property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner [m], (2, 3); a flat ground is one of its sides."""
        ground = self.surroundings.ground
        return self._box if ground is None else box_on_ground(self._box, ground.face, ground.coordinate, self.voxel_size)

    @cached_property
    def surroundings(self) -> Surroundings:
        """Parts that bodies larger than the tunnel play: its ground, rooms, and what is clipped at the inlet and the outlet."""
        return Surroundings.of(
            self.bodies, self.obstacle, self.wanted, self._box, self.axis, self.voxel_size, device=self.device
        )

    @property
    def standing(self) -> dict[str, TriangleMesh]:
        """The bodies without the ground."""
        ground = self.surroundings.ground
        return {name: mesh for name, mesh in self.bodies.items() if ground is None or name != ground.body}

    @property
    def closed_sides(self) -> tuple[Face, ...]:
        """Sides of the box without any fluid cell."""
        return tuple(face for face, share in self._solid_shares.items() if share == 1.0)

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
        if self.centred.any() or growth < _WIDENED:
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

    def obstacles(self, wall: SolidFraction | BounceBack, moved: Mapping[str, TriangleMesh]) -> list[Obstacle]:
        """The bodies without the ground, with a wall; `moved`: surfaces in place of those of the same name.

        Solid fractions leave cells at an opening fluid, so that a body there has its wall on links.
        """
        around, on_links = self.surroundings, wall if isinstance(wall, BounceBack) else Bouzidi()
        return [
            Obstacle(name, mesh, on_links if name in around.on_links else wall, hollow=name in around.rooms)
            for name, mesh in {**self.standing, **moved}.items()
        ]

    def walls(self, walls: Sequence[SideWall], conditions: Sequence[SideCondition]) -> tuple[SideWall, ...]:
        """The walls on the sides, and a wall at rest on a ground without a wall or condition of its own."""
        ground = self.surroundings.ground
        if ground is None or any(each.face == ground.face for each in (*walls, *conditions)):
            return tuple(walls)
        return (*walls, SideWall(ground.face))

    @cached_property
    def _box(self) -> np.ndarray:
        """The box in whole tiles, without regard to the ground [m], (2, 3)."""
        return in_whole_tiles(self.wanted, self.voxel_size, self.centred)

    @cached_property
    def _solid_shares(self) -> dict[Face, float]:
        return self.surroundings.solid_shares(self.bodies, self.bounds, self.voxel_size, device=self.device)

    @property
    def _closed(self) -> dict[str, float]:
        """Share of the inlet and of the outlet that bodies close, where they do."""
        shares = {end: self._solid_shares.get(Face(self.axis, k), 0.0) for k, end in enumerate(("inlet", "outlet"))}
        return {end: share for end, share in shares.items() if share > 0.0}
