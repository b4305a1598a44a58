"""Common entry point of all optimizers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

import numpy as np

from ...errors import ConstraintError
from ...geometry.deformation import BoundDeformation
from ..constraint.constraint import BoundConstraint
from .optimizer import Optimizer
from .record import OptimizeResult, StoppingCriteria
from .scaled_problem import Callback, DesignEvaluation, ObjectiveFunction, ScaledProblem, StopReached
from .scaling import Scaling, make_scaling
from .slsqp import SLSQP


def minimize(
    objective: ObjectiveFunction,
    start: BoundDeformation | np.ndarray,
    *,
    optimizer: Optimizer | None = None,
    constraints: Sequence[BoundConstraint] = (),
    bounds: tuple[np.ndarray, np.ndarray] | None = None,
    stop: StoppingCriteria | None = None,
    on_iteration: Callback | None = None,
    clock: Callable[[], float] = monotonic,
) -> OptimizeResult:
    """Minimises objective(x) over lower <= x <= upper under the constraints.

    Variables are scaled by the width of their bounds, the objective by the size of its first value.

    Args:
        objective: function x (size,) -> (value, gradient (size,)); evaluated once for each x.
        start: a bound deformation, for its `initial()` and `bounds()`; or x itself, (size,).
        optimizer: LBFGSB(), SLSQP(), TrustConstr(), MMA() or Adam(); None for SLSQP().
        constraints: bound constraints, as returned by `FixedVolume().bind(deformation, mesh)`.
        bounds: lower and upper, each a number or (size,), instead of the deformation's; None: those.
        stop: stopping criteria; None for `StoppingCriteria()`.
        on_iteration: called with the `DesignRecord` of each iteration before the next begins; it may raise
            StopIteration to end the optimisation.
        clock: time that counts for the limits and records [s].

    Returns:
        The best feasible design, also if a limit, the callback or Ctrl-C ("interrupted") ended the run.

    Raises:
        BoundsError, ConstraintError, ImportError: before the first evaluation, if the problem cannot be run.
        ObjectiveError: if the objective is not finite. The best design is passed to the callback and named in a note before
            this or any other error of the objective is raised.
    """
    optimizer, stop = optimizer or SLSQP(), stop or StoppingCriteria()
    scaling = _scaling(start, bounds)
    _check_constraints(constraints, scaling)
    optimizer.check(constraints)
    problem = ScaledProblem(objective, scaling, constraints, stop, on_iteration, clock)
    stopped, message, best = _run(optimizer, problem)
    return OptimizeResult(
        x=best.x,
        objective=best.objective,
        constraints=best.constraints,
        feasible=best.feasible,
        stopped=stopped,
        message=message,
        evaluations=problem.evaluations,
        seconds=problem.seconds,
        history=tuple(problem.history),
    )


def _scaling(start: BoundDeformation | np.ndarray, bounds: tuple[np.ndarray, np.ndarray] | None) -> Scaling:
    if isinstance(start, BoundDeformation):
        return make_scaling(start.initial(), start.bounds() if bounds is None else bounds)
    return make_scaling(np.asarray(start), bounds)


def _check_constraints(constraints: Sequence[BoundConstraint], scaling: Scaling) -> None:
    for each in constraints:
        if not isinstance(each, BoundConstraint):
            raise ConstraintError(f"{each} is not bound: pass what its bind(deformation, mesh) returns.")
        k = len(each.lower)
        try:
            shape = np.shape(each.jacobian(scaling.start))
        except (ValueError, IndexError) as error:
            raise ConstraintError(
                f"{each.name} cannot be evaluated for {scaling.start.size} variables ({error}): bind it to "
                "the deformation that is optimised."
            ) from error
        if shape != (k, scaling.start.size):
            raise ConstraintError(
                f"the Jacobian of {each.name} has shape {shape}, but {k} values and {scaling.start.size} "
                f"variables need {(k, scaling.start.size)}: bind it to the deformation that is optimised."
            )
    names = [each.name for each in constraints]
    if len(set(names)) != len(names):
        raise ConstraintError(f"the constraints are named {names}: rename one (dataclasses.replace).")


def _run(optimizer: Optimizer, problem: ScaledProblem) -> tuple[str, str, DesignEvaluation]:
    """Runs the optimizer; returns the reason for stopping, the message, and the design to return."""
    try:
        outcome = optimizer.run(problem)
        stopped, message = ("converged" if outcome.converged else "failed"), outcome.message
    except StopReached as halt:
        stopped, message = halt.reason, str(halt)
    except KeyboardInterrupt:
        if problem.best is None:
            raise
        stopped, message = "interrupted", "interrupted from the keyboard"
    except Exception as error:
        _record_best_before(error, problem)
        raise
    try:
        return stopped, message, problem.chosen(stopped == "converged")
    except StopReached as halt:
        return halt.reason, str(halt), problem.chosen(False)


def _record_best_before(error: Exception, problem: ScaledProblem) -> None:
    """Records the best design before the error is raised, even if the callback fails."""
    best = problem.best
    if best is None:
        return
    values = np.array2string(best.x, threshold=8)
    error.add_note(f"Best design so far: objective {best.objective:g}, feasible {best.feasible}, x = {values}.")
    try:
        problem.record_best()
    except Exception as second:
        error.add_note(f"Recording it failed as well: {second!r}")
