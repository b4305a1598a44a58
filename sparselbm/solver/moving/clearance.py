"""Whether a body has cells around it, and nothing else near."""

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
"""Cells that a surface needs around it: its solid fractions and the cells that these stream from."""

_FASTEST = 0.17
"""Mach 0.3 [cells / step]."""

_LONGEST = 0.5
"""Cells that a surface may move before its solid fractions are evaluated anew."""


class ClearanceCheck:
    """Places around a body's surface, and the cells that they fall into wherever it goes."""

    def __init__(self, body: MovingBody, gap: float, physics: Physics, walls: Walls, solids: Solids):
        """`gap`: distance that a free body keeps from walls and other bodies [cells]."""
        self._body, self._domain, self._walls, self._solids = body, body.domain, walls, solids
        self._sides = [b.face for b in physics.boundaries if isinstance(b, FreeSlip)]
        distance, places = _around(body, max(_MARGIN, gap + 0.5))
        self._close = places[np.abs(distance) <= _MARGIN]
        # Places lie up to half a cell short of a distance.
        self._outside = places[(distance > 0.0) & (distance <= gap + 0.5)]
        self._number = physics.obstacle_number(body.name)
        self._table = _tile_table(body.domain)

    def require_slow(self, twist: Twist, points: np.ndarray, step: int, every: int) -> None:
        """Raises MotionError for a surface (points where they stand) above Mach 0.3, or moving half a cell unseen."""
        speed = twist.speed(points, self._body.domain.dimension)
        if not speed <= _FASTEST:
            raise MotionError(
                f"{self._body.name!r} moves at {speed:.3g} cells a step at step {step}: at most {_FASTEST} (Mach 0.3); take a "
                "smaller time step (Units.lattice_velocity)"
            )
        if speed * every > _LONGEST:
            raise MotionError(
                f"{self._body.name!r} moves by {speed * every:.3g} cells in {every} steps at step {step}: at most {_LONGEST} "
                "between two evaluations of its solid fractions; give a smaller `every`"
            )

    def require_cells(self, matrix: np.ndarray, step: int) -> None:
        """Raises MotionError where the body would stand next to what is no fluid cell of the domain."""
        self._require(
            apply(matrix, self._close), step, "leaves the domain's cells", "give the domain tiles wherever it goes"
        )

    def require_gap(self, matrix: np.ndarray, step: int) -> None:
        """Raises MotionError where a wall or another solid comes within the gap."""
        places = apply(matrix, self._outside)
        self._require(places, step, "comes too close to a wall", "contact is not computed")
        tile, cell = self._cells(places)
        others = obstacle_number(self._walls.host_labels())[tile, cell] != self._number
        met = others & (self._solids.values()[tile, cell] > 0.0)
        if met.any():
            raise MotionError(
                f"{self._body.name!r} comes too close to another solid at step {step}, near cell "
                f"{self._index(places)[met][0].tolist()}: contact is not computed; end the run before"
            )

    def _require(self, places: np.ndarray, step: int, what: str, remedy: str) -> None:
        tile, cell = self._cells(places)
        held = (tile >= 0) & self._walls.fluid[tile, cell]
        if not held.all():
            at = self._index(places)[~held][0].tolist()
            raise MotionError(
                f"{self._body.name!r} {what} at step {step}: cell {at} is no fluid; {remedy}, or end the run before"
            )

    def _index(self, places: np.ndarray) -> np.ndarray:
        """Cells of places; what lies beyond a plane of symmetry is seen in it."""
        places = places[:, : self._domain.dimension].copy()
        for face in self._sides:
            plane = 0.5 if face.end == 0 else self._domain.shape[face.axis] - 0.5
            places[:, face.axis] = plane + face.inward * np.abs(places[:, face.axis] - plane)
        return np.floor(places).astype(np.int64)

    def _cells(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Tile, -1 where there is none, and cell of places, (n,) each."""
        index = self._index(places)
        tiles, extent = index // EDGE, np.asarray(self._table.shape)
        there = np.all((tiles >= 0) & (tiles < extent), axis=1)
        tile = np.full(len(index), -1)
        tile[there] = self._table[tuple(tiles[there].T)]
        return tile, TileLayout(index.shape[1]).cell_of(index)


def _around(body: MovingBody, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Places on a grid of one cell within a margin of the surface: signed distance (n,) and place (n, 3) [cells]."""
    low, high = body.mesh.bounds
    axes = [np.arange(a - margin, b + margin + 1.0) for a, b in zip(low, high, strict=True)]
    if body.domain.dimension == 2:
        axes[2] = np.array([0.5])
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    distance = SurfaceQuery(body.mesh, device=body.domain.device).signed_distance(grid)
    near = np.abs(distance) <= margin
    return distance[near], grid[near]


def _tile_table(domain: Domain) -> np.ndarray:
    """Index of the tile at each place of the grid of tiles, -1 where there is none."""
    table = np.full(1 + domain.tiles.max(axis=0)[: domain.dimension], -1, dtype=np.int64)
    table[tuple(domain.tiles[:, : domain.dimension].T)] = np.arange(domain.tile_count)
    return table
