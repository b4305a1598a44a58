"""Solid fractions of the cells, from the obstacles that have them or set by hand."""

import functools
from collections.abc import Collection, Sequence

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..grid import Domain
from ..grid.memory import put_tiles, tile_array, tile_view
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from .bodies import Meeting, check_bodies
from .cell_values import cell_values
from .obstacle import Obstacle
from .obstacle_geometry import ObstacleGeometry
from .solid_kernels import clear_kernel, solid_tiles_kernel
from .walls import Walls


class Solids:
    """Solid fraction eps of every cell, the owners of cells and the tiles that hold solid."""

    def __init__(self, domain: Domain, obstacles: Sequence[Obstacle], walls: Walls, precision: type):
        """`obstacles`: all of the simulation's, in the order of their numbers; `walls`: has the labels of the cells."""
        self._domain, self._walls, self._precision = domain, walls, precision
        self._names = tuple(obstacle.name for obstacle in obstacles)
        numbered = [(number, o) for number, o in enumerate(obstacles, start=1) if not o.on_links]
        self.fractions = tile_array(domain, 1, precision) if numbered else None
        """eps, `[tile][1][cell]`; None if no obstacle has solid fractions."""
        self.geometry = tuple(ObstacleGeometry(o, number, domain, walls, precision) for number, o in numbered)
        """Surfaces of the obstacles with solid fractions."""
        self.tiles = np.empty(0, dtype=np.int64)
        """Indices of the tiles that hold solid, ascending."""
        self.by_hand = np.zeros(domain.tile_count, dtype=bool)
        """Whether a tile has solid fractions that were set by hand, other than those of the obstacles, (n,)."""
        self.meetings: tuple[Meeting, ...] = ()
        """Pairs of obstacles that touch or overlap; they act as one solid."""
        self.version = 0
        """Number of changes: anything derived from solid fractions at another number is out of date."""
        self.update()

    def at_present(self, obstacles: Sequence[Obstacle]) -> tuple[Obstacle, ...]:
        """Obstacles with their meshes at the present points; those without solid fractions do not move."""
        present = {geometry.name: geometry.present() for geometry in self.geometry}
        return tuple(present.get(each.name, each) for each in obstacles)

    def find(self, obstacle: str) -> ObstacleGeometry | None:
        """Surface of an obstacle; None if no obstacle of this name has solid fractions."""
        return next((geometry for geometry in self.geometry if geometry.name == obstacle), None)

    def named(self, obstacle: str) -> ObstacleGeometry:
        """Surface of an obstacle. Raises SimulationError if no obstacle of this name has solid fractions."""
        geometry = self.find(obstacle)
        if geometry is None:
            names = ", ".join(g.name for g in self.geometry) or "none"
            raise SimulationError(f"no obstacle {obstacle!r} with solid fractions; there are: {names}")
        return geometry

    @property
    def bounds(self) -> dict[str, np.ndarray]:
        """Lower and upper corner of each obstacle [m], (2, 3); infinite for a wall around the fluid."""
        return {geometry.name: geometry.bounds() for geometry in self.geometry} | dict(self._walls.bounds)

    def update(self, moved: Collection[str] | None = None) -> None:
        """Evaluates solid fractions and owners from the present points of the obstacles, which replace what was set by hand.

        `moved`: names of the obstacles whose points have changed; None: all. Only tiles near those are visited, unless
        fractions were set by hand. Raises SimulationError for an obstacle that acts in no cell, and for obstacles that leave no
        fluid; warns of obstacles that meet.
        """
        moved = None if self.by_hand.any() else moved
        self.version += 1
        touched, holds_solid = self._refill(moved)
        self.meetings = check_bodies(
            self._domain, self._names, self.geometry, self._walls, self.open_cells, moved=moved, before=self.meetings
        )
        self.by_hand[:] = False
        solid = np.zeros(self._domain.tile_count, dtype=bool)
        solid[self.tiles] = True
        if moved is None or not np.array_equal(solid[touched], holds_solid):
            solid[touched] = holds_solid
            self.tiles = np.flatnonzero(solid)

    def set(self, fractions: np.ndarray | float) -> None:
        """Sets eps of every cell by hand, until the next `update`; `fractions`: a number or (n, cells).

        Raises SimulationError for values in the fluid that are not finite, or if no obstacle has solid fractions.
        """
        if self.fractions is None:
            raise SimulationError("no obstacle has solid fractions: give one with wall=SolidFraction()")
        values = cell_values(self._domain, "solid fractions", fractions).astype(wp.dtype_to_numpy(self._precision))
        self.by_hand |= (self.values() != values).any(axis=1)
        put_tiles(values[:, None], self.fractions)
        self.version += 1
        self.tiles = np.flatnonzero((values != 0.0).any(axis=1))

    def values(self) -> np.ndarray:
        """eps of every cell, (n, cells); 0 without obstacles that have solid fractions."""
        if self.fractions is None:
            return np.zeros(self._domain.fluid.shape)
        return tile_view(self._domain, self.fractions, 1)[:, 0]

    def open_cells(self) -> np.ndarray:
        """Cells of the fluid that are not fully solid, (n, cells) bool."""
        return self._walls.fluid & (self.values() < SOLID_THRESHOLD)

    def reach_boundary(self) -> bool:
        """Whether wholly solid cells lie along the boundary of the domain, which carries a part of their stress."""
        links = self._walls.blocked_links.numpy().reshape(self._domain.fluid.shape) >> 1
        return bool((self._walls.fluid & (self.values() >= SOLID_THRESHOLD) & (links != 0)).any())

    def _refill(self, moved: Collection[str] | None) -> tuple[np.ndarray, np.ndarray]:
        """Evaluates the named obstacles, and merges all obstacles again where these were or are.

        Returns the tiles there, and which of them now hold solid.
        """
        domain, walls, precision = self._domain, self._walls, self._precision
        members = [g for g in self.geometry if moved is None or g.name in moved]
        before = [g.tiles for g in members]
        for geometry in members:
            geometry.evaluate()
        near = [np.arange(domain.tile_count)] if moved is None else [*before, *(g.tiles for g in members)]
        touched = functools.reduce(np.union1d, near, np.empty(0)).astype(np.int32)
        if self.fractions is None or len(touched) == 0:
            return touched, np.zeros(len(touched), dtype=bool)
        ids, cells = wp.array(touched, dtype=wp.int32, device=domain.device), domain.cells_per_tile
        solid, device = self.fractions.flatten(), domain.device
        on_cells = wp.array([0, *(g.number for g in self.geometry)], dtype=wp.uint32, device=device)
        inputs = [ids, cells, walls.label_words, on_cells, walls.cell_labels, solid]
        wp.launch(clear_kernel(precision), len(touched) * cells, inputs=inputs, device=device, record_tape=False)
        for geometry in self.geometry:
            geometry.merge(solid)
        found = wp.array(np.zeros(len(touched)), dtype=wp.int32, device=device)
        inputs = [ids, cells, solid, found]
        wp.launch(solid_tiles_kernel(precision), len(touched), inputs=inputs, device=device, record_tape=False)
        return touched, found.numpy() == 1
