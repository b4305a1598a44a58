"""Several runs of an optimiser as one optimisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .record import DesignRecord, OptimizeResult, StoppingCriteria

Run = Callable[[np.ndarray, StoppingCriteria, Callable[[DesignRecord], None]], OptimizeResult]
"""Runs the optimiser from a design, within limits, with a callback for each iteration."""


class Rounds:
    """Rounds of one optimisation: iterations are numbered consecutively, and all rounds share the stopping criteria."""

    def __init__(self, run: Run, stop: StoppingCriteria, on_iteration: Callable[[DesignRecord], None]):
        self._run, self._stop, self._on_iteration = run, stop, on_iteration
        self._evaluations, self._seconds = 0, 0.0
        self._history: list[DesignRecord] = []

    @property
    def left(self) -> StoppingCriteria | None:
        """Limits of the next round; None if one of them has been reached."""
        stop, evaluations, seconds = self._stop, self._stop.evaluations, self._stop.seconds
        iterations = stop.iterations - max(len(self._history) - 1, 0)
        evaluations = evaluations and evaluations - self._evaluations
        seconds = seconds and seconds - self._seconds
        if iterations < 1 or not all(limit is None or limit > 0 for limit in (evaluations, seconds)):
            return None
        return replace(stop, iterations=iterations, evaluations=evaluations, seconds=seconds)

    def next(self, start: np.ndarray, of: int = 1) -> OptimizeResult:
        """Runs a round within `left`, which must not be None. The start of all but the first is already in the history.

        `of`: number of rounds, this one included, that share the remaining iterations.
        """
        known, evaluations, seconds, limits = len(self._history), self._evaluations, self._seconds, self.left
        assert limits is not None
        limits = replace(limits, iterations=-(-limits.iterations // of))

        def record(entry: DesignRecord) -> None:
            if known and entry.iteration == 0:
                return
            self._history.append(replace(
                entry, iteration=len(self._history), evaluations=evaluations + entry.evaluations, seconds=seconds + entry.seconds
            ))
            self._on_iteration(self._history[-1])

        found = self._run(start, limits, record)
        self._evaluations, self._seconds = evaluations + found.evaluations, seconds + found.seconds
        return replace(found, history=tuple(self._history), evaluations=self._evaluations, seconds=self._seconds)
