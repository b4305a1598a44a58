"""Functions that are called during a recording."""

from collections.abc import Callable
from dataclasses import dataclass

from .monitor import Monitor, Sampler
from .schedule import Schedule


@dataclass(frozen=True)
class Action(Monitor):
    """Function that is called at the instants of a schedule, such as one that draws the flow. It has no columns, and no file."""

    function: Callable[[], None]
    every: Schedule

    def columns(self, simulation):
        return ()

    def bind(self, simulation):
        return _ActionSampler(self.function)


class _ActionSampler(Sampler):
    def __init__(self, function: Callable[[], None]):
        self._function = function

    def take(self):
        self._function()
        return ()
