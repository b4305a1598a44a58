"""Checks that a moving body remains within the fluid, and away from walls and other bodies."""

import numpy as np

from ...errors import MotionError
from ...geometry import SurfaceQuery
from ...grid import Domain
from ...layout import EDGE, TileLayout
from ...models.boundary import FreeSlip
from ...models.cell_label import obstacle_number
from ...models.physics import Physics
from ..solids import Solids
from ..walls import Walls
from .body import MovingBody, Twist
from .pose import apply

_MARGIN = 1.5
"""Cells that a surface needs on both sides, for its solid fractions and for the cells that these stream from."""

MAX_SPEED = 0.17
"""Largest speed of a surface, Mach 0.3 [cells / step]."""

_MAX_SHIFT = 0.5
"""Largest movement of a surface between two evaluations of its solid fractions [cells]."""


class ClearanceCheck:
    """Sample points around the surface of a body, and the cells that contain them at any pose of the body."""

    def __init__(self, body: MovingBody, gap: float, physics: Physics, walls: Walls, solids: Solids):
        """`gap`: distance that a free body keeps from walls and other bodies [cells]."""
        self._body, self._domain, self._walls, self._solids = body, body.domain, walls, solids
        self._sides = [b.face for b in physics.boundaries if isinstance(b, FreeSlip)]
        self._spanned = _spanned(body)
        distance, places = _around(body, max(_MARGIN, gap + 0.5))
        self._close = places[np.abs(distance) <= _MARGIN]
        # Sample points lie up to half a cell short of a distance.
        self._outside = places[(distance > 0.0) & (distance <= gap + 0.5)]
        self._number = physics.obstacle_number(body.name)
        self._table = _tile_table(body.domain)

    def require_slow(self, twist: Twist, points: np.ndarray, step: int, every: int) -> None:
        """Raises MotionError for a surface above Mach 0.3, or one that moves more than half a cell between evaluations.

        `points`: present corners of the surface [cells], (n, 3); `every`: steps between evaluations of the solid fractions.
        """
        speed = twist.speed(points, self._body.domain.dimension)
        if not speed <= MAX_SPEED:
            raise MotionError(
                f"{self._body.name!r} moves at {speed:.3g} cells/step at step {step}, above the limit of {MAX_SPEED} (Mach "
                "0.3): use a smaller time step (Units.lattice_velocity)"
            )
        if speed * every > _MAX_SHIFT:
            raise MotionError(
                f"{self._body.name!r} moves by {speed * every:.3g} cells in {every} steps at step {step}, above the limit of "
                f"{_MAX_SHIFT} between two evaluations of its solid fractions: use a smaller `every`"
            )

    def require_cells(self, matrix: np.ndarray, step: int) -> None:
        """Raises MotionError where the body would be next to a cell that is not fluid, at the pose `matrix`."""
        self._require(
            apply(matrix, self._close), step, "leaves the domain's cells", "build the domain with tiles along its whole path"
        )

    def require_gap(self, matrix: np.ndarray, step: int) -> None:
        """Raises MotionError where a wall or another body comes within the gap, at the pose `matrix`."""
        places = apply(matrix, self._outside)
        self._require(places, step, "comes too close to a wall", "contact is not modelled: enlarge the domain")
        tile, cell = self._cells(places)
        others = obstacle_number(self._walls.host_labels())[tile, cell] != self._number
        touching = others & (self._solids.values()[tile, cell] > 0.0)
        if touching.any():
            raise MotionError(
                f"{self._body.name!r} comes too close to another body at step {step}, near cell "
                f"{self._index(places)[touching][0].tolist()}: contact is not modelled; end the run earlier"
            )

    def _require(self, places: np.ndarray, step: int, what: str, remedy: str) -> None:
        tile, cell = self._cells(places)
        fluid = (tile >= 0) & self._walls.fluid[tile, cell]
        if not fluid.all():
            at = self._index(places)[~fluid][0].tolist()
            raise MotionError(
                f"{self._body.name!r} {what} at step {step}: cell {at} is not fluid; {remedy}, or end the run earlier"
            )

    def _index(self, places: np.ndarray) -> np.ndarray:
        """Cells of points, (n, d); points beyond a plane of symmetry are mirrored at it. Along an axis on which the body reaches
        through the whole box, which is a slice of it, points beyond the box are moved to its end."""
        places = places[:, : self._domain.dimension].copy()
        for axis in self._spanned:
            places[:, axis] = np.clip(places[:, axis], 0.5, self._domain.shape[axis] - 0.5)
        for face in self._sides:
            plane = 0.5 if face.end == 0 else self._domain.shape[face.axis] - 0.5
            places[:, face.axis] = plane + face.inward * np.abs(places[:, face.axis] - plane)
        return np.floor(places).astype(np.int64)

    def _cells(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tile, or -1 where there is none, and cell of points, (n,) each."""
        index = self._index(places)
        tiles, extent = index // EDGE, np.asarray(self._table.shape)
        there = np.all((tiles >= 0) & (tiles < extent), axis=1)
        tile = np.full(len(index), -1)
        tile[there] = self._table[tuple(tiles[there].T)]
        return tile, TileLayout(index.shape[1]).cell_of(index)


def _around(body: MovingBody, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Points of a grid of one cell within a margin of the surface: signed distance (n,) and position (n, 3) [cells]."""
    low, high = body.mesh.bounds
    axes = [np.arange(a - margin, b + margin + 1.0) for a, b in zip(low, high, strict=True)]
    if body.domain.dimension == 2:
        axes[2] = np.array([0.5])
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    distance = SurfaceQuery(body.mesh, device=body.domain.device).signed_distance(grid)
    near = np.abs(distance) <= margin
    return distance[near], grid[near]


def _spanned(body: MovingBody) -> list[int]:
    """Axes on which the body reaches beyond both sides of the box."""
    (low, high), shape = body.mesh.bounds, body.domain.shape
    return [axis for axis in range(body.domain.dimension) if low[axis] <= 0.0 and high[axis] >= shape[axis]]


def _tile_table(domain: Domain) -> np.ndarray:
    """Index of the tile at each place of the grid of tiles, -1 where there is none."""
    table = np.full(1 + domain.tiles.max(axis=0)[: domain.dimension], -1, dtype=np.int64)
    table[tuple(domain.tiles[:, : domain.dimension].T)] = np.arange(domain.tile_count)
    return table
