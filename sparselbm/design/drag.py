"""Shape optimisation of a body in a tunnel: design variables -> flow -> objective -> gradient -> optimiser."""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import warp as wp

from ..adjoint import AdjointMethod, Points, Steady, value_and_grad
from ..flows import ProgressCallback, SteadyRun, WindTunnelRun, WindTunnelSetup
from ..geometry.deformation import FFD, BoundDeformation, Deformation
from ..observe import Observable
from .constraint import BoundConstraint, Constraint, FixedVolume
from .cross_check import CrossCheck, CrossChecker, CrossCheckResult
from .flow_constraint import FlowConstraint
from .optimizer import SLSQP, DesignRecord, Optimizer, OptimizeResult, StoppingCriteria, minimize

_REMEMBERED = 64
"""Number of designs whose gradients are stored: optimisers accept designs after trying others."""


@dataclass(frozen=True, kw_only=True)
class DragStudy:
    """Objective, design variables, constraints and method of an optimisation of the tunnel's obstacle."""

    objective: Observable | None = None
    """What is minimised, in lattice units, or times `coefficient(setup)` where it has this method; None: C_d."""
    deformation: Deformation = field(default_factory=FFD)
    """Deformation; a `limit` [m] below half the spacing of its control points prevents folds of the surface."""
    constraints: Sequence[Constraint | FlowConstraint] = (FixedVolume(),)
    """Constraints on the shape and on the flow; each flow constraint costs one adjoint per evaluation."""
    optimizer: Optimizer = field(default_factory=SLSQP)
    stop: StoppingCriteria = field(default_factory=lambda: StoppingCriteria(iterations=10))
    steady_run: SteadyRun | None = None
    """How a flow is run to steady state; None: the tunnel's own way. Each design starts from the flow of the last one."""
    gradient: AdjointMethod = field(default_factory=lambda: Steady(tolerance=0.05, flow_tolerance=math.inf))
    """Adjoint method. `steady_run` decides on convergence: sound hardly affects the drag, but decays slowly."""
    cross_check: CrossCheck | None = field(default_factory=CrossCheck)
    """Cross-check with another wall model, to detect designs that exploit the wall model; None: no check."""


@dataclass(frozen=True, eq=False)
class Iterate:
    """A design whose objective is known."""

    record: DesignRecord
    points: np.ndarray
    """Points of the body [m], (n, 3)."""
    points_gradient: np.ndarray
    """d J / d points [1 / m], (n, 3)."""
    flow: WindTunnelRun
    """Tunnel after the latest evaluation; for iteration 0, after that of the start."""


@dataclass(frozen=True, eq=False)
class _Solution:
    """Results of one evaluation."""

    objective: float
    gradient: np.ndarray
    """d J / d x, (size,)."""
    points_gradient: np.ndarray
    """d J / d points [1 / m], (n, 3)."""
    limits: np.ndarray
    """Coefficients of the flow constraints, (k,)."""
    limits_gradient: np.ndarray
    """Gradients of these with respect to x, (k, size)."""


