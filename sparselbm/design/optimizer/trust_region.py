"""Short steps within a trust region: one evaluation an iteration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..constraint.constraint import BoundConstraint
from .optimizer import Optimizer, Outcome, has_stagnated
from .problem import Problem

# A region smaller than this, in scaled variables, holds nothing that a flow could tell apart.
SMALLEST = 1e-5
# A single small step may be the region's doing.
STILL_STEPS = 2


@dataclass(frozen=True, kw_only=True)
class TrustRegion(Optimizer):
    """Sequential quadratic programming with a trust region: bounds, equalities, inequalities, some hundreds of variables.

        minimise g . s + s . B s / 2  over |s_i| <= r and the linearised constraints,

    B by damped BFGS on the Lagrangian. A step is taken where the merit f + mu sum |violation| falls by at least a
    twentieth of what the model said; r doubles where the model was right at the region's edge, and shrinks where it
    was not. No line search tries far designs, on which a flow may blow up.

    Source: Nocedal & Wright, Numerical Optimization (2006), algorithm 4.1 and sections 18.3, 18.5.
    """

    first_radius: float = 0.1
    """r at the start, in scaled variables."""
    largest_radius: float = 0.5
    """Most that r may grow to."""

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """All constraints are taken."""

    def run(self, problem: Problem) -> Outcome:
        """Minimise."""
        here, radius, penalty = _Point(problem, problem.start), self.first_radius, 0.0
        problem.accept(here.z)
        hessian = np.eye(len(here.z)) * max(np.abs(here.gradient).max(), 1e-12) / self.first_radius
        while radius > SMALLEST:
            step = _model_step(problem, here, hessian, radius)
            multipliers = here.multipliers(hessian @ step)
            penalty = max(penalty, 2.0 * np.abs(multipliers).max(initial=0.0), here.least_penalty(step, hessian))
            promised = here.promised(step, hessian, penalty)
            if not promised > 1e-3 * problem.stop.tolerance * abs(here.value):
                return Outcome(here.violation <= 1e-6, "the model promises no further descent.")
            there = _Point(problem, here.z + step)
            ratio = (here.merit(penalty) - there.merit(penalty)) / promised
            hessian = _damped(hessian, step, there.slope(multipliers) - here.slope(multipliers))
            at_edge = np.abs(step).max() > 0.99 * radius
            if ratio < 0.25:
                radius = 0.35 * np.abs(step).max()
            elif ratio > 0.75 and at_edge:
                radius = min(2.0 * radius, self.largest_radius)
            if ratio > 0.05:
                here = there
                problem.accept(here.z)
                if has_stagnated(problem, STILL_STEPS):
                    return Outcome(True, f"the objective changed by less than tolerance over {STILL_STEPS} steps.")
        return Outcome(True, f"the region is smaller than {SMALLEST:g}.")


class _Point:
    """Objective and constraints at a design; the constraints as residuals c <= 0, equalities as c = 0."""

    def __init__(self, problem: Problem, z: np.ndarray):
        self.z = z
        self.value, self.gradient = problem.evaluate(z)
        values, rows, equal = [np.zeros(0)], [np.zeros((0, len(z)))], [np.zeros(0, dtype=bool)]
        for k, bound in enumerate(problem.constraints):
            found, jacobian = problem.values(k, z), problem.jacobian(k, z)
            sides = (
                (bound.equal, 1.0, bound.upper),
                (~bound.equal & np.isfinite(bound.upper), 1.0, bound.upper),
                (~bound.equal & np.isfinite(bound.lower), -1.0, bound.lower),
            )
            for number, (which, sign, limit) in enumerate(sides):
                values.append(sign * (found - limit)[which])
                rows.append(sign * jacobian[which])
                equal.append(np.full(int(which.sum()), number == 0))
        self.residual, self.jacobian = np.concatenate(values), np.concatenate(rows)
        self.equal = np.concatenate(equal)

    def _excess(self, residual: np.ndarray) -> float:
        return float(np.where(self.equal, np.abs(residual), np.maximum(residual, 0.0)).sum())

    @property
    def violation(self) -> float:
        """Sum of |c| over equalities and violated inequalities."""
        return self._excess(self.residual)

    def merit(self, penalty: float) -> float:
        """f + mu violation."""
        return self.value + penalty * self.violation

    def promised(self, step: np.ndarray, hessian: np.ndarray, penalty: float) -> float:
        """How far the merit falls along a step, by the model."""
        left = self._excess(self.residual + self.jacobian @ step)
        return float(-self.gradient @ step - 0.5 * step @ hessian @ step + penalty * (self.violation - left))

    def least_penalty(self, step: np.ndarray, hessian: np.ndarray) -> float:
        """mu with which a step towards the constraints lowers the merit by a third of what it gains there (18.36)."""
        gain = self.violation - self._excess(self.residual + self.jacobian @ step)
        rise = float(self.gradient @ step + 0.5 * step @ hessian @ step)
        return 1.5 * rise / gain if gain > 1e-12 else 0.0

    def multipliers(self, curvature: np.ndarray) -> np.ndarray:
        """lambda with g + B s + J^T lambda = 0 in the mean square, over the constraints that hold or are violated."""
        active = self.equal | (self.residual > -1e-6)
        result = np.zeros(len(self.residual))
        if active.any():
            found = np.linalg.lstsq(self.jacobian[active].T, -(self.gradient + curvature), rcond=None)[0]
            result[active] = np.where(self.equal[active], found, np.maximum(found, 0.0))
        return result

    def slope(self, multipliers: np.ndarray) -> np.ndarray:
        """Gradient of the Lagrangian."""
        return self.gradient + multipliers @ self.jacobian


def _model_step(problem: Problem, here: _Point, hessian: np.ndarray, radius: float) -> np.ndarray:
    """The model's minimum in the region; where the constraints cannot be met there, the step that comes nearest."""
    from scipy.optimize import Bounds, lsq_linear, minimize

    low, high = np.maximum(problem.lower - here.z, -radius), np.minimum(problem.upper - here.z, radius)
    kinds = (("eq", here.equal, 1.0), ("ineq", ~here.equal, -1.0))
    limits = [
        {
            "type": kind,
            "fun": lambda s, rows=rows, sign=sign: sign * (here.residual + here.jacobian @ s)[rows],
            "jac": lambda s, rows=rows, sign=sign: sign * here.jacobian[rows],
        }
        for kind, rows, sign in kinds
        if rows.any()
    ]
    # The model in units of its own first slope, so that SLSQP's tolerance means the same for every problem.
    scale = 1.0 / max(np.abs(here.gradient).max() * radius, 1e-300)
    found = minimize(
        lambda s: (scale * (here.gradient @ s + 0.5 * s @ hessian @ s), scale * (here.gradient + hessian @ s)),
        np.clip(np.zeros_like(low), low, high),
        jac=True,
        method="SLSQP",
        bounds=Bounds(low, high),  # type: ignore[arg-type]
        constraints=limits,
        options={"ftol": 1e-10, "maxiter": 200},
    )
    if found.success:
        return np.clip(found.x, low, high)
    unmet = here.equal | (here.residual > -1e-6)
    if not unmet.any():
        return np.clip(-here.gradient / np.abs(hessian).max(), low, high)
    wide = high > low
    step = np.zeros_like(low)
    step[wide] = lsq_linear(here.jacobian[unmet][:, wide], -here.residual[unmet], (low[wide], high[wide])).x
    return step


def _damped(hessian: np.ndarray, step: np.ndarray, change: np.ndarray) -> np.ndarray:
    """BFGS, its change of slope turned towards B s so that B stays positive (procedure 18.2)."""
    bent = hessian @ step
    curvature, along = float(step @ bent), float(step @ change)
    if not curvature > 0.0:
        return hessian
    theta = 1.0 if along >= 0.2 * curvature else 0.8 * curvature / (curvature - along)
    turned = theta * change + (1.0 - theta) * bent
    return hessian - np.outer(bent, bent) / curvature + np.outer(turned, turned) / float(step @ turned)
