"""Exchange of the values in ghost cells around a pass over tiles."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise

import numpy as np
import warp as wp

from .ghost_cells import GhostCells, Pull

_SHARE = 4096
"""Fewest values that are worth a thread."""

_ARRAY = 5
"""Index of the argument `array` of both kernels."""

Calls = Sequence[Callable[[], None]]


class GhostExchange:
    """Copies the values that a kernel pulls across the ends of the box from fluid cells into ghost cells."""

    def __init__(self, ghosts: GhostCells, pulls: Iterable[Pull], threads: int = 1):
        """`pulls`: components and offsets that the kernel pulls; `threads`: ranges of values that may be copied side by side."""
        self._ghosts, self._plan = ghosts, ghosts.plan(frozenset(pulls))
        count = self._plan[0].size
        bounds = np.linspace(0, count, 1 + max(1, min(threads, count // _SHARE))).astype(int).tolist()
        self._ranges = [(first, end) for first, end in pairwise(bounds) if end > first]
        self._scalar: type | None = None
        self._fills: list = []
        self._restores: list = []

    @contextmanager
    def filled(self, array: wp.array, run: Callable[[Calls], None]) -> Iterator[None]:
        """Within this context the ghost cells of an array `[tile][component][cell]` have the values of their sources.

        Afterwards they have their former values again: sums, norms and checksums over whole arrays never include an image.
        `run` makes calls, in any order or side by side.
        """
        if self._scalar is not array.dtype:
            self._record(array)
        for command in (*self._fills, *self._restores):
            command.set_param_at_index(_ARRAY, array)
        run([command.launch for command in self._fills])
        try:
            yield
        finally:
            run([command.launch for command in self._restores])

    def _record(self, array: wp.array) -> None:
        """Records the launches for arrays of this number type."""
        self._scalar, device = array.dtype, self._ghosts.device
        before = wp.empty(self._plan[0].size, dtype=array.dtype, device=device)
        topology = [*self._ghosts.on_device, *self._plan]

        def record(kernel: wp.Kernel) -> list:
            launches = [
                wp.launch(kernel, end - first, inputs=[*topology, first, array, before], device=device, record_cmd=True)
                for first, end in self._ranges
            ]
            for launch in launches:
                launch.fwd_args = None  # type: ignore[union-attr]  # It would keep the array alive.
            return launches

        self._kept = (topology, before)  # Launches hold addresses alone.
        self._fills, self._restores = record(_fill_kernel(array.dtype)), record(_restore_kernel(array.dtype))


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
