"""The time step, from one population array to another."""

import functools

import warp as wp

from ..kernels.step import step_kernel
from ..kernels.sweep import Sweep
from .clock import Clock
from .passes import Passes


class Stepper:
    """Collision and streaming of all tiles, between any two population arrays."""

    def __init__(self, passes: Passes, clock: Clock):
        self._passes, self._clock = passes, clock

    @functools.cached_property
    def _step(self) -> Sweep:
        return self._passes.by_class(step_kernel)

    def advance(self, source: wp.array, target: wp.array, step: int) -> None:
        """One step, from the populations after `step` steps to the next, in another array."""
        self._step(step=step, source=source, target=target)

    def advance_twice(self, state: wp.array, other: wp.array, step: int, pairs: int) -> None:
        """`pairs` times two steps, from `state` to `other` and back, beginning after `step` steps.

        On CUDA these are one graph where nothing varies in time; the first pair is launched without it, so that every kernel
        is loaded.
        """
        domain = self._passes.domain
        if not (domain.backend.captures_graphs and pairs > 1) or self._clock.varies:
            for k in range(step, step + 2 * pairs, 2):
                self._advance_pair(state, other, k)
            return
        self._advance_pair(state, other, step)
        with wp.ScopedCapture(device=domain.device) as capture:
            self._advance_pair(state, other, step)
        for _ in range(pairs - 1):
            wp.capture_launch(capture.graph)  # type: ignore[arg-type]

    def _advance_pair(self, state: wp.array, other: wp.array, step: int) -> None:
        self.advance(state, other, step)
        self.advance(other, state, step + 1)
