"""A solid in the flow: its surface, and the solid fractions that it puts into the cells."""

import functools
from collections.abc import Collection
from dataclasses import dataclass, field, replace

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..geometry import SolidFraction, SurfaceQuery, TriangleMesh, solid_fraction
from ..grid import Domain
from ..models import RigidVelocity
from ..models.cell_label import OBSTACLE_SHIFT
from ..models.wall import BounceBack
from .simulation_view import SimulationView


@dataclass(frozen=True, eq=False)
class Obstacle:
    """A named solid body, or with `hollow` a solid all around the inside of a closed mesh."""

    name: str
    mesh: TriangleMesh
    """The surface [m], outward normals."""
    wall: SolidFraction | BounceBack = field(default_factory=SolidFraction)
    """How the surface acts: by the solid fraction of the cells near it, or on the links between cells."""
    hollow: bool = False
    """Fluid inside, solid outside: the wall of an internal flow."""
    motion: RigidVelocity | None = None
    """Its velocity; None: at rest, and never to be moved."""

    @property
    def on_links(self) -> bool:
        """Whether the wall acts on links; it is then never to be moved."""
        return isinstance(self.wall, BounceBack)


class ObstacleGeometry:
    """An obstacle's present points on a domain, and the way from its solid fractions back to them."""

    def __init__(self, obstacle: Obstacle, k: int, simulation: SimulationView):
        """`k`: number of the obstacle among all of the simulation's."""
        self.obstacle = obstacle
        self.number = 1 + k
        """Number of the obstacle in the cells' labels."""
        self._domain: Domain = simulation.domain
        self._simulation = simulation
        vec3 = wp.vec3f if simulation.precision is wp.float32 else wp.vec3d
        self._query = SurfaceQuery(obstacle.mesh, device=self._domain.device)
        self.points = wp.array(obstacle.mesh.points, dtype=vec3, device=self._domain.device, requires_grad=True)
        """Corners of the surface [m], shape (n,)."""
        self.placed = wp.clone(self.points, requires_grad=True)
        """Where they were when solid fractions were last evaluated: what those, and their derivatives, belong to."""
        self._tape = wp.Tape()
        self.tiles = np.empty(0, dtype=np.int32)
        """Indices of the tiles near the points for which solid fractions were last evaluated."""

    @property
    def name(self) -> str:
        return self.obstacle.name

    def present(self) -> Obstacle:
        """The obstacle with its points where they are now."""
        return replace(self.obstacle, mesh=self.obstacle.mesh.with_points(self.points.numpy().astype(np.float64)))

    @property
    def moved(self) -> bool:
        """Whether the points have been moved since solid fractions were evaluated."""
        return not np.array_equal(self.points.numpy(), self.placed.numpy())

    def move(self, points: np.ndarray) -> None:
        """New positions of the surface's points [m], (n, 3); `Simulation.update_geometry` then takes them over.

        Until then the flow and its gradients know nothing of them. Raises SimulationError for points that are not finite, or of
        another shape.
        """
        points = np.asarray(points)
        bad = np.flatnonzero(~np.isfinite(points).all(axis=-1))
        if points.shape != (len(self.points), 3) or len(bad):
            first = f", the first is point {bad[0]} = {points[bad[0]]}" if points.ndim == 2 and len(bad) else ""
            raise SimulationError(
                f"obstacle {self.name!r}: points of shape {points.shape}, {len(bad)} of them not finite{first}; nothing was "
                f"moved: give finite ones of shape {(len(self.points), 3)}"
            )
        self.points.assign(np.ascontiguousarray(points, dtype=wp.dtype_to_numpy(self._simulation.precision)))

    def evaluate(self) -> None:
        """Solid fractions of the cells near the present points, to be merged; recorded for `pullback`."""
        self.placed = wp.clone(self.points, requires_grad=True)
        self.tiles = members = self._tiles_near()
        self._tile_ids = wp.array(members, dtype=wp.int32, device=self._domain.device)
        local_coords = wp.array(self._domain.tiles[members], dtype=wp.vec3i, device=self._domain.device)
        count = len(members) * self._domain.cells_per_tile
        self._eps = wp.zeros(
            max(count, 1), dtype=self._simulation.precision, device=self._domain.device, requires_grad=True
        )
        self._tape = wp.Tape()
        with self._tape:
            solid_fraction(
                self.obstacle.wall, self.placed, self._query,
                tile_ids=wp.array(np.arange(len(members)), dtype=wp.int32, device=self._domain.device),
                tile_coords=local_coords, dimension=self._domain.dimension, voxel_size=self._domain.voxel_size,
                origin=self._domain.origin, out=self._eps,
            )

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
        """Lower and upper corner of the points [m], (2, 3); of a solid around a closed mesh, everything."""
        if self.obstacle.hollow:
            return np.array([[-np.inf] * 3, [np.inf] * 3])
        points = self.placed.numpy()
        return np.array([points.min(axis=0), points.max(axis=0)])

    def merge(self) -> None:
        """Puts this obstacle's solid fractions into the simulation's; where two meet, the larger one owns the cell."""
        count = len(self.tiles) * self._domain.cells_per_tile
        self._launch(_merge_kernel(self._simulation.precision), count, self._eps, self._simulation.solid.flatten())

    def _launch(self, kernel: wp.Kernel, count: int, eps: wp.array, solid: wp.array) -> None:
        walls = self._simulation.walls
        inputs = [self._tile_ids, self._domain.cells_per_tile, walls.label_words, self.number, self.obstacle.hollow]
        wp.launch(
            kernel,
            count,
            inputs=[*inputs, self._simulation.walls.marks, eps, solid],
            device=self._domain.device,
            record_tape=False,
        )

    def _tiles_near(self) -> np.ndarray:
        domain = self._domain
        if self.obstacle.hollow:
            return np.arange(domain.tile_count, dtype=np.int32)
        cells = (self.points.numpy() - np.asarray(domain.origin)) / domain.voxel_size
        band = self.obstacle.wall.band + 1.0
        axes = slice(domain.dimension)
        low, high = (cells.min(axis=0) - band)[axes], (cells.max(axis=0) + band)[axes]
        first = 8 * domain.tiles[:, axes]
        return np.flatnonzero(np.all((first + 8 > low) & (first < high), axis=1)).astype(np.int32)

    def pullback(self, solid_adjoint: wp.array) -> np.ndarray:
        """d J / d `placed` [1 / m], (n, 3) float64, from d J / d eps of every cell; `points.grad` stays as it is."""
        count = len(self._tile_ids) * self._domain.cells_per_tile
        self.placed.grad.zero_()  # A tape knows of it only after its first backward pass: `Tape.zero` is not enough.
        self._eps.grad.zero_()
        seed = wp.zeros_like(self._eps, requires_grad=False)
        self._launch(_gather_kernel(self._simulation.precision), count, seed, solid_adjoint.flatten())
        self._tape.backward(grads={self._eps: seed})
        return self.placed.grad.numpy().astype(np.float64)


