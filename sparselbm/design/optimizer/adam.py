"""Adam optimiser: no line search, so noise does little harm; constraints by an augmented Lagrangian."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..constraint.constraint import BoundConstraint
from .merge_equalities import is_linear_equality
from .optimizer import Optimizer, Outcome, has_stagnated
from .scaled_problem import ScaledProblem

# Bounds and equalities are enforced alternately, so their intersection is approached iteratively.
PROJECTIONS = 50
# A single small step is not a sign of convergence for an oscillating method.
STAGNATION_STEPS = 10


@dataclass(frozen=True, kw_only=True)
class Adam(Optimizer):
    """Adam (warp.optim) with steps clipped to the bounds and a cosine decay of the rate over the allowed iterations.

    Linear equalities are enforced by projecting each step. Other constraints enter the gradient by an augmented
    Lagrangian, f + sum of mu/2 |c + lambda/mu|^2 over equalities c and over violated inequalities; lambda increases by
    mu c every `multiplier_steps`.

    Source: Kingma & Ba, Adam (2015); Nocedal & Wright, Numerical Optimization (2006), section 17.3.
    """

    rate: float = 0.02
    """First step of a scaled variable."""
    betas: tuple[float, float] = (0.9, 0.99)
    """Decay rates of the averages of the gradient and of its square."""
    penalty: float = 30.0
    """Penalty mu, in units of |grad f| / |grad c| at the start; without multipliers c would end at about 1 / penalty."""
    multiplier_steps: int = 10
    """Steps between two updates of the multipliers."""

    def check(self, constraints: Sequence[BoundConstraint]) -> None:
        """Accepts all constraints."""

    def run(self, problem: ScaledProblem) -> Outcome:
        """Minimise."""
        import warp as wp
        from warp.optim import Adam as WarpAdam

        z = problem.start.copy()
        parameters = wp.array(z, dtype=wp.float32, device="cpu")
        stepper = WarpAdam([parameters], lr=self.rate, betas=self.betas)
        multipliers = _Multipliers(problem, self.penalty)
        for step in range(problem.stop.iterations + 1):
            _, gradient = problem.evaluate(z)
            problem.accept(z)
            if has_stagnated(problem, STAGNATION_STEPS):
                return Outcome(True, f"the objective changed by less than tolerance over {STAGNATION_STEPS} steps.")
            if step and step % self.multiplier_steps == 0:
                multipliers.update(z)
            slope = gradient + multipliers.gradient(z)
            stepper.lr = self.rate * 0.5 * (1.0 + math.cos(math.pi * step / (problem.stop.iterations + 1)))
            stepper.step([wp.array(slope, dtype=wp.float32, device="cpu")])
            z = _projected(problem, parameters.numpy().astype(np.float64))
            parameters.assign(z.astype(np.float32))
        return Outcome(False, "all steps are done.")


def _projected(problem: ScaledProblem, z: np.ndarray) -> np.ndarray:
    """Nearest z that satisfies the bounds and the linear equalities, whose rows are orthonormal."""
    held = [k for k, each in enumerate(problem.constraints) if is_linear_equality(each)]
    for _ in range(PROJECTIONS if held else 0):
        for k in held:
            z = z - (problem.values(k, z) @ problem.jacobian(k, z))
        if (z >= problem.lower).all() and (z <= problem.upper).all():
            return z
        z = np.clip(z, problem.lower, problem.upper)
    return np.clip(z, problem.lower, problem.upper)


class _Multipliers:
    """Multipliers lambda and the gradient of the augmented terms."""

    def __init__(self, problem: ScaledProblem, penalty: float) -> None:
        self._problem = problem
        self._pushing = [k for k, each in enumerate(problem.constraints) if not is_linear_equality(each)]
        self._penalties = [penalty * _steepness(problem, k) for k in range(len(problem.constraints))]
        self._values = [np.zeros((2, len(each.lower))) for each in problem.constraints]

    def gradient(self, z: np.ndarray) -> np.ndarray:
        """Gradient d/dz of the augmented terms, (free,)."""
        total = np.zeros_like(z)
        for k in self._pushing:
            below, above = self._forces(k, z)
            total += (above - below) @ self._problem.jacobian(k, z)
        return total

    def update(self, z: np.ndarray) -> None:
        """Sets lambda to the current force of the constraint."""
        self._values = [self._forces(k, z) for k in range(len(self._values))]

    def _forces(self, k: int, z: np.ndarray) -> np.ndarray:
        """Forces max(0, lambda + mu c) for lower and upper limit, (2, k); both act for an equality."""
        bound, values = self._problem.constraints[k], self._problem.values(k, z)
        excess = np.stack([bound.lower - values, values - bound.upper])
        return np.maximum(self._values[k] + self._penalties[k] * np.nan_to_num(excess, neginf=-1e300), 0.0)


def _steepness(problem: ScaledProblem, k: int) -> float:
    """Ratio |grad f| / |grad c| at the start; 1 if either is zero."""
    _, gradient = problem.evaluate(problem.start)
    objective, constraint = (
        np.abs(gradient).max(),
        np.abs(problem.jacobian(k, problem.start)).max(initial=0.0),
    )
    return float(objective / constraint) if objective > 0.0 and constraint > 0.0 else 1.0
