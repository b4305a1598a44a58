"""The time loop: a domain, its models, their numbers and the state."""

import functools
from collections.abc import Sequence

import numpy as np
import warp as wp

from .boundary import Boundary
from .collision import TRT, Collision
from .domain import Domain
from .domain.links import face_cells, link_words
from .domain.retile import transfer
from .lattice import D2Q9, D3Q19, Lattice
from .launch import TileGroup, TileSweep, group_tiles
from .memory import sums_array, tile_array, tile_view
from .obstacle import Obstacle, ObstacleGeometry
from .physics import OBSTACLE_BIT, Physics, TileClass
from .step import Target, equilibrium_kernel, force_field_kernel, mass_kernel, moments_kernel, step_kernel


class SimulationError(ValueError):
    """A simulation that cannot be set up, or one that has blown up."""


class Simulation:
    """A flow on a sparse domain, in lattice units (cells, steps, density 1).

    `viscosity`: nu [cells^2 / step]; `force`: a uniform body force, one value an axis; `boundaries`: conditions on faces,
    applied in their order (a face without one is a wall at rest half a cell beyond the centres); `obstacles`: solids
    whose walls are solid fractions. `precision` is that of populations and arithmetic, fp32 or fp64. `threads`: ranges of
    tiles that run side by side on the CPU, by default one a core for all but small domains; results do not depend on it.
    The state starts at rest with density 1. Raises SimulationError for numbers out of range,
    ValueError for a lattice that the collision lacks.
    """

    def __init__(
        self, domain: Domain, *, viscosity: float, lattice: Lattice | None = None, collision: Collision = TRT(),
        boundaries: Sequence[Boundary] = (), force: Sequence[float] | None = None, obstacles: Sequence[Obstacle] = (),
        precision: type = wp.float32, threads: int | None = None,
    ):  # fmt: skip
        lattice = lattice or (D2Q9 if domain.dimension == 2 else D3Q19)
        _check(domain, lattice, viscosity, boundaries, force, precision)
        collision.collide(lattice, [0.0] * lattice.size, viscosity, [0.0] * lattice.dimension)  # A lattice it lacks is refused.
        if threads is not None and threads < 1:
            raise SimulationError(f"threads {threads}: give at least 1, or None for one a core")
        self.domain = domain
        self.precision = precision
        self._threads = threads
        self.physics = Physics(
            lattice, collision, tuple(boundaries), force is not None, tuple(o.name for o in obstacles)
        )
        self.target = Target(precision, not domain.device.is_cpu)
        self.parameters = wp.array(self._initial_parameters(viscosity, force), dtype=precision, device=domain.device)
        """The models' numbers, in the order of `physics.parameters`."""
        self.words = link_words(domain, lattice)
        self.marks = wp.array(self._boundary_marks(), dtype=wp.uint32, device=domain.device)
        self.solid = tile_array(domain, 1, precision) if obstacles else None
        """Solid fraction eps of every cell, `[tile][cell]`."""
        self.geometry = tuple(ObstacleGeometry(obstacle, self) for obstacle in obstacles)
        self.steps = 0
        """Steps done since the state was set."""
        self.state = self.new_state()
        """Shifted populations after the last step, `[tile][q][cell]`."""
        self.spare = self.new_state()
        """A second population array, overwritten by each step and free for anyone between runs."""
        self.update_geometry()

    def onto(self, domain: Domain) -> "Simulation":
        """The same models, numbers and obstacles (where they now stand) on other tiles, with the flow carried over.

        For a design that has outgrown its tiles. Tiles that are new start at rest. Raises DomainError for domains whose cells
        do not coincide in whole tiles.
        """
        dimension, physics = self.lattice.dimension, self.physics
        force = [self.parameter(f"force_{axis}") for axis in "xyz"[:dimension]] if physics.forced else None
        moved = Simulation(
            domain, viscosity=self.parameter("viscosity"), lattice=physics.lattice, collision=physics.collision,
            boundaries=physics.boundaries, force=force, obstacles=[g.present() for g in self.geometry], precision=self.precision,
        )  # fmt: skip
        moved.parameters.assign(self.parameters)
        transfer(self.domain, domain, self.state, self.lattice.size, into=moved.state)
        moved.steps = self.steps
        return moved

    def new_state(self) -> wp.array:
        """A population array at rest with density 1, `[tile][q][cell]`."""
        return tile_array(self.domain, self.lattice.size, self.precision)

    def _initial_parameters(self, viscosity: float, force: Sequence[float] | None) -> list[float]:
        dimension = self.physics.lattice.dimension
        conditions = (v for b in self.physics.boundaries for v in b.parameters(dimension).values())
        return [viscosity, *(force or ()), *conditions]

    def _boundary_marks(self) -> np.ndarray:
        marks = np.zeros((self.domain.tile_count, self.domain.cells_per_tile), dtype=np.uint32)
        for k, boundary in enumerate(self.physics.boundaries):
            marks |= face_cells(self.domain, boundary.face).astype(np.uint32) << k
        return marks.reshape(-1)

    @property
    def lattice(self) -> Lattice:
        return self.physics.lattice

    @property
    def state_bytes(self) -> int:
        """Bytes of one population array."""
        return self.state.capacity

    def parameter(self, name: str) -> float:
        """The present value of one of `physics.parameters`."""
        return float(self.parameters.numpy()[self._parameter_index(name)])

    def set_parameter(self, name: str, value: float) -> None:
        """Changes a number of the models, such as `viscosity` or `x_min.velocity_x`; no kernel is built anew."""
        values = self.parameters.numpy().copy()
        values[self._parameter_index(name)] = value
        self.parameters.assign(values)

    def _parameter_index(self, name: str) -> int:
        if name not in self.physics.parameters:
            raise SimulationError(f"no parameter {name!r}; there are: {', '.join(self.physics.parameters)}")
        return self.physics.parameters.index(name)

    def tiles_of(self, obstacle: str) -> np.ndarray:
        """Indices of the tiles that hold solid. Raises SimulationError where no obstacle has this name."""
        if obstacle not in self.physics.obstacles:
            raise SimulationError(f"no obstacle {obstacle!r}; there are: {', '.join(self.physics.obstacles) or 'none'}")
        return self.solid_tiles

    def update_geometry(self) -> None:
        """Takes over the obstacles' present points: solid fractions, owners and classes of tiles."""
        for k, geometry in enumerate(self.geometry):
            geometry.fill(k)
        n, walls = self.domain.tile_count, self._wall_tiles
        solid = (
            tile_view(self.domain, self.solid, 1).any(axis=(1, 2))
            if self.solid is not None
            else np.zeros(n, dtype=bool)
        )
        index = np.arange(n)
        obstacles = self.solid is not None
        classes = {
            TileClass(walls=False, solid=False): index[~walls & ~solid],
            TileClass(walls=False, solid=True): index[~walls & solid],
            TileClass(walls=True, solid=obstacles): index[walls],
        }
        self.groups: tuple[TileGroup, ...] = group_tiles(self.domain, classes, self._threads)
        self.solid_tiles = index[solid]
        """Indices of the tiles that hold solid."""
        self.__dict__.pop("_step", None)  # Other sweeps take all tiles as the general class, whatever they hold.

    @functools.cached_property
    def _wall_tiles(self) -> np.ndarray:
        """Whether a tile has blocked links or boundary conditions, (n,): obstacles that move change neither."""
        n, cells = self.domain.tile_count, self.domain.cells_per_tile
        conditions = self.marks.numpy().reshape(n, cells) & ((1 << OBSTACLE_BIT) - 1)
        return np.asarray(self.words.numpy().reshape(n, cells).any(axis=1) | conditions.any(axis=1))

    @property
    def general_class(self) -> TileClass:
        """A class whose kernel is right for every tile: for work that is rare or small."""
        return TileClass(walls=True, solid=self.solid is not None)

    def sweep(self, kernel_of, groups: Sequence[TileGroup] | None = None) -> TileSweep:
        """A pass of kernels over the tiles, bound to this simulation's topology and numbers."""
        return TileSweep(
            self.domain, self.groups if groups is None else groups, kernel_of,
            words=self.words, marks=self.marks, parameters=self.parameters, state_bytes=self.state_bytes,
        )  # fmt: skip

    def general_sweep(self, kernel_factory, *arguments, tiles: np.ndarray | None = None) -> TileSweep:
        """A pass of one kernel, made for the general class, over some or all tiles."""
        members = np.arange(self.domain.tile_count) if tiles is None else tiles
        groups = group_tiles(self.domain, {self.general_class: members}, self._threads)
        return self.sweep(lambda tiles: kernel_factory(self.physics, tiles, self.target, *arguments), groups)

    @functools.cached_property
    def _step(self) -> TileSweep:
        return self.sweep(lambda tiles: step_kernel(self.physics, tiles, self.target))

    def advance(self, source: wp.array, target: wp.array) -> None:
        """One step from one state array to another; neither need be this simulation's own."""
        self._step(source=source, target=target, solid=self.solid)

    def run(self, steps: int) -> None:
        """Advances the state. Every 100 steps the mass is looked at: SimulationError when the flow has blown up."""
        for done in range(0, steps, _LOOK):
            self._run_unseen(min(_LOOK, steps - done))
            if not np.isfinite(self.excess_mass()):
                self._raise_blown_up()

    def _run_unseen(self, steps: int) -> None:
        pairs = steps // 2 if self.target.cuda else 0
        if pairs > 1:
            self._run_captured(pairs)
        for _ in range(steps - 2 * pairs if pairs > 1 else steps):
            self.advance(self.state, self.spare)
            self.state, self.spare = self.spare, self.state
        self.steps += steps

    def _run_captured(self, pairs: int) -> None:
        """Pairs of steps as one CUDA graph: the first is launched plainly, so that every kernel is loaded."""
        self._advance_pair()
        with wp.ScopedCapture(device=self.domain.device) as capture:
            self._advance_pair()
        for _ in range(pairs - 1):
            wp.capture_launch(capture.graph)  # type: ignore[arg-type]

    def _advance_pair(self) -> None:
        self.advance(self.state, self.spare)
        self.advance(self.spare, self.state)

    def set_state(self, density=1.0, velocity: Sequence | np.ndarray | float = 0.0) -> None:
        """Sets equilibrium populations. `density`: a number or (n, cells); `velocity`: a value an axis or (n, cells, d)."""
        n, cells, d = self.domain.tile_count, self.domain.cells_per_tile, self.lattice.dimension
        moments = tile_array(self.domain, 1 + d, self.precision)
        values = np.zeros(moments.shape[0], dtype=wp.dtype_to_numpy(self.precision))
        fields = values[: n * (1 + d) * cells].reshape(n, 1 + d, cells)
        fields[:, 0] = density
        fields[:, 1:] = np.moveaxis(np.broadcast_to(velocity, (n, cells, d)), -1, 1)
        moments.assign(values)
        self.general_sweep(equilibrium_kernel)(source=moments, target=self.state)
        self.steps = 0

    @functools.cached_property
    def _moments(self) -> TileSweep:
        return self.general_sweep(moments_kernel)

    def moments(self) -> wp.array:
        """Density and velocity of the present state, `[tile][1 + d][cell]`."""
        moments = tile_array(self.domain, 1 + self.lattice.dimension, self.precision)
        self._moments(source=self.state, solid=self.solid, target=moments)
        return moments

    def density(self) -> np.ndarray:
        """rho of every cell, (n, cells); 1 outside the fluid."""
        return tile_view(self.domain, self.moments(), 1 + self.lattice.dimension)[:, 0]

    def velocity(self) -> np.ndarray:
        """u of every cell [cells / step], (n, cells, d); 0 outside the fluid."""
        return np.moveaxis(tile_view(self.domain, self.moments(), 1 + self.lattice.dimension)[:, 1:], 1, -1)

    def force_field(self) -> np.ndarray:
        """Force of the fluid on the solid in every cell [lattice force], (n, cells, d)."""
        d = self.lattice.dimension
        field = tile_array(self.domain, d, self.precision)
        self.general_sweep(force_field_kernel, tiles=self.solid_tiles)(
            source=self.state, solid=self.solid, target=field
        )
        return np.moveaxis(tile_view(self.domain, field, d), 1, -1)

    def excess_mass(self) -> float:
        """Sum over the fluid of rho - 1 [lattice mass]; conserved where nothing flows in or out."""
        self._mass_sums.zero_()
        self._mass(source=self.state, sums=self._mass_sums)
        return float(self._mass_sums.numpy().sum())

    @functools.cached_property
    def _mass(self) -> TileSweep:
        return self.general_sweep(mass_kernel)

    @functools.cached_property
    def _mass_sums(self) -> wp.array:
        return sums_array(self.domain, 1)

    def _raise_blown_up(self) -> None:
        populations = tile_view(self.domain, self.state, self.lattice.size)
        bad = ~np.isfinite(populations.sum(axis=1)) & self.domain.fluid
        place = tuple(int(x) for x in self.domain.cell_indices()[bad][0])
        raise SimulationError(
            f"the flow has blown up by step {self.steps}, first seen at cell {place}: "
            "lower the velocity, raise the viscosity, or use finer voxels"
        )