@dataclass(eq=False)
class DragProblem:
    """A study bound to a tunnel: the objective J(x), by default C_d, and its gradient. The tunnel is built when it is called.

    Raises GeometryError, ConstraintError, WindTunnelError (memory, limits) at construction.
    """

    study: DragStudy
    plan: WindTunnelSetup
    device: wp.DeviceLike = None
    on_progress: ProgressCallback | None = None
    deformation: BoundDeformation = field(init=False)
    constraints: list[BoundConstraint] = field(init=False)
    checks: list[CrossCheckResult] = field(init=False, default_factory=list)
    """Results of the cross-checks made by `minimize`: see `CrossCheck`."""

    def __post_init__(self):
        self.plan.require_movable()
        # The flow of the cross-check exists when no adjoint does, and needs no more memory than that.
        self.plan.require_memory(self.device, gradient=True)
        self.deformation = self.study.deformation.bind(self.plan.mesh)
        shape = [c for c in self.study.constraints if isinstance(c, Constraint)]
        self.limits = [c for c in self.study.constraints if isinstance(c, FlowConstraint)]
        self.constraints = [c.bind(self.deformation, self.plan.mesh) for c in shape]
        self.constraints += [self._bound(k, limit) for k, limit in enumerate(self.limits)]
        wanted = self.study.objective
        self.observable = self.plan.drag if wanted is None else wanted
        self.factor = self.plan.drag_coefficient(1.0) if wanted is None else _coefficient(wanted, self.plan)
        self.objective_name = "drag coefficient" if wanted is None else type(wanted).__name__
        self._solutions: OrderedDict[bytes, _Solution] = OrderedDict()
        self._unasked: bytes | None = None

    @cached_property
    def flow(self) -> WindTunnelRun:
        """The tunnel, with the shape and the flow that it holds now."""
        return self.flow_on(self.plan)

    def flow_on(self, plan: WindTunnelSetup) -> WindTunnelRun:
        """A tunnel that measures this objective, such as one on a finer grid."""
        objective = self.study.objective
        factor = 1.0 if objective is None else _coefficient(objective, plan)
        return WindTunnelRun(
            plan, self.study.steady_run, self.device, self.on_progress, objective=objective, factor=factor
        )

    def value(self, x: np.ndarray) -> float:
        """J of a design, without gradient."""
        self.flow.move(self.deformation.points(x))
        return self.flow.value()

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """J and d J / d x, (size,)."""
        known = self._solutions[x.tobytes()] if x.tobytes() == self._unasked else self._solve(x)
        self._unasked = None
        return known.objective, known.gradient

    def _bound(self, k: int, limit: FlowConstraint) -> BoundConstraint:
        limit.require()
        lower, upper = np.array([limit.lower]), np.array([limit.upper])

        def value(x: np.ndarray) -> np.ndarray:
            return self._known(x).limits[[k]]

        def jacobian(x: np.ndarray) -> np.ndarray:
            return self._known(x).limits_gradient[[k]]

        return BoundConstraint(limit.name, lower, upper, value, jacobian, limit.tolerance)

    def _known(self, x: np.ndarray) -> _Solution:
        """Solution for a constraint, which may be evaluated before the objective."""
        if x.tobytes() not in self._solutions:
            self._solve(x)
            self._unasked = x.tobytes()
        return self._solutions[x.tobytes()]

    def _solve(self, x: np.ndarray) -> _Solution:
        report, settled = self.flow.rated, self.value(x)
        progress = report("gradient")
        measured = [(self.observable, self.factor)]
        measured += [(limit.objective(self.plan), limit.coefficient(self.plan)) for limit in self.limits]
        values, gradients = [], []
        for objective, coefficient in measured:
            value, (gradient,) = value_and_grad(
                objective, self.flow.simulation, steps=1, wrt=(Points(self.plan.obstacle),),
                method=self.study.gradient, on_back=lambda steps: progress(steps, settled),
            )
            values.append(coefficient * value)
            gradients.append(coefficient * gradient)
        in_x = np.stack([self.deformation.pullback(x, gradient) for gradient in gradients])
        solution = _Solution(values[0], in_x[0], gradients[0], np.array(values[1:]), in_x[1:])
        self._solutions[x.tobytes()] = solution
        if len(self._solutions) > _REMEMBERED:
            self._solutions.popitem(last=False)
        return solution

    def minimize(self, on_iterate: Callable[[Iterate], None] | None = None) -> OptimizeResult:
        """Runs the optimiser; `on_iterate` is called with each iteration before the next begins.

        A design that `DragStudy.cross_check` refuses ends it, with `stopped` "refused" and the reason as message; the result
        is then the last design that was confirmed, or the start.
        """
        cross_check = self.study.cross_check
        cross_checker = CrossChecker(cross_check, [self.flow], [self.deformation]) if cross_check else None
        self.checks = cross_checker.found if cross_checker else []

        def record(entry: DesignRecord) -> None:
            if on_iterate is not None:
                points = self.deformation.points(entry.x)
                known = self._solutions.get(entry.x.tobytes())
                gradient = np.full_like(points, np.nan) if known is None else known.points_gradient
                on_iterate(Iterate(entry, points, gradient, self.flow))
            if cross_checker:
                cross_checker.watch(entry, [entry.objective])

        result = minimize(
            self, self.deformation, optimizer=self.study.optimizer, constraints=self.constraints,
            stop=self.study.stop, on_iteration=record,
        )
        return cross_checker.confirmed(result, lambda entry: [entry.objective]) if cross_checker else result


def _coefficient(objective: Observable, plan: WindTunnelSetup) -> float:
    """Value per lattice unit of an objective: its own `coefficient(setup)`, or 1."""
    coefficient = getattr(objective, "coefficient", None)
    return 1.0 if coefficient is None else float(coefficient(plan))


@dataclass(frozen=True)
class GridCheck:
    """First and best shape evaluated again on another grid."""

    voxel_size: float
    """[m]."""
    first: float
    """J of the shape as it was read."""
    best: float
    """J of the best shape."""

    @property
    def reduction(self) -> float:
        """(first - best) / abs(first)."""
        return (self.first - self.best) / abs(self.first)


def grid_check(problem: DragProblem, x: np.ndarray, *, refinement: float = 1.25) -> GridCheck:
    """J of the shape as it was read and of the design x, on a grid refined by `refinement`.

    Raises WindTunnelError if the finer tunnel does not fit in memory.
    """
    finer = problem.plan.refined(refinement)
    flow = problem.flow_on(finer)
    first = flow.value()
    flow.move(problem.deformation.points(x))
    return GridCheck(finer.voxel_size, first, flow.value())