def refill(simulation: SimulationView, moved: Collection[str] | None) -> tuple[np.ndarray, np.ndarray]:
    """Evaluates the obstacles named, None: all, and merges all of them anew where those were or are.

    Returns these tiles, and which of them now hold solid.
    """
    domain, precision = simulation.domain, simulation.precision
    members = [g for g in simulation.geometry if moved is None or g.name in moved]
    before = [g.tiles for g in members]
    for geometry in members:
        geometry.evaluate()
    near = [np.arange(domain.tile_count)] if moved is None else [*before, *(g.tiles for g in members)]
    touched = functools.reduce(np.union1d, near, np.empty(0)).astype(np.int32)
    if simulation.solid is None or len(touched) == 0:
        return touched, np.zeros(len(touched), dtype=bool)
    ids, cells = wp.array(touched, dtype=wp.int32, device=domain.device), domain.cells_per_tile
    solid, device, walls = simulation.solid.flatten(), domain.device, simulation.walls
    on_cells = wp.array([0, *(g.number for g in simulation.geometry)], dtype=wp.uint32, device=device)
    inputs = [ids, cells, walls.label_words, on_cells, walls.marks, solid]
    wp.launch(_clear_kernel(precision), len(touched) * cells, inputs=inputs, device=device, record_tape=False)
    for geometry in simulation.geometry:
        geometry.merge()
    held = wp.empty(len(touched), dtype=wp.int32, device=device)
    wp.launch(_held_kernel(precision), len(touched), inputs=[ids, cells, solid, held], device=device, record_tape=False)
    return touched, held.numpy() == 1


