"""The time loop: a domain, its models, their numbers and the state."""

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..grid import Domain
from ..grid.memory import Pages, lane_array, sums_array, tile_array, tile_view
from ..grid.tile_field import Fields
from ..kernels.amounts import mass_kernel
from ..kernels.context import Target
from ..kernels.launch import TileGroup, TileSweep, group_tiles
from ..kernels.moments import moments_kernel
from ..kernels.observables import force_field_kernel
from ..kernels.scalars import scalar_kernel
from ..kernels.step import step_kernel
from ..kernels.sweep import Sweep
from ..kernels.tile_kernel import TileKernel
from ..lattice import D2Q9, D3Q19, Lattice
from ..models import ViscosityField
from ..models.boundary import BoundaryCondition
from ..models.collision import TRT, Collision
from ..models.force import BodyForce
from ..models.physics import Physics, TileClass
from ..models.scalar import Scalar
from .bodies import Meeting, check_bodies
from .carry_over import carry_over
from .cell_fields import field_tiles, field_values, profile_values
from .obstacle import Obstacle, ObstacleGeometry, refill
from .parameter_table import ParameterTable
from .set_values import put_field, put_scalar, put_solid_fractions, put_state
from .stability import CHECK_INTERVAL, StabilityCheck
from .validate import as_forces, check_models, check_numbers
from .walls import Walls, link_wall


