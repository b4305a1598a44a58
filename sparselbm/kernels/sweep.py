"""Passes over tiles that follow the geometry and the time of a simulation."""

from collections.abc import Callable, Sequence

import numpy as np

from .launch import TileGroup, TileSweep


class Sweep:
    """A pass of kernels over groups of tiles, which belongs to the present geometry and to the step of the state it reads.

    The tiles are looked up again whenever the geometry has changed, and schedules and unsteady profiles are brought to the
    step before each launch. So a pass may be made once and launched as long as the simulation lives: it can belong neither to
    tiles of an earlier geometry nor to the numbers of another step.
    """

    def __init__(
        self, record: Callable[[Sequence[TileGroup]], TileSweep], groups: Callable[[], Sequence[TileGroup]],
        version: Callable[[], int], set_time: Callable[[int | None], None],
    ):
        """`record`: records the launches over groups of tiles; `groups`: the tiles as they are now (what it raises is raised
        here, and by later launches); `version`: counts the changes of the geometry; `set_time`: brings what varies in time to a
        step, None: the present one."""
        self._record, self._groups_now, self._version_now, self._set_time = record, groups, version, set_time
        self._version, self._groups = version(), groups()
        self._recorded = record(self._groups)

    def __call__(self, *, step: int | None = None, **arguments) -> None:
        """Launches with these arrays and `weight`: see `TileSweep`. `step`: step of `source`; None: the present."""
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
    """Whether the groups hold the same tiles in the same classes."""
    if before is now:
        return True
    return len(before) == len(now) and all(
        a.tiles == b.tiles and np.array_equal(a.members, b.members) for a, b in zip(before, now, strict=True)
    )
