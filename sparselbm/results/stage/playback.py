"""Playback range of a results stage, in time codes."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pxr import Sdf


ITERATIONS_PER_SECOND = 2.0
"""Time codes per second of results whose time codes are iterations."""


class Playback:
    """Range that a viewer plays, and its speed: the range of the user's scene, or that of the times at which results are written.

    A steady flow has no time of its own, so that its moving tracers play within the user's range and leave it as it is.
    Iterations and recorded times have: their range replaces the user's. Recorded times play at the speed of the user's scene, and
    iterations half a second apart; USD keeps the speed of what moves in the layers of the scene.
    """

    def __init__(self, layer: Sdf.Layer, data: Sdf.Layer):
        """`layer`: root layer of the results, with the range of the user's scene if that has one; `data`: its layer of data."""
        self._layer, self._data = layer, data
        self._users = (layer.startTimeCode, layer.endTimeCode) if layer.HasStartTimeCode() and layer.HasEndTimeCode() else None
        self._times: set[float] = set()
        self._looped: set[float] = set()

    @property
    def codes_per_second(self) -> float:
        """Time codes per second: those of the user's scene, or 24; 2 of iterations."""
        return self._layer.timeCodesPerSecond

    def add_iteration(self, iteration: float) -> None:
        """Includes an iteration; the time codes are iterations."""
        self._set_rate(ITERATIONS_PER_SECOND)
        self.add(float(iteration))

    def add(self, time: float | None) -> None:
        """Includes a time at which something is written; None is the default value, valid at all times."""
        if time is not None and time not in self._looped:
            self._times.add(time)
            self._play(self._times)

    def loop(self, frames: int) -> list[float]:
        """Consecutive time codes of an animation of a steady flow: as many as the user's range has, at most `frames`."""
        first, last = self._users or (0.0, frames - 1.0)
        codes = [first + k for k in range(min(frames, math.floor(max(last - first, 0.0)) + 1))]
        self._looped.update(codes)
        if self._users is None:
            self._play(self._looped)
        return codes

    def saved(self) -> dict[str, list[float]]:
        """The recorded and the looped times, and the time codes per second."""
        return {"times": sorted(self._times), "looped": sorted(self._looped), "rate": [self.codes_per_second]}

    def restore(self, state: Mapping[str, list[float]]) -> None:
        """Takes over the times of `saved`."""
        self._times, self._looped = set(state["times"]), set(state["looped"])
        self._set_rate(*state["rate"])
        if self._times:
            self._play(self._times)

    def _set_rate(self, rate: float) -> None:
        for layer in (self._layer, self._data):  # One rate, since composition would rescale the samples of a layer with another.
            layer.timeCodesPerSecond = rate

    def _play(self, times: set[float]) -> None:
        self._layer.startTimeCode, self._layer.endTimeCode = min(times), max(times)
