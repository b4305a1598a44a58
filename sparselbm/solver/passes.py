"""Passes of kernels over the tiles of a simulation."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import warp as wp

from ..errors import SimulationError
from ..grid import Domain
from ..grid.tile_field import Fields
from ..kernels.context import Target
from ..kernels.launch import TileGroup, TileSweep, group_tiles
from ..kernels.sweep import Sweep
from ..kernels.tile_kernel import TileKernel
from ..models.physics import Physics, TileClass
from .clock import Clock
from .solids import Solids
from .walls import Walls

KernelFactory = Callable[..., TileKernel]
"""Makes a kernel from (physics, tile class, target, *arguments): see `traced_kernel`."""


class Passes:
    """Makes sweeps that follow the present solid fractions and the time.

    Tiles are sorted into classes by what their cells need (walls, solid, fields, link fractions), each with its own kernel.
    """

    def __init__(
        self, domain: Domain, physics: Physics, target: Target, *, walls: Walls, solids: Solids, fields: Fields,
        parameters: wp.array, clock: Clock, state_bytes: int, threads: int | None,
    ):
        """`parameters`: array of the parameter table; `state_bytes`: size of a population array; `threads`: see `Simulation`."""
        self.domain, self.physics, self.target = domain, physics, target
        self._walls, self._solids, self._fields, self._clock = walls, solids, fields, clock
        self._state_bytes, self._threads = state_bytes, threads
        slots = np.stack([fields.slots, walls.slots], axis=1).reshape(-1)
        self.arrays: Mapping[str, wp.array | None] = {
            "blocked_links": walls.blocked_links, "cell_labels": walls.cell_labels, "cut_links": walls.cut_links,
            "slots": wp.array(slots, dtype=wp.int32, device=domain.device), "parameters": parameters,
            "solid": solids.fractions, "fields": fields.array, "fractions": walls.fractions,
        }
        """Arrays that all kernels read, by their names in `tile_kernel.ARGUMENTS`."""
        self._sort()

    @property
    def groups(self) -> tuple[TileGroup, ...]:
        """Tiles of each class, as they are now."""
        if self._version != self._solids.version:
            if np.array_equal(self._sorted, self._solids.tiles):
                self._version = self._solids.version
            else:
                self._sort()
        return self._groups

    def _sort(self) -> None:
        self._version, self._sorted = self._solids.version, self._solids.tiles
        solid = np.zeros(self.domain.tile_count, dtype=bool)
        solid[self._sorted] = True
        walls = self._walls.in_tiles
        # Tiles with walls are of one class, whether or not they hold solid.
        either = np.where(walls, self._solids.fractions is not None, solid)
        classes = TileClass.sort(walls, either, self._fields.slots > 0, self._walls.slots > 0)
        self._groups: tuple[TileGroup, ...] = group_tiles(self.domain, classes, self._threads)

    @property
    def general_class(self) -> TileClass:
        """Class whose kernel is right for every tile: for work that is rare or small."""
        return TileClass(
            walls=True, solid=self._solids.fractions is not None, fields=bool(self.physics.fields),
            fractions=self._walls.fractions is not None,
        )

    def by_class(self, factory: KernelFactory, *arguments) -> Sweep:
        """Pass over all tiles, each with the kernel of its present class."""
        return self._sweep(factory, arguments, lambda: self.groups)

    def general(self, factory: KernelFactory, *arguments, tiles: Callable[[], np.ndarray] | None = None) -> Sweep:
        """Pass of the kernel of the general class. `tiles`: returns the indices of the tiles to visit now; None: all tiles."""

        def groups() -> tuple[TileGroup, ...]:
            members = np.arange(self.domain.tile_count) if tiles is None else tiles()
            return group_tiles(self.domain, {self.general_class: members}, self._threads)

        return self._sweep(factory, arguments, groups)

    def tiles_of(self, obstacle: str) -> np.ndarray:
        """Indices of the tiles in which an obstacle acts now. Raises SimulationError if there is no obstacle of this name."""
        if obstacle not in self.physics.obstacles:
            raise SimulationError(f"no obstacle {obstacle!r}; there are: {', '.join(self.physics.obstacles) or 'none'}")
        if len(self.physics.obstacles) == 1 or self._solids.by_hand.any():
            return self.tiles_of_obstacles
        geometry = self._solids.find(obstacle)
        own = self._walls.tiles_of[obstacle] if geometry is None else geometry.tiles
        return np.intersect1d(own, self.tiles_of_obstacles)

    @property
    def tiles_of_obstacles(self) -> np.ndarray:
        """Indices of the tiles in which any obstacle acts now."""
        return np.union1d(self._solids.tiles, self._walls.tiles)

    def _sweep(self, factory: KernelFactory, arguments: Sequence, groups: Callable[[], Sequence[TileGroup]]) -> Sweep:
        def kernel_of(tiles: TileClass) -> TileKernel:
            return factory(self.physics, tiles, self.target, *arguments)

        def record(members: Sequence[TileGroup]) -> TileSweep:
            return TileSweep(self.domain, members, kernel_of, arrays=self.arrays, state_bytes=self._state_bytes)

        return Sweep(record, groups, lambda: self._solids.version, self._clock.set)