_LOOK = 100
"""Steps between two looks at whether the flow is still finite."""


def _check(domain, lattice, viscosity, boundaries, force, precision) -> None:
    if lattice.dimension != domain.dimension:
        raise SimulationError(f"{lattice} on a domain of {domain.dimension} dimensions: choose a lattice of the same")
    if precision not in (wp.float32, wp.float64):
        raise SimulationError(f"precision {precision}: must be wp.float32 or wp.float64")
    if not (np.isfinite(viscosity) and viscosity > 0):
        raise SimulationError(
            f"viscosity {viscosity} cells^2/step: must be above 0 (relaxation time 3 nu + 1/2 above 1/2)"
        )
    if force is not None and len(force) != lattice.dimension:
        raise SimulationError(f"force {tuple(force)}: give one value an axis, {lattice.dimension} of them")
    if force is not None and not np.isfinite(force).all():
        raise SimulationError(f"force {tuple(force)}: every value must be finite")
    faces = [b.face for b in boundaries]
    for face in faces:
        if face.axis >= domain.dimension:
            raise SimulationError(f"boundary on {face}: the domain has {domain.dimension} dimensions")
        if domain.periodic[face.axis]:
            raise SimulationError(f"boundary on {face}: the domain is periodic along that axis; choose one of the two")
        if faces.count(face) > 1:
            raise SimulationError(f"{faces.count(face)} boundary conditions on {face}: give one")
    if len(boundaries) > OBSTACLE_BIT:
        raise SimulationError(f"{len(boundaries)} boundary conditions: at most {OBSTACLE_BIT}")
