"""Surface of an obstacle, and the solid fractions that it gives to the cells."""

from dataclasses import replace

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..geometry import SolidFraction, SurfaceQuery, solid_fraction
from ..grid import Domain
from ..layout import EDGE
from .obstacle import Obstacle
from .solid_kernels import gather_kernel, merge_kernel
from .walls import Walls


class ObstacleGeometry:
    """Present points of an obstacle on a domain, and the derivative of its solid fractions in them."""

    def __init__(self, obstacle: Obstacle, number: int, domain: Domain, walls: Walls, precision: type):
        """`number`: that of the obstacle in the labels of the cells, which `walls` stores."""
        assert isinstance(obstacle.wall, SolidFraction)
        self.obstacle, self.number, self._wall = obstacle, number, obstacle.wall
        self._domain, self._walls, self._precision = domain, walls, precision
        vec3 = wp.vec3f if precision is wp.float32 else wp.vec3d
        self._query = SurfaceQuery(obstacle.mesh, device=domain.device)
        self.points = wp.array(obstacle.mesh.points, dtype=vec3, device=domain.device, requires_grad=True)
        """Present corners of the surface [m], shape (n,)."""
        self.placed = wp.clone(self.points, requires_grad=True)
        """Corners for which solid fractions were last evaluated [m]: the fractions and their derivatives belong to them."""
        self._tape = wp.Tape()
        self.tiles = np.empty(0, dtype=np.int32)
        """Indices of the tiles near the points for which solid fractions were last evaluated."""

    @property
    def name(self) -> str:
        return self.obstacle.name

    def present(self) -> Obstacle:
        """The obstacle with its mesh at the present points."""
        return replace(self.obstacle, mesh=self.obstacle.mesh.with_points(self.points.numpy().astype(np.float64)))

    @property
    def moved(self) -> bool:
        """Whether the points have been moved since solid fractions were evaluated."""
        return not np.array_equal(self.points.numpy(), self.placed.numpy())

    def move(self, points: np.ndarray) -> None:
        """Sets new positions of the corners [m], (n, 3).

        They affect the flow and its gradients only after the next `Simulation.update_geometry`. Raises SimulationError for points
        that are not finite, or of another shape.
        """
        points = np.asarray(points)
        bad = np.flatnonzero(~np.isfinite(points).all(axis=-1))
        if points.shape != (len(self.points), 3) or len(bad):
            first = f", the first is point {bad[0]} = {points[bad[0]]}" if points.ndim == 2 and len(bad) else ""
            raise SimulationError(
                f"obstacle {self.name!r}: points of shape {points.shape}, {len(bad)} of them not finite{first}; nothing was "
                f"moved: give finite ones of shape {(len(self.points), 3)}"
            )
        self.points.assign(np.ascontiguousarray(points, dtype=wp.dtype_to_numpy(self._precision)))

    def evaluate(self) -> None:
        """Evaluates the solid fractions of the cells near the present points, to be merged; recorded for `pullback`."""
        domain, device = self._domain, self._domain.device
        self.placed = wp.clone(self.points, requires_grad=True)
        self.tiles = members = self._tiles_near()
        self._tile_ids = wp.array(members, dtype=wp.int32, device=device)
        count = len(members) * domain.cells_per_tile
        self._eps = wp.zeros(max(count, 1), dtype=self._precision, device=device, requires_grad=True)
        self._tape = wp.Tape()
        with self._tape:
            solid_fraction(
                self._wall, self.placed, self._query,
                tile_ids=wp.array(np.arange(len(members)), dtype=wp.int32, device=device),
                tile_coords=wp.array(domain.tiles[members], dtype=wp.vec3i, device=device), dimension=domain.dimension,
                voxel_size=domain.voxel_size, origin=domain.origin, out=self._eps,
            )

    def merge(self, solid: wp.array) -> None:
        """Merges the evaluated fractions into those of all cells, flat; the larger fraction owns a cell where obstacles meet."""
        self._launch(merge_kernel(self._precision), self._eps, solid)

    def pullback(self, solid_adjoint: wp.array) -> np.ndarray:
        """d J / d `placed` [1 / m], (n, 3) float64, from d J / d eps of every cell; does not change `points.grad`."""
        assert self.placed.grad is not None
        assert self._eps.grad is not None
        self.placed.grad.zero_()  # A tape knows of it only after its first backward pass: `Tape.zero` is not enough.
        self._eps.grad.zero_()
        seed = wp.zeros_like(self._eps, requires_grad=False)
        self._launch(gather_kernel(self._precision), seed, solid_adjoint.flatten())
        self._tape.backward(grads={self._eps: seed})
        return self.placed.grad.numpy().astype(np.float64)

    def acts_in(self, fluid: np.ndarray) -> bool:
        """Whether some fluid cell, by their mask (n, cells), holds a part of the solid."""
        tiles, filled = self.filled()
        return bool(np.any((filled > 0.0) & fluid[tiles]))

    def filled(self) -> tuple[np.ndarray, np.ndarray]:
        """Indices of the tiles near the points, (k,), and the solid fraction in each of their cells, (k, cells)."""
        cells = self._domain.cells_per_tile
        eps = self._eps.numpy()[: len(self.tiles) * cells].reshape(-1, cells)
        return self.tiles, 1.0 - eps if self.obstacle.hollow else eps

    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the points [m], (2, 3); infinite for a solid around a closed mesh."""
        if self.obstacle.hollow:
            return np.array([[-np.inf] * 3, [np.inf] * 3])
        points = self.placed.numpy()
        return np.array([points.min(axis=0), points.max(axis=0)])

    def _launch(self, kernel: wp.Kernel, eps: wp.array, solid: wp.array) -> None:
        domain, walls = self._domain, self._walls
        inputs = [self._tile_ids, domain.cells_per_tile, walls.label_words, self.number, self.obstacle.hollow, walls.cell_labels]
        count = len(self.tiles) * domain.cells_per_tile
        wp.launch(kernel, count, inputs=[*inputs, eps, solid], device=domain.device, record_tape=False)

    def _tiles_near(self) -> np.ndarray:
        domain = self._domain
        if self.obstacle.hollow:
            return np.arange(domain.tile_count, dtype=np.int32)
        cells = (self.points.numpy() - np.asarray(domain.origin)) / domain.voxel_size
        band = self._wall.band + 1.0
        axes = slice(domain.dimension)
        low, high = (cells.min(axis=0) - band)[axes], (cells.max(axis=0) + band)[axes]
        first = domain.first_cells[:, axes]
        return np.flatnonzero(np.all((first + EDGE > low) & (first < high), axis=1)).astype(np.int32)
