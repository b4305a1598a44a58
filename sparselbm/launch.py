"""Launching tile kernels: one for each class of tiles, on all cores of the CPU or as one CUDA launch each."""

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import warp as wp

from .domain import Domain
from .lanes import ARGUMENTS
from .physics import TileClass

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
    """Tiles of one class, in ranges that are launched side by side."""

    tiles: TileClass
    ranges: tuple[wp.array, ...]
    """Indices of tiles, int32, one array a thread."""


def group_tiles(domain: Domain, classes: Mapping[TileClass, np.ndarray], threads: int | None = None) -> tuple[TileGroup, ...]:
    """Splits the tiles of each class into `threads` ranges, by default one a core; on CUDA a class is one range."""
    workers = 1
    if domain.device.is_cpu:
        workers = threads or (len(os.sched_getaffinity(0)) if domain.tile_count >= _SMALL else 1)
    return tuple(
        TileGroup(
            tiles,
            tuple(
                wp.array(part.astype(np.int32), dtype=wp.int32, device=domain.device)
                for part in np.array_split(np.sort(members), min(workers, len(members)))
            ),
        )
        for tiles, members in classes.items()
        if len(members)
    )


class TileSweep:
    """A pass over groups of tiles: recorded once, launched many times with other arrays."""

    def __init__(
        self, domain: Domain, groups: Sequence[TileGroup], kernel_of: Callable[[TileClass], wp.Kernel],
        *, words: wp.array | None, marks: wp.array | None, parameters: wp.array, state_bytes: int,
    ):  # fmt: skip
        self._device = domain.device
        self._cpu = domain.device.is_cpu
        self._held: dict[str, object] = {}
        nontemporal = self._cpu and state_bytes > _CACHED_BYTES
        fixed = {
            "neighbours": domain.neighbours, "coordinates": domain.coordinates, "words": words, "marks": marks,
            "parameters": parameters, "weight": 1.0, "nontemporal": nontemporal,
        }  # fmt: skip
        self._lists: list[list[wp.Launch]] = []
        for group in groups:
            for k, tiles in enumerate(group.ranges):
                if k == len(self._lists):
                    self._lists.append([])
                threads = len(tiles) * (1 if self._cpu else domain.cells_per_tile)
                inputs = [tiles, *(fixed.get(name) for name in ARGUMENTS[1:-1])]
                self._lists[k].append(
                    wp.launch(kernel_of(group.tiles), dim=threads, inputs=inputs, device=domain.device, record_cmd=True)
                )

    def __call__(self, **arguments) -> None:
        """Launches with these arrays (`source`, `adjoint`, `solid`, `target`, `solid_adjoint`, `sums`) and `weight`."""
        for name, value in arguments.items():
            if self._held.get(name) is not value:
                index = ARGUMENTS.index(name)
                for commands in self._lists:
                    for command in commands:
                        command.set_param_at_index(index, value)
                self._held[name] = value  # Also keeps the array alive while a launch may use it.
        if len(self._lists) > 1:
            list(thread_pool().map(_launch_all, self._lists))
        elif self._lists:
            _launch_all(self._lists[0])


def _launch_all(commands: Sequence[wp.Launch]) -> None:
    for command in commands:
        command.launch()
