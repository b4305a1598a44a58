"""Launches of tile kernels, each tile with the kernel of its class: on all cores of the CPU, or as one CUDA launch per class."""

import functools
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import warp as wp

from ..grid import Domain
from ..grid.ghost_exchange import GhostExchange, Returns
from ..layout import TileLayout
from ..models.physics import TileClass
from ..system import core_count
from .arguments import ARGUMENTS
from .tile_kernel import TileKernel, fuse

_SMALL = 64
"""Number of tiles below which a second thread costs more time than it saves (a pass then takes under 0.2 ms)."""

_SHARE, _SHARES = 256, 4
"""Minimum number of tiles per range if a thread has several ranges, and maximum number of ranges per thread."""

_CACHED_BYTES = 1 << 24
"""Two states up to this size [bytes] fit in the CPU's cache, from which streaming stores would remove them."""


_INDICES = {name: index for index, name in enumerate(ARGUMENTS)}


@functools.cache
def thread_pool() -> ThreadPoolExecutor:
    """Pool with one thread per core, started on first use. Kernel calls release Python's global interpreter lock."""
    return ThreadPoolExecutor(core_count(), thread_name_prefix="tiles")


def run_side_by_side(calls: Sequence[Callable[[], None]], threads: int) -> None:
    """Makes all calls on the given number of threads, each on the first one that is free.

    The calling thread takes part instead of waiting (handing work to another thread costs up to 0.2 ms)."""
    waiting = iter(calls)  # Only one thread at a time holds Python's lock, so that each call is made once.
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
    """Tiles of the same class."""

    tiles: TileClass
    members: np.ndarray
    """Indices of the tiles, int32, in ascending order."""
    threads: int
    """Number of threads that process the tiles."""


def group_tiles(
    domain: Domain, classes: Mapping[TileClass, np.ndarray], threads: int | None = None
) -> tuple[TileGroup, ...]:
    """Groups the tiles of each class for `threads` threads: by default one per core of the CPU, and always one on CUDA.

    Raises ValueError for indices outside the domain's tiles, and for tiles that occur twice.
    """
    _require_once(domain.tile_count, classes)
    workers = 1
    if not domain.backend.cell_per_thread:
        workers = threads or (core_count() if sum(map(len, classes.values())) >= _SMALL else 1)
    present = {tiles: np.sort(members).astype(np.int32) for tiles, members in classes.items() if len(members)}
    return tuple(TileGroup(tiles, members, workers) for tiles, members in present.items())


def _require_once(tile_count: int, classes: Mapping[TileClass, np.ndarray]) -> None:
    members = np.concatenate([np.empty(0, dtype=np.int64), *classes.values()])
    unknown = members[(members < 0) | (members >= tile_count)]
    if len(unknown):
        raise ValueError(f"a class has tile {unknown[0]:.0f}: the domain has tiles 0 to {tile_count - 1}; pass their indices")
    if len(np.unique(members)) < len(members):
        raise ValueError("a tile occurs twice in the classes of tiles: pass each tile once, in one class")


@dataclass(frozen=True, eq=False)
class _Batch:
    """A kernel and the ranges of tiles on which it is launched, each with the class of every tile."""

    kernel: TileKernel
    ranges: tuple[tuple[np.ndarray, np.ndarray | None], ...]


