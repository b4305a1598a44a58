"""Passes over tiles that follow the geometry and the time of a simulation."""

from collections.abc import Callable, Sequence

import numpy as np

from .launch import TileGroup, TileSweep


class Sweep:
    """Pass of kernels over groups of tiles, for the present geometry and for the step of the state that it reads.

    The tiles are determined again after each change of the geometry, and schedules and unsteady profiles are evaluated for the
    step before each launch. A pass can therefore be created once and launched as long as the simulation exists: it never uses
    the tiles of an earlier geometry or the parameters of another step.
    """

    def __init__(
        self, record: Callable[[Sequence[TileGroup]], TileSweep], groups: Callable[[], Sequence[TileGroup]],
        version: Callable[[], int], set_time: Callable[[int | None], None],
    ):
        """`record`: records the launches over groups of tiles; `groups`: returns the present groups (its errors are raised here
        and by later launches); `version`: counts the changes of the geometry; `set_time`: evaluates schedules and unsteady
        profiles for a step, or for the present one if None."""
        self._record, self._groups_now, self._version_now, self._set_time = record, groups, version, set_time
        self._version, self._groups = version(), groups()
        self._recorded = record(self._groups)

    def __call__(self, *, step: int | None = None, **arguments) -> None:
        """Launches with these arrays and `weight`: see `TileSweep`. `step`: step of `source`, by default the present one."""
        if self._version != self._version_now():
            self._follow()
        self._set_time(step)
        self._recorded(**arguments)

    def _follow(self) -> None:
        before, self._groups = self._groups, self._groups_now()
        if not _alike(before, self._groups):
            self._recorded = self._record(self._groups)
        self._version = self._version_now()


def _alike(before: Sequence[TileGroup], now: Sequence[TileGroup]) -> bool:
    """Whether the groups contain the same tiles in the same classes."""
    if before is now:
        return True
    return len(before) == len(now) and all(
        a.tiles == b.tiles and np.array_equal(a.members, b.members) for a, b in zip(before, now, strict=True)
    )
