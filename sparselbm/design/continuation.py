"""Continuation: a sequence of optimisations, each of which starts from the best design of the previous one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..errors import ConstraintError
from .optimizer import OptimizeResult
from .problem import DesignProblem, Iterate
from .variables.variables import DesignVariables


def minimize_in_stages(
    problem: DesignProblem, stages: Sequence[DesignVariables], on_iterate: Callable[[Iterate], None] | None = None,
    *, start: np.ndarray | None = None,
) -> list[OptimizeResult]:
    """Minimises the problem with the variables of each stage in turn; returns the result of each.

    All stages have the same number of variables, such as density fields of increasing contrast. `start`: design of the first
    stage, (size,); None: that of its variables. Raises ConstraintError for stages of different sizes, before the first one.
    """
    problems = [replace(problem, variables=stage) for stage in stages]
    sizes = [each.first.variables.size for each in problems]
    if len(set(sizes)) != 1:
        raise ConstraintError(f"the stages have {sizes} variables: pass at least one stage, all with the same number")
    results = []
    for each in problems:
        results.append(each.minimize(on_iterate, start=start))
        start = results[-1].x
    return results
