"""Runs to steady state."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import SimulationError
from ..observe import Functional
from ..observe.evaluation import Evaluation
from ..solver import Simulation


@dataclass(frozen=True)
class SteadyResult:
    """Result of a run to steady state."""

    value: float
    """Observable at the end [lattice units]; in its own unit where `Flow.run_to_steady` returns the result."""
    steps: int
    """Number of steps run."""
    change: float
    """Relative change of the observable over the last interval."""
    converged: bool
    """Whether the change is within the tolerance."""


@dataclass(frozen=True, kw_only=True)
class SteadyRun:
    """Convergence criterion: the observable changes by less than `tolerance`, relative, over two successive intervals.

    An interval should be about an eighth of the time in which the flow crosses the domain (see `of_crossing`).
    """

    tolerance: float = 1e-3
    """Relative change of the observable over an interval."""
    interval: int = 100
    """Steps per interval."""
    max_steps: int = 5000
    """Largest number of steps."""

    def __post_init__(self):
        for name in ("tolerance", "interval", "max_steps"):
            if not getattr(self, name) > 0:
                raise SimulationError(f"{name} is {getattr(self, name)!r}: it must be above 0")

    @classmethod
    def of_crossing(cls, steps: int) -> "SteadyRun":
        """Criterion for a flow that crosses its domain in `steps` steps: eight checks per crossing, at most ten crossings."""
        interval = 50 * max(1, round(steps / 400))
        return cls(interval=interval, max_steps=80 * interval)

    def run(
        self, simulation: Simulation, observable: Functional, on_progress: Callable[[int, float], None] | None = None
    ) -> SteadyResult:
        """Advances the simulation to steady state; `on_progress(steps, value)` is called per interval. Raises SimulationError."""
        evaluation = Evaluation(simulation, observable)

        def value() -> float:
            evaluation.add(simulation.state.populations)
            return evaluation.take()

        return self.watch(simulation, value, on_progress)

    def watch(
        self, simulation: Simulation, measure: Callable[[], float | np.ndarray],
        on_progress: Callable[[int, float], None] | None = None,
    ) -> SteadyResult:
        """Advances the simulation until measured values are steady: the largest change relative to the largest value counts.

        The first value is reported and returned.
        """
        values, change, calm, steps = np.full(1, np.nan), float("inf"), 0, 0
        while steps < self.max_steps and calm < 2:
            count = min(self.interval, self.max_steps - steps)
            simulation.run(count)
            steps += count
            before, values = values, np.atleast_1d(np.asarray(measure(), dtype=np.float64))
            change = float(np.abs(values - before).max() / max(np.abs(values).max(), 1e-300))
            calm = calm + 1 if change < self.tolerance else 0
            if on_progress is not None:
                on_progress(steps, float(values[0]))
        return SteadyResult(float(values[0]), steps, change, calm >= 2)
