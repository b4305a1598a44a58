"""Launching tile kernels: each tile with that of its class, on all cores of the CPU or as one CUDA launch a class."""

import functools
import os
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import warp as wp

from ..backends import TileLayout
from ..grid import Domain
from ..models.physics import TileClass
from .tile_kernel import ARGUMENTS, TileKernel, fuse

_SMALL = 64
"""Tiles below which a second thread costs more than it brings (a sweep then takes under 0.2 ms)."""

_SHARE, _SHARES = 256, 4
"""Fewest tiles of a range, where a thread has more than one, and most ranges for each thread."""

_CACHED_BYTES = 1 << 24
"""States up to this size stay in the CPU's cache, two at a time, where streaming stores would only push them out."""


@functools.cache
def thread_pool() -> ThreadPoolExecutor:
    """One worker a core, started when first needed. Kernel calls release Python's lock."""
    return ThreadPoolExecutor(len(os.sched_getaffinity(0)), thread_name_prefix="tiles")


def run_side_by_side(calls: Sequence[Callable[[], None]], threads: int) -> None:
    """Makes all calls, each on the first of so many threads that is free. The calling thread is one of them: it works where
    it would wait (handing work to another thread costs up to 0.2 ms)."""
    waiting = iter(calls)  # One thread at a time holds Python's lock, so that each call is taken once.
    helpers = [thread_pool().submit(_work_off, waiting) for _ in range(min(threads, len(calls)) - 1)]
    try:
        _work_off(waiting)
    finally:
        for helper in helpers:
            helper.result()


def _work_off(waiting: Iterator[Callable[[], None]]) -> None:
    for call in waiting:
        call()


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
) -> tuple[TileGroup, ...]:
    """The tiles of each class, for `threads` threads: by default one per core of the CPU; one on CUDA.

    Raises ValueError for indices that are no tiles of the domain, and for tiles that occur twice.
    """
    _require_once(domain.tile_count, classes)
    workers = 1
    if not domain.backend.cell_per_thread:
        workers = threads or (len(os.sched_getaffinity(0)) if sum(map(len, classes.values())) >= _SMALL else 1)
    present = {tiles: np.sort(members).astype(np.int32) for tiles, members in classes.items() if len(members)}
    return tuple(TileGroup(tiles, members, workers) for tiles, members in present.items())


def _require_once(tile_count: int, classes: Mapping[TileClass, np.ndarray]) -> None:
    members = np.concatenate([np.empty(0, dtype=np.int64), *classes.values()])
    unknown = members[(members < 0) | (members >= tile_count)]
    if len(unknown):
        raise ValueError(f"tile {unknown[0]:.0f} of a class: the domain has tiles 0 to {tile_count - 1}; give their indices")
    if len(np.unique(members)) < len(members):
        raise ValueError("a tile occurs twice in the classes of tiles: each tile belongs to one class")


@dataclass(frozen=True, eq=False)
class _Batch:
    """A kernel and the ranges of tiles that it is launched on, each with the class of every tile."""

    kernel: TileKernel
    ranges: tuple[tuple[np.ndarray, np.ndarray | None], ...]


def _batches(groups: Sequence[TileGroup], kernel_of: Callable[[TileClass], TileKernel], separate: bool) -> list[_Batch]:
    """One batch per class where they are separate, as on CUDA; otherwise one for all classes.

    On the CPU a core meets its tiles in their order in memory, each with the kernel of its class, because a pass over each
    class loses what neighbours left in the cache (measured: 1.08 times the speed with walls in a tenth of the tiles, 1.15 in
    pipes).
    """
    if separate:
        return [_Batch(kernel_of(group.tiles), ((group.members, None),)) for group in groups]
    if not groups:
        return []
    members = np.concatenate([group.members for group in groups])
    numbers = np.repeat(np.arange(len(groups), dtype=np.int32), [len(group.members) for group in groups])
    order = np.argsort(members)
    parts = _parts(len(members), max(group.threads for group in groups))
    ranges = zip(*(np.array_split(values[order], parts) for values in (members, numbers)), strict=True)
    return [_Batch(fuse([kernel_of(group.tiles) for group in groups]), tuple(ranges))]


def _parts(tiles: int, threads: int) -> int:
    """Ranges for so many threads: several for each where there are many tiles, since a core may be busy elsewhere."""
    return min(tiles, threads * max(1, min(_SHARES, tiles // (threads * _SHARE)))) if threads > 1 else 1


class TileSweep:
    """A pass over groups of tiles: recorded once, launched many times with other arrays."""

    def __init__(
        self, domain: Domain, groups: Sequence[TileGroup], kernel_of: Callable[[TileClass], TileKernel],
        *, arrays: Mapping[str, wp.array | None], state_bytes: int,
    ):
        """`arrays`: those that stay the same at every launch, by their names in `ARGUMENTS`, which are kept alive."""
        self._seen: dict[str, object] = {}
        backend, layout = domain.backend, TileLayout(domain.dimension)
        streaming = not backend.cell_per_thread and state_bytes > _CACHED_BYTES
        fixed = {"neighbours": domain.neighbours, "coordinates": domain.coordinates, "weight": 1.0, **arrays}
        self._fixed: list = [fixed]
        self._threads = max((group.threads for group in groups), default=1)
        self._commands: list = []
        for batch in _batches(groups, kernel_of, backend.cell_per_thread):
            kernel = replace(batch.kernel, streaming=streaming).launchable
            given = wp.array(batch.kernel.given or (0.0,), dtype=batch.kernel.precision, device=domain.device)
            fixed = {**fixed, "given": given}
            for members in batch.ranges:
                listed = [x if x is None else wp.array(x, dtype=wp.int32, device=domain.device) for x in members]
                inputs = [*listed, *(fixed.get(name) for name in ARGUMENTS[len(listed) : -1])]
                threads = backend.threads(len(members[0]), layout)
                launch = wp.launch(kernel, dim=threads, inputs=inputs, device=domain.device, record_cmd=True)
                launch.fwd_args = None  # type: ignore[union-attr]  # It would keep a run's states alive after the run.
                self._fixed.append([*listed, given])
                self._commands.append(launch)

    def __call__(self, **arguments) -> None:
        """Launches with these arrays (`source`, `adjoint`, `solid`, `target`, those of gradients, `sums`) and `weight`.

        None of them is kept alive beyond the launch, which frees memory in its own order on CUDA.
        """
        for name, value in arguments.items():
            if not _same(self._seen.get(name), value):
                index = ARGUMENTS.index(name)
                for command in self._commands:
                    command.set_param_at_index(index, value)
                self._seen[name] = weakref.ref(value) if isinstance(value, wp.array) else value
        run_side_by_side([command.launch for command in self._commands], self._threads)


def _same(seen: object, value: object) -> bool:
    """Whether a value is the one that was seen; an array that is gone is not None."""
    return seen() is value is not None if isinstance(seen, weakref.ref) else seen is value
