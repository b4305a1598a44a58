"""Results of the finished parts of a run that consists of several, from which it is resumed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .restarts import Restarts, Resumable
from .state_file import State


class FinishedParts(Resumable):
    """Results of finished parts by name, as plain values and arrays: a resumed run does not compute them again."""

    def __init__(self, restarts: Restarts):
        """`restarts`: where the run is stored, or from where it is resumed."""
        self._restarts = restarts
        self._results: dict[str, Any] = {}
        restarts.add("finished parts", self)

    @property
    def names(self) -> list[str]:
        """Names of the finished parts, in order."""
        return list(self._results)

    def result(self, name: str, compute: Callable[[], State]) -> State:
        """Result of a part, computed unless an interrupted run has finished it."""
        if name not in self._results:
            self._results[name] = compute()
            self._restarts.point()
        return self._results[name]

    def saved(self):
        return self._results

    def restore(self, state):
        self._results = dict(state)
