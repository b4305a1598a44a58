"""Check of an optimised design on a finer grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..files.state_file import State
from ..flows import FlowState, SteadyResult
from ..models.wall import BounceBack
from .operating_point import OperatingPoint
from .problem import DesignProblem


@dataclass(frozen=True)
class GridCheck:
    """First and best design evaluated again on another grid."""

    voxel_size: float
    """Edge of a cell of the finer grid [m]."""
    first: float
    """J of the first design."""
    best: float
    """J of the best design."""
    regimes: tuple[str, ...] = ()
    """Regimes of the flows: steady, periodic (J is that of means over whole periods) or drifting; of each flow for the first and
    then for the best design."""

    @property
    def reduction(self) -> float:
        """(first - best) / abs(first)."""
        return (self.first - self.best) / abs(self.first)


def grid_check(problem: DesignProblem, x: np.ndarray, *, refinement: float = 1.25) -> GridCheck:
    """J of the first design and of the design x, on a grid refined by `refinement`; one flow after the other is in memory.

    The wall is that of the reported values (`DesignProblem.reported_wall`). The flows are stored as those of
    `DesignProblem.minimize`, and a resumed check does not repeat those that are finished. Raises the errors of `refined_points`,
    and SimulationError if a flow diverges.
    """
    wall, points = problem.reported_wall, refined_points(problem, refinement)
    found = [_runs(point, wall, (point.variables.initial(), x)) for point in points]
    first, best = (problem.aggregate.value(np.array([one["value"] for one in each]), problem.shares) for each in zip(*found))
    regimes = tuple(each["regime"] for pair in found for each in pair)
    return GridCheck(points[0].setup.voxel_size, first, best, regimes)


def _runs(point: OperatingPoint, wall: BounceBack | None, designs: Sequence[np.ndarray]) -> list[State]:
    """Objective and regime of designs: with another wall each in its own flow, else each from the flow of the one before."""
    restarts = point.journal.restarts

    def ran(x: np.ndarray) -> State:
        if wall is None:
            point.variables.apply(point.flow, x)
            return of(point.run(point.flow, restarts))
        flow = point.built(wall, x)
        with restarts.part(point.name, FlowState(flow)):
            return of(point.run(flow, restarts))

    def of(steady: SteadyResult) -> State:
        return {"value": steady.value, "regime": steady.regime.name}

    try:
        return [point.journal.result(point.name, x, partial(ran, x)) for x in designs]
    finally:
        restarts.remove(point.name)
        vars(point).pop("flow", None)


def refined_points(problem: DesignProblem, refinement: float) -> list[OperatingPoint]:
    """Operating points of a problem on a finer grid, checked and not built.

    Raises an error of the set-up if a finer flow does not fit in memory, ConstraintError for variables that depend on the grid.
    """
    found = []
    for point in problem.operating_points:
        finer = point.setup.refined(refinement)
        found.append(OperatingPoint(
            finer, point.variables.on_grid(finer), [point.objective], point.method, point.steady_run, point.on_progress,
            f"{point.name}, finer grid", point.journal,
        ))
    return found
