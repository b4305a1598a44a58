"""Running until an objective stands still."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import SimulationError
from ..observe import Observable
from ..observe.evaluation import Evaluation
from ..solver import Simulation


@dataclass(frozen=True)
class SteadyResult:
    """How a run came to rest."""

    value: float
    """The objective at the end [lattice units]."""
    steps: int
    """Steps that were run."""
    change: float
    """Relative change of the objective over the last stretch."""
    converged: bool
    """Whether that is within the tolerance."""


@dataclass(frozen=True, kw_only=True)
class SteadyRun:
    """Runs in stretches until the objective changes by less than `tolerance` of itself over two of them in a row.

    A stretch should be about an eighth of the time that the flow takes through the domain (see `of_crossing`).
    """

    tolerance: float = 1e-3
    """Relative change over a stretch."""
    stretch: int = 100
    """Steps of a stretch."""
    limit: int = 5000
    """Most steps."""

    def __post_init__(self):
        for name in ("tolerance", "stretch", "limit"):
            if not getattr(self, name) > 0:
                raise SimulationError(f"{name} is {getattr(self, name)!r}: must be above 0")

    @classmethod
    def of_crossing(cls, steps: int) -> "SteadyRun":
        """For a flow that crosses its domain in so many steps: looked at eight times a crossing, ten crossings at most."""
        stretch = 50 * max(1, round(steps / 400))
        return cls(stretch=stretch, limit=80 * stretch)

    def run(
        self, simulation: Simulation, objective: Observable, on_progress: Callable[[int, float], None] | None = None
    ) -> SteadyResult:
        """Advances the simulation; `on_progress(steps, value)` is told of each stretch. Raises SimulationError."""
        evaluation = Evaluation(simulation, objective)

        def value() -> float:
            evaluation.add(simulation.state)
            return evaluation.take()

        return self.watch(simulation, value, on_progress)

    def watch(
        self, simulation: Simulation, measure: Callable[[], float | np.ndarray],
        on_progress: Callable[[int, float], None] | None = None,
    ) -> SteadyResult:  # fmt: skip
        """The same until numbers that are measured after each stretch stand still: the largest change over the largest of them.

        What is told and kept as the value is the first of them.
        """
        values, change, calm, steps = np.full(1, np.nan), float("inf"), 0, 0
        while steps < self.limit and calm < 2:
            stretch = min(self.stretch, self.limit - steps)
            simulation.run(stretch)
            steps += stretch
            before, values = values, np.atleast_1d(np.asarray(measure(), dtype=np.float64))
            change = float(np.abs(values - before).max() / max(np.abs(values).max(), 1e-300))
            calm = calm + 1 if change < self.tolerance else 0
            if on_progress is not None:
                on_progress(steps, float(values[0]))
        return SteadyResult(float(values[0]), steps, change, calm >= 2)
