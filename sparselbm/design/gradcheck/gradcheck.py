"""Gradient checks of a design problem, with the user's own flow and design variables."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property

import numpy as np

from ...adjoint import value_and_grad
from ...errors import GradcheckError
from ...flows import Flow
from ...observe import evaluate
from ..operating_point import OperatingPoint
from ..problem import DesignProblem
from .check import Check
from .differences import DirectionalDifference, difference
from .dot_product import dot_product
from .taylor import Taylor, median_order, taylor
from .trend import MIN_SAMPLES, Trend, trend

_TAYLOR = 3.2e-2 * 0.5 ** np.arange(5)
"""Steps of the Taylor test [cells], so long that the second-order remainder exceeds the kinks (see `median_order`). Measured on
four grids with an ellipsoid, the order is 2.01 to 2.11, and 1.0 to 1.2 for a gradient that is wrong by 2 %. At steps of 1e-3
cells the remainder, 1e-4 of the change, is smaller than the kinks."""

_ORDER = (1.8, 2.2)
"""Limits of the order."""

_ASIDE, _PLACES = 0.1, 7
"""Offset of the Taylor test's designs [cells] and their number: a mesh that is symmetric to the grid has kinks exactly at
its position, and each design may meet others (see `median_order`)."""


@dataclass(eq=False)
class GradcheckReport:
    """Results of the checks."""

    checks: list[Check] = field(default_factory=list)
    taylor: Taylor | None = None
    differences: list[DirectionalDifference] = field(default_factory=list)
    trend: Trend | None = None
    """Trend over positions in cells."""

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    def to_json(self) -> dict:
        """Returns all results as plain values."""
        arrays = {"taylor": self.taylor, "trend": self.trend}
        return {
            "passed": self.passed, "checks": [{**asdict(c), "passed": c.passed} for c in self.checks],
            "differences": [asdict(d) for d in self.differences],
            **{
                name: {key: np.asarray(value).tolist() for key, value in vars(part).items() if key in part.__dataclass_fields__}
                for name, part in arrays.items() if part is not None
            },
        }


@dataclass(frozen=True, kw_only=True)
class Gradcheck:
    """Options of the gradient check of a problem with one operating point.

    Directions are scaled to a unit step of the variables: the farthest point of a body moves by one cell. Taylor test and dot
    product need values exact to rounding: they run on the same flow in fp64, over its first `steps` steps. Differences and
    trend use the steady flow, whose objective is only known to the tolerance of `SteadyRun`: this uncertainty is added to the
    limit of a difference, and reported.
    """

    steps: int = 40
    """Steps of the exact run; 0 omits Taylor test and dot product."""
    directions: int = 2
    """Random directions for differences, in addition to the steepest one; 0 omits differences."""
    samples: int = 9
    """Samples of the sweep; 0 omits the trend."""
    cells: float = 4.0
    """Length of the sweep along the gradient [cells]; less if the bounds of the variables are closer."""
    half_width: float = 0.5
    """Half the width of a difference [cells]."""
    seed: int = 0

    def __post_init__(self):
        if self.samples and self.samples < MIN_SAMPLES:
            raise GradcheckError(f"samples is {self.samples}: pass at least {MIN_SAMPLES}, or 0 to omit the trend")
        for name in ("steps", "directions"):
            if getattr(self, name) < 0:
                raise GradcheckError(f"{name} is {getattr(self, name)}: it must be at least 0")
        for name in ("cells", "half_width"):
            if not getattr(self, name) > 0:
                raise GradcheckError(f"{name} is {getattr(self, name)}: it must be above 0")

    def run(self, problem: DesignProblem, on_check: Callable[[Check], None] | None = None) -> GradcheckReport:
        """Runs the checks, the quick ones first; `on_check` is called with each. Raises the errors of a run.

        Raises GradcheckError for several operating points.
        """
        if len(problem.operating_points) > 1:
            raise GradcheckError(
                f"the problem has {len(problem.operating_points)} operating points, but gradients are checked for 1: pass a "
                "problem of each of them in turn"
            )
        report = _Work(self, problem, on_check or (lambda check: None))
        if self.steps:
            report.exact()
        if self.directions or self.samples:
            report.steady()
        return report.found


@dataclass(eq=False)
class _Work:
    option: Gradcheck
    problem: DesignProblem
    on_check: Callable[[Check], None]
    found: GradcheckReport = field(default_factory=GradcheckReport)
    _change: float = 0.0

    def _add(self, name: str, value: float, low: float, high: float, remark: str) -> None:
        self.found.checks.append(Check(name, float(value), float(low), float(high), remark))
        self.on_check(self.found.checks[-1])

    def exact(self) -> None:
        """Runs Taylor test and dot product, in fp64."""
        run = _ExactRun(self.problem.first, self.option.steps)
        start, rng = self.problem.first.variables.initial(), np.random.default_rng(self.option.seed)
        aside = [(start + _ASIDE * self._random(start, rng), self._random(start, rng)) for _ in range(_PLACES)]
        tests = [taylor(run.value, run.value_and_grad, x, direction, _TAYLOR) for x, direction in aside]
        self.found.taylor = found = sorted(tests, key=lambda one: one.order)[_PLACES // 2]
        order, kinks = median_order(tests)
        self._add(
            "Taylor: order of the remainder", order, *_ORDER,
            f"{self.option.steps} steps in fp64, median between neighbouring steps in {_PLACES} random directions; slope "
            f"{found.slope:.3e} per cell, remainders {found.remainders[0]:.1e} to {found.remainders[-1]:.1e}; "
            f"{kinks:.0%} of the orders are away from 2, by kinks of the solid fraction",
        )
        products = dot_product(run.flow.simulation, amplitude=1e-6, seed=self.option.seed)
        self._add(
            "dot product: relative error", products.error, 0.0, 1e-8,
            f"one step in fp64: {products.forward:.9g} forward, {products.backward:.9g} backward",
        )

    def steady(self) -> None:
        """Runs differences and trend on the steady flow."""
        x = self.problem.first.variables.initial()
        objective, gradient = self._value_and_gradient(x)
        steepest = self.problem.first.variables.unit_step(x, gradient)
        if self.option.directions:
            rng = np.random.default_rng(self.option.seed)
            names = ["steepest", *(f"random {k + 1}" for k in range(self.option.directions))]
            along = [steepest, *(self._random(x, rng) for _ in names[1:])]
            for name, direction in zip(names, along, strict=True):
                self._difference(name, x, objective, gradient, direction)
        if self.option.samples:
            self._trend(x, steepest)
        if (error := self.problem.gradient_error) is not None:
            self._add("gradient: estimated error", error, 0.0, 0.05, "of the largest number, by the iterations of the adjoint")
        self._add(
            "flows: largest change at the end", self._change, 0.0, self._tolerance, "of the objective, over the last interval"
        )

    @property
    def _tolerance(self) -> float:
        """Convergence tolerance of the flows."""
        first = self.problem.first
        return (first.steady_run or first.setup.steady_run).tolerance

    def _value(self, x: np.ndarray) -> float:
        found = self.problem.value(x)
        self._record_change()
        return found

    def _value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        found = self.problem(x)
        self._record_change()
        return found

    def _record_change(self) -> None:
        """Records how far the flow of the last evaluation was from convergence."""
        steady = self.problem.flow.steady
        # After a single interval the change is unknown (NaN) and counts as 1.
        self._change = max(self._change, steady.change if steady and math.isfinite(steady.change) else 1.0)

    def _difference(self, name: str, x: np.ndarray, objective: float, gradient: np.ndarray, direction: np.ndarray) -> None:
        h = min(self.option.half_width, *_room(self.problem, x, direction))
        one = difference(self._value, gradient, x, direction, h, uncertainty=self._tolerance * abs(objective))
        self.found.differences.append(one)
        usual = float(np.linalg.norm(gradient) * np.linalg.norm(direction)) / math.sqrt(x.size)
        size = max(abs(one.by_differences), usual)
        self._add(
            f"difference, {name}: error", abs(one.by_gradient - one.by_differences) / size, 0.0, 0.1 + one.noise / size,
            f"gradient {one.by_gradient:+.4e}, difference {one.by_differences:+.4e} per cell over {2 * h:.2g} cells; "
            f"noise {one.noise / size:.1%}",
        )

    def _trend(self, x: np.ndarray, steepest: np.ndarray) -> None:
        below, above = (min(room, self.option.cells / 2.0) for room in _room(self.problem, x, steepest))
        places = np.linspace(-below, above, self.option.samples)
        self.found.trend = found = trend(self._value_and_gradient, x, steepest, places)
        reached = f"over {below + above:.2g} cells along the gradient"
        self._add("trend: mean of gradient / trend", 1.0 + found.deviation.mean(), 0.95, 1.05, reached)
        self._add("trend: largest deviation", float(np.abs(found.deviation).max()), 0.0, 0.15, "of the steepest trend")
        self._add("trend: roughness of the objective", found.roughness, 0.0, 2e-3, "distance from the cubic")

    def _random(self, x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        return self.problem.first.variables.unit_step(x, rng.standard_normal(x.size))


def _room(problem: DesignProblem, x: np.ndarray, direction: np.ndarray) -> tuple[float, float]:
    """Largest steps of x against and along a direction within the bounds of the variables."""
    low, high = problem.first.variables.bounds()
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (low - x) / direction, (high - x) / direction
    ahead = np.where(direction > 0.0, to_high, to_low)[direction != 0.0].min()
    behind = -np.where(direction > 0.0, to_low, to_high)[direction != 0.0].max()
    return float(behind), float(ahead)


@dataclass(eq=False)
class _ExactRun:
    """Objective after a fixed number of fp64 steps from the initial state, in lattice units: a smooth function of x."""

    point: OperatingPoint
    steps: int

    @cached_property
    def flow(self) -> Flow:
        twin = self.point.setup.in_double_precision()
        twin.require_memory(gradient=True)
        return twin.build()

    @cached_property
    def _start(self) -> np.ndarray:
        return self.flow.simulation.state.populations.numpy().copy()

    def _begin(self, x: np.ndarray) -> None:
        start, simulation = self._start, self.flow.simulation
        self.point.variables.apply(self.flow, x)
        simulation.state.populations.assign(start)
        simulation.state.steps = 0

    def value(self, x: np.ndarray) -> float:
        self._begin(x)
        self.flow.simulation.run(self.steps)
        return evaluate(self.point.objective, self.flow.simulation)

    def value_and_grad(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        self._begin(x)
        variables = self.point.variables
        value, of_states = value_and_grad(self.point.objective, self.flow.simulation, steps=self.steps, wrt=variables.targets)
        self.flow.simulation.check_stability()
        return value, variables.pullback(x, of_states)