@functools.cache
def _clear_kernel(precision: type) -> wp.Kernel:
    shift = wp.constant(wp.uint32(OBSTACLE_SHIFT))
    low_half = wp.constant(wp.uint32((1 << OBSTACLE_SHIFT) - 1))

    @wp.kernel(enable_backward=False, module="unique", module_options={"max_unroll": 0})
    def clear_solid(
        tile_ids: wp.array(dtype=wp.int32), cells: int, words: int, on_cells: wp.array(dtype=wp.uint32),
        marks: wp.array(dtype=wp.uint32), solid: wp.array(dtype=precision),
    ):
        """Removes the solid and its owner: a cell that a body has left is no longer its own."""
        thread = wp.tid()
        tile = tile_ids[thread // cells]
        solid[tile * cells + thread % cells] = precision(0.0)
        label = wp.int64(tile) * wp.int64(words * cells) + wp.int64(thread % cells)
        number = marks[label] >> shift
        for k in range(on_cells.shape[0]):
            if on_cells[k] == number:
                marks[label] = marks[label] & low_half

    return clear_solid


@functools.cache
def _held_kernel(precision: type) -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique", module_options={"max_unroll": 0})
    def tiles_with_solid(
        tile_ids: wp.array(dtype=wp.int32), cells: int, solid: wp.array(dtype=precision), held: wp.array(dtype=wp.int32)
    ):
        i = wp.tid()
        found = wp.int32(0)
        for n in range(cells):
            if solid[tile_ids[i] * cells + n] > precision(0.0):
                found = wp.int32(1)
        held[i] = found

    return tiles_with_solid


@functools.cache
def _merge_kernel(precision: type) -> wp.Kernel:
    floats = wp.array(dtype=precision)
    shift = wp.constant(wp.uint32(OBSTACLE_SHIFT))
    low_half = wp.constant(wp.uint32((1 << OBSTACLE_SHIFT) - 1))

    @wp.kernel(enable_backward=False, module="unique")
    def merge_solid(
        tile_ids: wp.array(dtype=wp.int32), cells: int, words: int, number: int, hollow: wp.bool,
        marks: wp.array(dtype=wp.uint32),
        eps: floats, solid: floats,
    ):
        thread = wp.tid()
        at = tile_ids[thread // cells] * cells + thread % cells
        label = wp.int64(tile_ids[thread // cells]) * wp.int64(words * cells) + wp.int64(thread % cells)
        value = wp.where(hollow, precision(1.0) - eps[thread], eps[thread])
        if value > solid[at]:
            solid[at] = value
            marks[label] = (marks[label] & low_half) | (wp.uint32(number) << shift)

    return merge_solid


@functools.cache
def _gather_kernel(precision: type) -> wp.Kernel:
    floats = wp.array(dtype=precision)
    shift = wp.constant(wp.uint32(OBSTACLE_SHIFT))

    @wp.kernel(enable_backward=False, module="unique")
    def gather_adjoint(
        tile_ids: wp.array(dtype=wp.int32), cells: int, words: int, number: int, hollow: wp.bool,
        marks: wp.array(dtype=wp.uint32),
        eps_adjoint: floats, solid_adjoint: floats,
    ):
        thread = wp.tid()
        at = tile_ids[thread // cells] * cells + thread % cells
        label = wp.int64(tile_ids[thread // cells]) * wp.int64(words * cells) + wp.int64(thread % cells)
        sign = wp.where(hollow, precision(-1.0), precision(1.0))
        owned = (marks[label] >> shift) == wp.uint32(number)
        eps_adjoint[thread] = wp.where(owned, sign * solid_adjoint[at], precision(0.0))

    return gather_adjoint
