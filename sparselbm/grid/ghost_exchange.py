"""Exchange of the values in ghost cells around a pass over tiles."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
import warp as wp

from .ghost_cells import GhostCells, Pull

_SHARE = 4096
"""Fewest values that are worth a thread."""

_ARRAY = 5
"""Index of the argument `array` of all kernels."""

Calls = Sequence[Callable[[], None]]


@dataclass(frozen=True, eq=False)
class Returns:
    """Values that a kernel writes into ghost cells, for the cells for which they stand."""

    bits: Mapping[int, int]
    """Components that are written, each with the bit of the link through which it arrives, in the cell that it arrives in."""
    links: wp.array
    """Blocked links of all cells (blocked_links.py): through these nothing arrives."""
    cells: int
    """Number of cells per tile."""


class GhostExchange:
    """Copies the values that a kernel pulls across the ends of the box from fluid cells into ghost cells."""

    def __init__(self, ghosts: GhostCells, pulls: Iterable[Pull], threads: int = 1, returns: Returns | None = None):
        """`pulls`: components and offsets that the kernel pulls; `threads`: ranges of values that may be copied side by side;
        `returns`: what is copied back after the kernel, if it writes to where it has pulled from."""
        self._ghosts, self._plan, self._given_back = ghosts, ghosts.plan(frozenset(pulls)), returns
        count = self._plan[0].size
        bounds = np.linspace(0, count, 1 + max(1, min(threads, count // _SHARE))).astype(int).tolist()
        self._ranges = [(first, end) for first, end in pairwise(bounds) if end > first]
        self._scalar: type | None = None
        self._fills: list = []
        self._returns: list = []
        self._restores: list = []

    @contextmanager
    def filled(self, array: wp.array, run: Callable[[Calls], None]) -> Iterator[None]:
        """Within this context the ghost cells of an array `[tile][component][cell]` have the values of their sources.

        Afterwards they have their former values again: sums, norms and checksums over whole arrays never include an image.
        `run` makes calls, in any order or side by side.
        """
        if self._scalar is not array.dtype:
            self._record(array)
        for command in (*self._fills, *self._returns, *self._restores):
            command.set_param_at_index(_ARRAY, array)
        run([command.launch for command in self._fills])
        try:
            yield
            run([command.launch for command in self._returns])
        finally:
            run([command.launch for command in self._restores])

    def _record(self, array: wp.array) -> None:
        """Records the launches for arrays of this number type."""
        self._scalar, device = array.dtype, self._ghosts.device
        before = wp.empty(self._plan[0].size, dtype=array.dtype, device=device)
        topology = [*self._ghosts.on_device, *self._plan]

        def record(kernel: wp.Kernel, *others) -> list:
            launches = [
                wp.launch(kernel, end - first, inputs=[*topology, first, array, before, *others], device=device, record_cmd=True)
                for first, end in self._ranges
            ]
            for launch in launches:
                launch.fwd_args = None  # type: ignore[union-attr]  # It would keep the array alive.
            return launches

        self._fills, self._restores = record(_fill_kernel(array.dtype)), record(_restore_kernel(array.dtype))
        self._kept: tuple = (topology, before)  # Launches hold addresses alone.
        if (given := self._given_back) is not None:
            bits = [given.bits.get(component, 0) for component in range(1 + max(given.bits))]
            table = wp.array(bits, dtype=wp.int32, device=device)
            self._returns = record(_return_kernel(array.dtype), table, given.links, given.cells)
            self._kept += (table, given)


@cache
def _fill_kernel(scalar: type) -> wp.Kernel:
    places, numbers = wp.array(dtype=wp.vec2i), wp.array(dtype=wp.int32)

    @wp.kernel(enable_backward=False, module="unique")
    def fill_ghosts(
        cells: places, sources: places, which: numbers, components: numbers, first: int, array: wp.array3d(dtype=scalar),
        before: wp.array(dtype=scalar),
    ):
        i = first + wp.tid()
        ghost = cells[which[i]]
        source = sources[which[i]]
        before[i] = array[ghost[0], components[i], ghost[1]]
        array[ghost[0], components[i], ghost[1]] = array[source[0], components[i], source[1]]

    return fill_ghosts


@cache
def _return_kernel(scalar: type) -> wp.Kernel:
    places, numbers = wp.array(dtype=wp.vec2i), wp.array(dtype=wp.int32)

    @wp.kernel(enable_backward=False, module="unique")
    def return_ghosts(
        cells: places, sources: places, which: numbers, components: numbers, first: int, array: wp.array3d(dtype=scalar),
        before: wp.array(dtype=scalar), bits: numbers, links: wp.array(dtype=wp.uint32), cells_per_tile: int,
    ):
        i = first + wp.tid()
        ghost, source, component = cells[which[i]], sources[which[i]], components[i]
        bit = 0
        if component < bits.shape[0]:
            bit = bits[component]
        blocked = (links[source[0] * cells_per_tile + source[1]] >> wp.uint32(bit)) & wp.uint32(1)
        if bit > 0 and blocked == wp.uint32(0):
            array[source[0], component, source[1]] = array[ghost[0], component, ghost[1]]

    return return_ghosts


@cache
def _restore_kernel(scalar: type) -> wp.Kernel:
    places, numbers = wp.array(dtype=wp.vec2i), wp.array(dtype=wp.int32)

    @wp.kernel(enable_backward=False, module="unique")
    def restore_ghosts(
        cells: places, sources: places, which: numbers, components: numbers, first: int, array: wp.array3d(dtype=scalar),
        before: wp.array(dtype=scalar),
    ):
        i = first + wp.tid()
        ghost = cells[which[i]]
        array[ghost[0], components[i], ghost[1]] = before[i]

    return restore_ghosts
