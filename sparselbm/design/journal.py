"""Results of all evaluations of an optimisation, in order, from which it is resumed."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

import numpy as np

from ..errors import RestartError
from ..files.restarts import NoRestarts, Restarts, Resumable
from ..files.state_file import State


class Journal(Resumable):
    """Results of the evaluations of flows, as plain values and arrays.

    Optimisers such as SLSQP cannot be stored while they are running. A resumed optimisation begins again, and takes the results
    of the evaluations from here, so that it makes the same decisions without computing anything, until the first new design.
    """

    def __init__(self):
        self.restarts: Restarts = NoRestarts()
        """Where the optimisation is stored."""
        self._results: list[dict[str, Any]] = []
        self._taken, self._spent, self._since = 0, 0.0, monotonic()

    def begin(self, restarts: Restarts) -> None:
        """Begins an optimisation, or resumes it."""
        self.restarts, self._results, self._taken = restarts, [], 0
        self._spent, self._since = 0.0, monotonic()
        restarts.add("evaluations", self)

    def result(self, name: str, x: np.ndarray, compute: Callable[[], State]) -> State:
        """Result of the evaluation of a design x, from the journal or computed.

        Raises RestartError for another evaluation than that in the journal.
        """
        if self._taken < len(self._results):
            known = self._results[self._taken]
            if known["name"] != name or not np.array_equal(known["x"], x):
                raise RestartError(
                    f"evaluation {self._taken + 1} of the resumed optimisation is {name} of another design than that in the "
                    f"restart file, {known['name']}: use the same versions of Python's packages, or start it again"
                )
            self._taken += 1
            self._since = monotonic()
            return known["found"]
        found = compute()
        if not isinstance(self.restarts, NoRestarts):
            self._results.append({"name": name, "x": x.copy(), "found": found, "seconds": self.clock()})
            self._taken += 1
            self.restarts.point()
        return found

    def clock(self) -> float:
        """Time since the optimisation began, without interruptions [s]; of results from the journal, that of the last one."""
        if self._taken < len(self._results):
            return self._results[self._taken - 1]["seconds"] if self._taken else 0.0
        return self._spent + monotonic() - self._since

    def saved(self):
        return {"results": self._results, "seconds": self.clock()}

    def restore(self, state):
        self._results, self._spent = state["results"], state["seconds"]