class Simulation:
    """A flow on a sparse domain, in lattice units (cells, steps, density 1).

    `viscosity`: nu [cells^2 / step]; `force`: body forces, or one value per axis for a uniform one; `boundaries`: conditions
    on faces and patches, applied in their order (a face without one is a wall at rest half a cell beyond the centres);
    `obstacles`: solids, whose walls are solid fractions or lie on links; `viscosity_field`: factors of the viscosity from cell to
    cell; `scalars`: what the flow carries, at first 0 everywhere; `schedules`: factors of parameters in time (of a density:
    of rho - 1), functions of the step, by the parameters' names. `precision` is that of populations and arithmetic, fp32 or
    fp64. `threads`: ranges of tiles that run side by side on the CPU, by default one a core for all but small domains;
    results do not depend on it.
    The state starts at rest with density 1. Raises SimulationError for numbers out of range and obstacles that act in no cell
    or leave none, WallError for conditions and walls that do not fit, ValueError for a lattice that the collision lacks."""

    def __init__(
        self, domain: Domain, *, viscosity: float, lattice: Lattice | None = None, collision: Collision = TRT(),
        boundaries: Sequence[BoundaryCondition] = (), force: Sequence[float] | BodyForce | Sequence[BodyForce] | None = None,
        obstacles: Sequence[Obstacle] = (), viscosity_field: ViscosityField | None = None,
        scalars: Sequence[Scalar] = (), schedules: Mapping[str, Callable[[int], float]] | None = None,
        precision: type = wp.float32, threads: int | None = None,
    ):
        lattice = lattice or (D2Q9 if domain.dimension == 2 else D3Q19)
        forces = as_forces(force)
        check_numbers(domain, lattice, viscosity, forces, obstacles, precision, threads)
        collision.collide(lattice, [0.0] * lattice.size, viscosity, [0.0] * lattice.dimension)  # A lattice it lacks is refused.
        self.domain, self.precision, self.threads = domain, precision, threads
        self.obstacles = tuple(obstacles)
        self.viscosity_field = viscosity_field
        self.physics = Physics(
            lattice, collision, tuple(boundaries), forces, tuple(o.name for o in obstacles),
            moving=tuple(o.name for o in obstacles if o.motion is not None), link_wall=link_wall(obstacles),
            varied_viscosity=viscosity_field is not None, scheduled=tuple(schedules or {}), scalars=tuple(scalars),
        )
        check_models(domain, self.physics, schedules or {})
        self.target = Target(precision, domain.backend)
        motions = {o.name: o.motion for o in obstacles if o.motion is not None}
        self._table = ParameterTable(
            self.physics.model_parameters(viscosity, motions), schedules or {}, self.physics.check_tunables, precision,
            domain.device,
        )
        self.walls = Walls(domain, lattice, boundaries, obstacles, precision, self.physics.scalars)
        self.physics = replace(self.physics, links_have_owners=self.walls.links_have_owners)
        self.set_by_hand = np.zeros(domain.tile_count, dtype=bool)
        """Tiles in which solid fractions are those of `set_solid_fractions`, (n,)."""
        on_cells = [(k, o) for k, o in enumerate(obstacles) if not o.on_links]
        self.solid = tile_array(domain, 1, precision) if on_cells else None
        """Solid fraction eps of every cell, `[tile][cell]`."""
        self.geometry = tuple(ObstacleGeometry(obstacle, k, self) for k, obstacle in on_cells)
        """Of the obstacles whose walls are solid fractions."""
        self.meetings: tuple[Meeting, ...] = ()
        """Pairs of obstacles that touch or overlap."""
        self.solid_tiles = np.empty(0, dtype=np.int64)
        """Indices of the tiles that hold solid."""
        self.geometry_version = 0
        """Counts the changes of solid fractions: whatever was derived from them at another count is out of date."""
        self.fractions_by_hand = False
        """Whether solid fractions are those of `set_solid_fractions`."""
        self.steps = 0
        """Steps done since the state was set."""
        self._unseen, self._pages = 0, Pages()
        self.state = self.new_state()
        """Populations after the last step, `[tile][q][cell]`: flow (shifted), scalars; then u, where its gradient is needed."""
        self.spare = self.new_state()
        """A second population array, overwritten by each step and free for anyone between runs."""
        values = field_values(domain, self.physics, self.walls, viscosity_field)
        self.take_fields(Fields(domain, values, precision, field_tiles(domain, self.physics, self.walls)))
        self.update_geometry()

    def transferred_to(self, domain: Domain) -> "Simulation":
        """The same simulation on other tiles: obstacles where they now stand, and all that was set, in the cells of both.

        For a design that has outgrown its tiles. Populations, steps, parameters, and the fields and solid fractions that were
        set by hand are carried over; fields that were not are those of the models on the new domain. New tiles start at rest.
        Objects that hold this simulation, such as monitors and `MovingObstacles`, have to be made anew. Raises DomainError for
        domains whose cells do not coincide in whole tiles, or count from another corner where a model gives places in cells.
        """
        physics = self.physics
        present = {g.name: g.present() for g in self.geometry}
        moved = Simulation(
            domain, viscosity=self.parameter("viscosity"), lattice=physics.lattice, collision=physics.collision,
            boundaries=physics.boundaries, force=physics.forces,
            obstacles=[present.get(o.name, o) for o in self.obstacles], viscosity_field=self.viscosity_field,
            scalars=physics.scalars, schedules=self.schedules, precision=self.precision, threads=self.threads,
        )
        carry_over(self, moved)
        moved._unseen = self._unseen
        return moved

    def new_state(self) -> wp.array:
        """A population array at rest with density 1, `[tile][q][cell]`."""
        state = self.new_states(1)[0]
        state.zero_()
        return state

    def new_states(self, count: int) -> list[wp.array]:
        """So many of them in one piece of memory, to be overwritten, but for the sentinel tile: they hold anything."""
        tiles = self.domain.tile_count + 1
        shape = count * tiles, self.physics.size, self.domain.cells_per_tile
        whole = lane_array(shape, self.precision, self.domain.device, self._pages)
        return [whole[k * tiles : (k + 1) * tiles] for k in range(count)]  # type: ignore[return-value]

    def set_time(self, step: int | None = None) -> None:
        """Sets schedules and unsteady profiles to a step, by default the present one. Each `sweep` does so by itself."""
        step = self.steps if step is None else step
        if self._time == step or not (self.schedules or self._unsteady):
            return
        self._table.set_time(step)
        for k, boundary in self._unsteady:
            for name, field in profile_values(self.domain, boundary, self.walls.along_opening(k), step).items():
                self.fields.put(name, field)
        if self._unsteady:
            self.fields.upload()
        self._time = step

    @functools.cached_property
    def _unsteady(self) -> tuple[tuple[int, BoundaryCondition], ...]:
        conditions = enumerate(self.physics.boundaries)
        return tuple((k, b) for k, b in conditions if b.profile is not None and not b.profile.steady)

    _time: int | None = None
    """The step for which what varies in time stands."""

    @property
    def lattice(self) -> Lattice:
        return self.physics.lattice

    @property
    def state_bytes(self) -> int:
        """Bytes of one population array."""
        return self.state.capacity

    @property
    def parameters(self) -> wp.array:
        """What kernels read: each of `physics.parameters` less its reference (densities: rho - 1), then the schedules' factors.

        To be changed by `set_parameters`, which checks; for its gradient see `run_on_tape`.
        """
        return self._table.array

    @property
    def schedules(self) -> dict[str, Callable[[int], float]]:
        """Factors of parameters in time, by their names."""
        return self._table.schedules

    def parameter(self, name: str) -> float:
        """The present value of one of `physics.parameters`."""
        return self._table[name].value

    def set_parameter(self, name: str, value: float) -> None:
        """Changes a number of the models, such as `viscosity` or `x_min.velocity_x`; no new kernel is built.

        Raises SimulationError for an unknown name, or a value out of range or refused by its model.
        """
        self.set_parameters({name: value})

    def set_parameters(self, numbers: Mapping[str, float]) -> None:
        """Changes several numbers, all of them or (with an error) none: see `set_parameter`."""
        self._table.update(numbers)

    def take_fields(self, fields: Fields) -> None:
        """Replaces the fields of a simulation that has not run, and with them the tiles that have a place for some."""
        self.fields = fields
        slots = np.stack([fields.slots, self.walls.slots], axis=1)
        self._slots = wp.array(slots.reshape(-1), dtype=wp.int32, device=self.domain.device)
        self._group(np.isin(np.arange(self.domain.tile_count), self.solid_tiles))

    def set_field(self, name: str, values: np.ndarray) -> None:
        """Changes one of `physics.fields`, such as `resistance`, (n, cells).

        Fields are stored for the tiles in which one of them is not 0 at first, and along conditions with a profile: others have
        to stay 0. Raises SimulationError: that, an unknown name, values that are not finite.
        """
        put_field(self, name, values)

    def tiles_of(self, obstacle: str) -> np.ndarray:
        """Indices of the tiles where an obstacle acts now. Raises SimulationError where no obstacle has this name."""
        if obstacle not in self.physics.obstacles:
            raise SimulationError(f"no obstacle {obstacle!r}; there are: {', '.join(self.physics.obstacles) or 'none'}")
        if len(self.obstacles) == 1 or self.fractions_by_hand:
            return self._tiles_of_obstacles
        own = self.walls.tiles_of | {g.name: g.tiles for g in self.geometry if g.name == obstacle}
        return np.intersect1d(own[obstacle], self._tiles_of_obstacles)

    @property
    def _tiles_of_obstacles(self) -> np.ndarray:
        return np.union1d(self.solid_tiles, self.walls.tiles)

    def update_geometry(self, moved: Collection[str] | None = None) -> None:
        """Takes over the obstacles' present points: solid fractions, owners and classes of tiles.

        `moved`: names of the obstacles whose points have changed; None: all. Only tiles near those are looked at, unless
        fractions were set by hand. Passes over the tiles follow: see `Sweep`.
        """
        moved, self.fractions_by_hand = (None if self.fractions_by_hand else moved), False
        self.geometry_version += 1
        touched, held = refill(self, moved)
        self.meetings = check_bodies(self, moved)
        self.set_by_hand[touched] = False
        solid = np.zeros(self.domain.tile_count, dtype=bool)
        solid[self.solid_tiles] = True
        if moved is not None and np.array_equal(solid[touched], held):
            return
        solid[touched] = held
        self._group(solid)

    def set_solid_fractions(self, fractions: np.ndarray) -> None:
        """Sets eps of every cell, (n, cells), by hand, until the next `update_geometry`: for designs of fractions, not points."""
        self.set_by_hand |= put_solid_fractions(self, fractions)
        self.fractions_by_hand = True
        self.geometry_version += 1
        self._group(np.any(fractions != 0.0, axis=1))

    def _group(self, solid: np.ndarray) -> None:
        """Sorts the tiles into classes, by which of them hold solid, (n,)."""
        walls = self.walls.in_tiles
        # Where walls are, one class has to do for tiles with and without solid.
        either = np.where(walls, self.solid is not None, solid)
        classes = TileClass.sort(walls, either, self.fields.slots > 0, self.walls.slots > 0)
        self.groups: tuple[TileGroup, ...] = group_tiles(self.domain, classes, self.threads)
        self.solid_tiles = np.flatnonzero(solid)

    @property
    def general_class(self) -> TileClass:
        """A class whose kernel is right for every tile: for work that is rare or small."""
        return TileClass(
            walls=True, solid=self.solid is not None, fields=bool(self.physics.fields),
            fractions=self.walls.fractions is not None,
        )

    def sweep(
        self, kernel_of: Callable[[TileClass], TileKernel], groups: Callable[[], Sequence[TileGroup]] | None = None
    ) -> Sweep:
        """A pass over all tiles, each with the kernel of its present class, or over `groups`, at any step."""
        arrays = {
            "words": self.walls.words, "marks": self.walls.marks, "cuts": self.walls.cuts, "slots": self._slots,
            "parameters": self.parameters, "solid": self.solid, "fields": self.fields.array, "fractions": self.walls.fractions,
        }

        def record(members: Sequence[TileGroup]) -> TileSweep:
            return TileSweep(self.domain, members, kernel_of, arrays=arrays, state_bytes=self.state_bytes)

        return Sweep(record, groups or (lambda: self.groups), lambda: self.geometry_version, self.set_time)

    def general_sweep(self, kernel_factory, *arguments, tiles: Callable[[], np.ndarray] | None = None) -> Sweep:
        """A pass of one kernel, made for the general class. `tiles`: gives the indices of those to visit now; None: all."""

        def groups() -> tuple[TileGroup, ...]:
            members = np.arange(self.domain.tile_count) if tiles is None else tiles()
            return group_tiles(self.domain, {self.general_class: members}, self.threads)

        return self.sweep(lambda tiles: kernel_factory(self.physics, tiles, self.target, *arguments), groups)

    @functools.cached_property
    def _step(self) -> Sweep:
        return self.sweep(lambda tiles: step_kernel(self.physics, tiles, self.target))

    def advance(self, source: wp.array, target: wp.array, step: int) -> None:
        """From the state after `step` steps to the next, from one array to another; neither need be this simulation's own."""
        self._step(step=step, source=source, target=target)

    def run(self, steps: int) -> None:
        """Advances the state. Every 100 steps, counted over calls, the flow is looked at (`check_stability`)."""
        end = self.steps + steps
        while self.steps < end:
            stretch = min(CHECK_INTERVAL - self._unseen, end - self.steps)
            self._run_unseen(stretch)
            self._unseen += stretch
            if self._unseen == CHECK_INTERVAL or (self.steps == end and steps >= CHECK_INTERVAL):
                self.check_stability()

    def check_stability(self) -> None:
        """Raises SimulationError, with the advice that fits, where the flow has blown up: see `StabilityLimits`."""
        self._unseen = 0
        complaint = self._watch.complaint()
        if complaint:
            raise SimulationError(complaint)

    @functools.cached_property
    def _watch(self) -> StabilityCheck:
        return StabilityCheck(self)

    def _run_unseen(self, steps: int) -> None:
        pairs = steps // 2
        self.advance_twice(self.state, self.spare, self.steps, pairs)
        if steps % 2:
            self.advance(self.state, self.spare, self.steps + steps - 1)
            self.state, self.spare = self.spare, self.state
        self.steps += steps

    def advance_twice(self, state: wp.array, other: wp.array, step: int, pairs: int) -> None:
        """`pairs` times two steps, from one array to another and back, beginning after `step` steps.

        On CUDA as one graph, where nothing varies in time; the first pair is launched plainly, so that every kernel is
        loaded.
        """
        if not (self.domain.backend.captures_graphs and pairs > 1) or self.schedules or self._unsteady:
            for k in range(step, step + 2 * pairs, 2):
                self._advance_pair(state, other, k)
            return
        self._advance_pair(state, other, step)
        with wp.ScopedCapture(device=self.domain.device) as capture:
            self._advance_pair(state, other, step)
        for _ in range(pairs - 1):
            wp.capture_launch(capture.graph)  # type: ignore[arg-type]

    def _advance_pair(self, state: wp.array, other: wp.array, step: int) -> None:
        self.advance(state, other, step)
        self.advance(other, state, step + 1)

    def set_state(self, density: np.ndarray | float = 1.0, velocity: Sequence | np.ndarray | float = 0.0) -> None:
        """Sets equilibrium populations of the flow; scalars stay as they are.

        `density`: a number or (n, cells); `velocity`: a value an axis or (n, cells, d). Raises SimulationError for values in
        the fluid that are not finite.
        """
        put_state(self, density, velocity)

    @functools.cached_property
    def _moments(self) -> Sweep:
        return self.general_sweep(moments_kernel)

    def moments(self) -> wp.array:
        """Density and velocity of the present state, `[tile][1 + d][cell]`."""
        moments = tile_array(self.domain, 1 + self.lattice.dimension, self.precision)
        self._moments(source=self.state, target=moments)
        return moments

    def density(self) -> np.ndarray:
        """rho of every cell, (n, cells); 1 outside the fluid."""
        return tile_view(self.domain, self.moments(), 1 + self.lattice.dimension)[:, 0]

    def velocity(self) -> np.ndarray:
        """u of every cell [cells / step], (n, cells, d); 0 outside the fluid."""
        return np.moveaxis(tile_view(self.domain, self.moments(), 1 + self.lattice.dimension)[:, 1:], 1, -1)

    def set_scalar(self, name: str, values) -> None:
        """Sets equilibrium populations of a scalar at the flow's present velocity. `values`: phi, a number or (n, cells).

        Raises SimulationError for values in the fluid that are not finite, ValueError where there is no such scalar.
        """
        put_scalar(self, name, values)

    def scalar(self, name: str) -> np.ndarray:
        """phi of every cell, (n, cells); 0 outside the fluid. Raises ValueError where there is no such scalar."""
        field = tile_array(self.domain, 1, self.precision)
        self.general_sweep(scalar_kernel, name)(source=self.state, target=field)
        return tile_view(self.domain, field, 1)[:, 0].copy()

    def force_field(self) -> np.ndarray:
        """Force of the fluid on the solid in every cell [lattice force], (n, cells, d)."""
        d = self.lattice.dimension
        field = tile_array(self.domain, d, self.precision)
        forces = self.general_sweep(force_field_kernel, tiles=lambda: self._tiles_of_obstacles)
        forces(source=self.state, target=field)
        return np.moveaxis(tile_view(self.domain, field, d), 1, -1)

    def excess_mass(self) -> float:
        """Sum over the fluid of rho - 1 [lattice mass]; conserved where nothing flows in or out."""
        sums = sums_array(self.domain, 1)
        self.general_sweep(mass_kernel)(source=self.state, sums=sums)
        return float(sums.numpy().sum())
