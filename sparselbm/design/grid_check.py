"""Check of an optimised design on a finer grid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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

    The wall is that of the reported values (`DesignProblem.reported_wall`). Raises the errors of `refined_points`, and
    SimulationError if a flow diverges.
    """
    wall, points = problem.reported_wall, refined_points(problem, refinement)
    found = []
    for point in points:
        if wall is not None:
            found.append([point.run(point.built(wall, each)) for each in (point.variables.initial(), x)])
            continue
        first = point.run(point.flow)
        point.variables.apply(point.flow, x)
        found.append((first, point.run(point.flow)))
        del point.flow
    first, best = (problem.aggregate.value(np.array([one.value for one in each]), problem.shares) for each in zip(*found))
    regimes = tuple(each.regime.name for pair in found for each in pair)
    return GridCheck(points[0].setup.voxel_size, first, best, regimes)


def refined_points(problem: DesignProblem, refinement: float) -> list[OperatingPoint]:
    """Operating points of a problem on a finer grid, checked and not built.

    Raises an error of the set-up if a finer flow does not fit in memory, ConstraintError for variables that depend on the grid.
    """
    found = []
    for point in problem.operating_points:
        finer = point.setup.refined(refinement)
        found.append(OperatingPoint(
            finer, point.variables.on_grid(finer), [point.objective], point.method, point.steady_run, point.on_progress
        ))
    return found
