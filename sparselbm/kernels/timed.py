"""Passes over tiles at the step of the state that they read."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class TimedSweep:
    """A pass over tiles, before which schedules and unsteady profiles are brought to the step of the state that it reads.

    Every pass goes through here, so that none can be launched with the numbers of another step.
    """

    sweep: Callable[..., None]
    """Launches with arrays by their names in `lanes.ARGUMENTS`."""
    set_time: Callable[[int | None], None]
    """Brings what varies in time to a step; None: the present one."""

    def __call__(self, *, step: int | None = None, **arrays) -> None:
        """Launches with these arrays and `weight`. `step`: that of the state in `source`; None: the present one."""
        self.set_time(step)
        self.sweep(**arrays)