def _batches(groups: Sequence[TileGroup], kernel_of: Callable[[TileClass], TileKernel], separate: bool) -> list[_Batch]:
    """One batch per class if `separate`, as on CUDA; otherwise one batch for all classes.

    On the CPU each core processes its tiles in their order in memory, with the kernel of the class of each tile. Separate passes
    over the classes would not find the neighbours' values in the cache (measured: one pass is 1.08 times as fast with walls in a
    tenth of the tiles, 1.15 times in pipes).
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
    """Number of ranges of tiles: several per thread if there are many tiles, because a core may be busy with other work."""
    return min(tiles, threads * max(1, min(_SHARES, tiles // (threads * _SHARE)))) if threads > 1 else 1


class TileSweep:
    """Pass over groups of tiles, which is recorded once and launched many times with different arrays."""

    def __init__(
        self, domain: Domain, groups: Sequence[TileGroup], kernel_of: Callable[[TileClass], TileKernel],
        *, arrays: Mapping[str, wp.array | None], state_bytes: int,
    ):
        """`arrays`: arrays that are the same at every launch, by their names in `ARGUMENTS`; the pass keeps them alive."""
        self._seen: dict[str, object] = {}
        backend, layout = domain.backend, TileLayout(domain.dimension)
        streaming = not backend.cell_per_thread and state_bytes > _CACHED_BYTES
        fixed = {"neighbours": domain.neighbours, "coordinates": domain.coordinates, "weight": 1.0, **arrays}
        self._fixed: list = [fixed]
        self._threads = max((group.threads for group in groups), default=1)
        self._commands: list = []
        batches = _batches(groups, kernel_of, backend.cell_per_thread)
        self._exchanges = _exchanges(domain, [batch.kernel for batch in batches], self._threads, arrays.get("blocked_links"))
        for batch in batches:
            kernel = replace(batch.kernel, streaming=streaming and not batch.kernel.in_place).launchable
            given = wp.array(batch.kernel.given or (0.0,), dtype=batch.kernel.precision, device=domain.device)
            fixed = {**fixed, "given": given}
            for members in batch.ranges:
                listed = [x if x is None else wp.array(x, dtype=wp.int32, device=domain.device) for x in members]
                inputs = [*listed, *(fixed.get(name) for name in islice(ARGUMENTS, len(listed), None))]
                threads = backend.threads(len(members[0]), layout)
                launch = wp.launch(kernel, dim=threads, inputs=inputs, device=domain.device, record_cmd=True)
                launch.fwd_args = None  # type: ignore[union-attr]  # It would keep the states of a run alive after the run.
                self._fixed.append([*listed, given])
                self._commands.append(launch)

    def __call__(self, **arguments) -> None:
        """Launches with these arrays (`source`, `adjoint`, `solid`, `target`, arrays of gradients, `sums`) and `weight`.

        The arrays are not kept alive after the launch; CUDA frees memory in the order of the launches.
        """
        for name, value in arguments.items():
            if not _same(self._seen.get(name), value):
                index = _INDICES[name]
                for command in self._commands:
                    command.set_param_at_index(index, value)
                self._seen[name] = weakref.ref(value) if isinstance(value, wp.array) else value
        with ExitStack() as filled:
            for name, exchange in self._exchanges.items():
                filled.enter_context(exchange.filled(self._present(name), self._run))
            self._run([command.launch for command in self._commands])

    def _run(self, calls: Sequence[Callable[[], None]]) -> None:
        run_side_by_side(calls, self._threads)

    def _present(self, name: str) -> Any:
        """The array of this name that the next launch reads."""
        seen = self._seen.get(name, self._fixed[0].get(name))
        return seen() if isinstance(seen, weakref.ref) else seen


def _exchanges(
    domain: Domain, kernels: Sequence[TileKernel], threads: int, links: wp.array | None
) -> dict[str, GhostExchange]:
    """How ghost cells are filled for these kernels, by the names of the arrays that they pull, and read where they push."""
    if domain.ghosts is None:
        return {}
    pulls: dict[str, set] = {}
    for value in frozenset().union(*(kernel.pulled for kernel in kernels)):
        pulls.setdefault(value.array, set()).add((value.component, value.offset))
    pushed: dict[str, dict[int, int]] = {}
    for kernel in kernels:
        for (array, component), bit in kernel.pushed.items():
            pushed.setdefault(array, {})[component] = bit
    returns = {array: Returns(bits, links, domain.cells_per_tile) for array, bits in pushed.items() if links is not None}
    return {name: GhostExchange(domain.ghosts, each, threads, returns.get(name)) for name, each in pulls.items()}


def _same(seen: object, value: object) -> bool:
    """Whether a value is the one that was seen before; an array that no longer exists differs from None."""
    return seen() is value is not None if isinstance(seen, weakref.ref) else seen is value
