"""Playback range of a results stage, in time codes."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pxr import Sdf


class Playback:
    """Range that a viewer plays: that of the user's scene, or that of the times at which results are written.

    A steady flow has no time of its own, so that its moving tracers play within the user's range and leave it as it is.
    Iterations and recorded times have: their range replaces the user's.
    """

    def __init__(self, layer: Sdf.Layer):
        """`layer`: root layer of the results, with the range of the user's scene if that has one."""
        self._layer = layer
        self._users = (layer.startTimeCode, layer.endTimeCode) if layer.HasStartTimeCode() and layer.HasEndTimeCode() else None
        self._times: set[float] = set()
        self._looped: set[float] = set()

    @property
    def codes_per_second(self) -> float:
        """Time codes per second of the user's scene, or 24."""
        return self._layer.timeCodesPerSecond

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
        """The recorded and the looped times."""
        return {"times": sorted(self._times), "looped": sorted(self._looped)}

    def restore(self, state: Mapping[str, list[float]]) -> None:
        """Takes over the times of `saved`."""
        self._times, self._looped = set(state["times"]), set(state["looped"])
        if self._times:
            self._play(self._times)

    def _play(self, times: set[float]) -> None:
        self._layer.startTimeCode, self._layer.endTimeCode = min(times), max(times)
