"""The time step, from one population array to another or in place."""

import functools
from collections.abc import Callable, Iterator

import warp as wp

from ..kernels.step import even_step_kernel, odd_step_kernel, settle_kernel, step_kernel
from ..kernels.sweep import Sweep
from .clock import Clock
from .passes import Passes


class Stepper:
    """Collision and streaming of all tiles, between any two population arrays or within one."""

    def __init__(self, passes: Passes, clock: Clock):
        self._passes, self._clock = passes, clock

    @functools.cached_property
    def _step(self) -> Sweep:
        return self._passes.by_class(step_kernel)

    @functools.cached_property
    def _even(self) -> Sweep:
        return self._passes.by_class(even_step_kernel)

    @functools.cached_property
    def _odd(self) -> Sweep:
        return self._passes.by_class(odd_step_kernel)

    @functools.cached_property
    def _settle(self) -> Sweep:
        return self._passes.by_class(settle_kernel)

    def advance(self, source: wp.array, target: wp.array, step: int) -> None:
        """One step, from the populations after `step` steps to the next, in another array."""
        self._step(step=step, source=source, target=target)

    def advance_twice(self, state: wp.array, other: wp.array, step: int, pairs: int) -> None:
        """`pairs` times two steps, from `state` to `other` and back, beginning after `step` steps."""

        def pair(k: int) -> None:
            self.advance(state, other, k)
            self.advance(other, state, k + 1)

        for _ in self._repeated(pair, step, pairs):
            pass

    def steps_in_place(self, state: wp.array, velocities: wp.array | None, step: int, steps: int) -> Iterator[int]:
        """Makes `steps` steps within one array, beginning after `step` steps; yields their number after each pair and
        after a last single one.

        `velocities`: array of the stored velocity, if there is one, to be overwritten. A last single step takes two passes.
        """

        def pair(k: int) -> None:
            self._even(step=k, source=state, velocities=velocities)
            self._odd(step=k + 1, source=state, velocities=velocities)

        yield from self._repeated(pair, step, steps // 2)
        if steps % 2:
            self._even(step=step + steps - 1, source=state, velocities=velocities)
            self._settle(source=state, velocities=velocities)
            yield 1

    def _repeated(self, pair: Callable[[int], None], step: int, pairs: int) -> Iterator[int]:
        """Makes pairs of steps, beginning after `step` steps; yields 2 after each. `pair` takes the number of steps before it.

        On CUDA a pair is a graph, where nothing varies in time, that is launched for each but the first: that one is launched
        without it, so that every kernel is loaded.
        """
        domain = self._passes.domain
        if not (domain.backend.captures_graphs and pairs > 1) or self._clock.varies:
            for k in range(step, step + 2 * pairs, 2):
                pair(k)
                yield 2
            return
        pair(step)
        yield 2
        with wp.ScopedCapture(device=domain.device) as capture:
            pair(step)
        for _ in range(pairs - 1):
            wp.capture_launch(capture.graph)  # type: ignore[arg-type]
            yield 2
