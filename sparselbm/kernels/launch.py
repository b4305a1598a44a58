"""Launching tile kernels: each tile with that of its class, on all cores of the CPU or as one CUDA launch a class."""

import functools
import os
import weakref
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import warp as wp

from ..grid import Domain
from ..models.physics import TileClass
from .emit import ARGUMENTS, labelled
from .tile_kernel import TileKernel, fuse

_SMALL = 64
"""Tiles below which a second thread costs more than it brings (a sweep then takes under 0.2 ms)."""

_CACHED_BYTES = 1 << 25
"""States up to this size stay in the CPU's cache, where non-temporal stores would only push them out."""


@functools.cache
def thread_pool() -> ThreadPoolExecutor:
    """One worker a core, started when first needed. Kernel calls release Python's lock."""
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="tiles")


@dataclass(frozen=True, eq=False)
class TileGroup:
    """Tiles of one class."""

    tiles: TileClass
    members: np.ndarray
    """Indices of the tiles, int32, in ascending order."""
    threads: int
    """Ranges that they are split into, launched side by side."""


def group_tiles(
    domain: Domain, classes: Mapping[TileClass, np.ndarray], threads: int | None = None
) -> tuple[TileGroup, ...]:  # fmt: skip
    """The tiles of each class, for `threads` ranges: by default one a core of the CPU; one on CUDA."""
    workers = 1
    if domain.device.is_cpu:
        workers = threads or (len(os.sched_getaffinity(0)) if domain.tile_count >= _SMALL else 1)
    present = {tiles: np.sort(members).astype(np.int32) for tiles, members in classes.items() if len(members)}
    return tuple(TileGroup(tiles, members, workers) for tiles, members in present.items())


@dataclass(frozen=True, eq=False)
class _Batch:
    """A kernel and the ranges of tiles that it is launched on, side by side."""

    kernel: TileKernel
    ranges: tuple[np.ndarray, ...]


def _batches(groups: Sequence[TileGroup], kernel_of: Callable[[TileClass], TileKernel], cpu: bool) -> list[_Batch]:
    """One batch a class on CUDA. On the CPU one for all: a core meets its tiles in their order in memory, each with
    the kernel of its class, because a pass over each class loses what neighbours left in the cache (measured: 1.08
    times the speed with walls in a tenth of the tiles, 1.15 in pipes)."""
    if not cpu:
        return [_Batch(kernel_of(group.tiles), (group.members,)) for group in groups]
    if not groups:
        return []
    entries = np.concatenate([labelled(group.members, k) for k, group in enumerate(groups)])
    entries = entries[np.argsort(np.concatenate([group.members for group in groups]))]
    threads = min(max(group.threads for group in groups), len(entries))
    return [_Batch(fuse([kernel_of(group.tiles) for group in groups]), tuple(np.array_split(entries, threads)))]


class TileSweep:
    """A pass over groups of tiles: recorded once, launched many times with other arrays."""

    def __init__(
        self, domain: Domain, groups: Sequence[TileGroup], kernel_of: Callable[[TileClass], TileKernel],
        *, arrays: Mapping[str, wp.array | None], state_bytes: int,
    ):  # fmt: skip
        """`arrays`: those that stay the same at every launch, by their names in `lanes.ARGUMENTS`, which are kept alive."""
        self._cpu = domain.device.is_cpu
        self._seen: dict[str, object] = {}
        nontemporal = self._cpu and state_bytes > _CACHED_BYTES
        fixed = {
            "neighbours": domain.neighbours, "coordinates": domain.coordinates, "weight": 1.0,
            "nontemporal": nontemporal, **arrays,
        }  # fmt: skip
        self._fixed: list = [fixed]
        self._lists: list[list] = []
        for batch in _batches(groups, kernel_of, self._cpu):
            for k, members in enumerate(batch.ranges):
                if k == len(self._lists):
                    self._lists.append([])
                threads = len(members) * (1 if self._cpu else domain.cells_per_tile)
                tiles = wp.array(members, dtype=wp.int32, device=domain.device)
                inputs = [tiles, *(fixed.get(name) for name in ARGUMENTS[1:-1])]
                kernel = batch.kernel.launchable
                launch = wp.launch(kernel, dim=threads, inputs=inputs, device=domain.device, record_cmd=True)
                launch.fwd_args = None  # type: ignore[union-attr]  # It would keep a run's states alive after the run.
                self._fixed.append(tiles)
                self._lists[k].append(launch)

    def __call__(self, **arguments) -> None:
        """Launches with these arrays (`source`, `adjoint`, `solid`, `target`, those of gradients, `sums`) and `weight`.

        None of them is kept alive beyond the launch, which frees memory in its own order on CUDA.
        """
        for name, value in arguments.items():
            if not _same(self._seen.get(name), value):
                index = ARGUMENTS.index(name)
                for commands in self._lists:
                    for command in commands:
                        command.set_param_at_index(index, value)
                self._seen[name] = weakref.ref(value) if isinstance(value, wp.array) else value
        if len(self._lists) > 1:
            list(thread_pool().map(_launch_all, self._lists))
        elif self._lists:
            _launch_all(self._lists[0])


def _same(seen: object, value: object) -> bool:
    """Whether a value is the one that was seen; an array that is gone is not None."""
    return seen() is value is not None if isinstance(seen, weakref.ref) else seen is value


def _launch_all(commands: Sequence[wp.Launch]) -> None:
    for command in commands:
        command.launch()
