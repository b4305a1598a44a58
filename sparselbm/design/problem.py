"""Design problem: design variables -> flows -> objective and constraints -> gradients -> optimiser."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from functools import partial

import numpy as np

from ..adjoint import AdjointMethod, Steady
from ..errors import ConstraintError
from ..estimate.memory import shortage
from ..files.restarts import NoRestarts, Restarts
from ..flows import Flow, FlowCoefficient, FlowSetup, ProgressCallback, SteadyRun
from ..models.wall import BounceBack
from ..observe import Functional
from .constraint import BoundConstraint, Constraint, FixedVolume
from .constraint.aggregate import Aggregate, Mean
from .cross_check import CrossCheck, CrossChecker, CrossCheckResult
from .defect_correction import DefectCorrection, DefectCorrectionResult, Defects
from .flow_constraint import FlowConstraint
from .journal import Journal
from .operating_point import OperatingPoint, Solution
from .optimizer import SLSQP, DesignRecord, Optimizer, OptimizeResult, StoppingCriteria, minimize
from .optimizer.rounds import Rounds
from .variables.shape import ShapeVariables
from .variables.variables import BoundVariables, DesignVariables
from .wall_values import WallValues

_REMEMBERED = 64
"""Number of designs whose gradients are stored: optimisers accept designs after trying others."""
_LARGEST_DENSE = 1000
"""Number of variables up to which a step of SLSQP costs less than the flow."""


@dataclass(frozen=True, eq=False)
class Iterate:
    """A design whose objective is known."""

    record: DesignRecord
    states: tuple[np.ndarray, ...]
    """States of the first flow that the variables determine: of a shape, its points [m], (n, 3)."""
    gradients: tuple[np.ndarray, ...]
    """Gradients of the objective of the first flow with respect to these; NaN if they are not known any more."""
    flow: Flow
    """First flow after the latest evaluation; for iteration 0, after that of the start."""


@dataclass(eq=False)
class DesignProblem:
    """Minimises an objective J(x) of one or several flows over design variables x. A flow is built when J is first evaluated.

    With several set-ups (speeds, angles, viscosities) J is an aggregate of their objectives; all of them are in memory at once.
    An angle of attack is a tunnel around the body rotated the other way: see `geometry.deformation.Turned`.

    Raises the errors of the set-ups (such as WindTunnelError), ConstraintError and GeometryError at construction.
    """

    setups: FlowSetup | Sequence[FlowSetup]
    """Set-up of the flow, or one per operating point."""
    variables: DesignVariables | Sequence[DesignVariables] = field(default_factory=ShapeVariables)
    """Design variables, or one value per operating point; all have the same size, start and bounds."""
    _: KW_ONLY
    objective: Functional | Sequence[Functional] | None = None
    """Observable that is minimised, or one per operating point; None: that of the set-up, such as C_d of a wind tunnel."""
    constraints: Sequence[Constraint | FlowConstraint] = (FixedVolume(),)
    """Constraints on the shape, and on each flow; each flow constraint costs one adjoint solution per evaluation."""
    weights: Sequence[float] | None = None
    """One weight per operating point, above 0; None: equal weights. Only their ratios matter."""
    aggregate: Aggregate = field(default_factory=Mean)
    """Aggregate of the objectives: `Mean`, `MeanAndDeviation` or `Worst`, from `sparselbm.design.constraint.aggregate`."""
    method: AdjointMethod = field(default_factory=lambda: Steady(tolerance=0.05, flow_tolerance=math.inf))
    """Adjoint method. `steady_run` decides on convergence: sound hardly affects the drag, but decays slowly."""
    optimizer: Optimizer = field(default_factory=SLSQP)
    stop: StoppingCriteria = field(default_factory=lambda: StoppingCriteria(iterations=10))
    steady_run: SteadyRun | None = None
    """Convergence criterion of the flows; None: that of each set-up. Each design starts from the flow of the last one."""
    verify: CrossCheck | None = field(default_factory=CrossCheck)
    """Cross-check with another wall model: its values are reported (see `DefectCorrection`), and designs that exploit the wall
    model of the optimisation are rejected; None: no check, and values of the optimisation's own wall."""
    on_progress: ProgressCallback | None = None
    restarts: Restarts = field(default_factory=NoRestarts)
    """Where `minimize` stores the optimisation and its flows, so that it can be resumed."""
    operating_points: list[OperatingPoint] = field(init=False)
    """Flows with their variables and observables."""
    bound_constraints: list[BoundConstraint] = field(init=False)
    """Constraints as functions of x: of the variables, of the shape, of the flows."""
    checks: list[CrossCheckResult] = field(init=False, default_factory=list)
    """Results of the cross-checks made by `minimize`, one per flow and design."""
    corrections: list[DefectCorrectionResult] = field(init=False, default_factory=list)
    """Objective with both wall models at the start of `minimize` and at the best design of each round."""

    def __post_init__(self):
        self._journal = Journal()
        setups = (self.setups,) if isinstance(self.setups, FlowSetup) else tuple(self.setups)
        self.shares = _shares(self.weights, len(setups))
        flow_constraints = [each for each in self.constraints if isinstance(each, FlowConstraint)]
        for each in flow_constraints:
            each.require()
        for setup in setups:
            # The flow of the cross-check exists when no adjoint does, and needs no more memory than that.
            setup.check(gradient=True)
            if self.verify:
                setup.require_rebuild()
        _require_memory(setups)
        objectives = [wanted or _default_of(setup) for wanted, setup in zip(_each(self.objective, len(setups)), setups)]
        self.operating_points = [
            OperatingPoint(
                setup, variables.bind(setup), [objective, *(each.observable(setup) for each in flow_constraints)], self.method,
                self.steady_run, self._report, f"flow {number}", self._journal,
            )
            for number, (setup, variables, objective) in enumerate(
                zip(setups, _each(self.variables, len(setups)), objectives), start=1
            )
        ]
        first = self.first.variables
        _require_same([point.variables for point in self.operating_points])
        if isinstance(self.optimizer, SLSQP) and first.size > _LARGEST_DENSE:
            raise ConstraintError(
                f"SLSQP with {first.size} variables needs a dense matrix of {first.size}^2 entries (limit {_LARGEST_DENSE} "
                "variables): use Adam(), MMA(first_curvature=1e-3), or fewer variables"
            )
        self.bound_constraints = first.own_constraints()
        self.bound_constraints += [first.constrained(each) for each in self.constraints if isinstance(each, Constraint)]
        self.bound_constraints += [
            self._bound(point, k, each) for point in range(len(setups)) for k, each in enumerate(flow_constraints, start=1)
        ]
        self._solutions: OrderedDict[bytes, list[Solution]] = OrderedDict()
        self._values: dict[bytes, np.ndarray] = {}
        self._unasked: bytes | None = None
        self._defects = Defects(len(setups), len(flow_constraints))
        self._tolerances = np.array([each.tolerance for each in flow_constraints])

    @property
    def first(self) -> OperatingPoint:
        """First operating point."""
        return self.operating_points[0]

    @property
    def flow(self) -> Flow:
        """Flow of the first operating point with its current design, built on first use."""
        return self.first.flow

    @property
    def objective_name(self) -> str:
        """Name of the objective."""
        return "drag coefficient" if self.minimises_drag else type(self.first.objective).__name__

    @property
    def gradient_error(self) -> float | None:
        """Largest estimated error of the stored gradients, relative to the largest number of each; None: exact to rounding."""
        known = [each.gradient_error for found in self._solutions.values() for each in found]
        return max((error for error in known if error is not None), default=None)

    @property
    def minimises_drag(self) -> bool:
        """Whether the objective is the drag coefficient of a wind tunnel."""
        objective = self.first.objective
        return isinstance(objective, FlowCoefficient) and objective == self.first.setup.default_objective

    @property
    def reported_wall(self) -> BounceBack | None:
        """Wall model whose values are reported; None: that of the set-up."""
        return self.verify.wall if self.verify and self.verify.correction else None

    def value(self, x: np.ndarray) -> float:
        """J of a design, without gradient, corrected by the latest defects of `minimize`. Raises SimulationError if a flow
        diverges."""
        return self._aggregated(np.array([point.value(x) for point in self.operating_points]))

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """J and d J / d x, (size,), corrected by the latest defects of `minimize`."""
        key = x.tobytes()
        known = self._solutions[key] if key == self._unasked else self._solve(x)
        self._unasked = None
        values = self._values[key]
        slope = self.aggregate.gradient(values + self._defects.of_objectives, self.shares)
        return self._aggregated(values), slope @ np.stack([each.gradients[0] for each in known])

    def values_at(self, x: np.ndarray) -> np.ndarray:
        """Objective of each operating point at a design that has been evaluated, without correction, (k,)."""
        return self._values[x.tobytes()]

    def minimize(
        self, on_iterate: Callable[[Iterate], None] | None = None, *, start: np.ndarray | None = None
    ) -> OptimizeResult:
        """Runs the optimiser; `on_iterate` is called with each iteration before the next begins.

        `start`: first design, (size,); None: that of the variables. A design that `verify` rejects ends the run, with `stopped`
        "refused" and the reason as message; the result is then the last design that was confirmed, or the start.
        """
        variables, others = self.first.variables, WallValues(self.verify.wall, self.operating_points) if self.verify else None
        checker = CrossChecker(self.verify, others) if self.verify and others else None
        self.checks, self.corrections = checker.found if checker else [], []
        self._defects.clear()
        self._journal.begin(self.restarts)

        def record(entry: DesignRecord) -> None:
            if on_iterate is not None:
                on_iterate(self._iterate(entry))
            if checker:
                checker.watch(entry, self.values_at(entry.x))

        rounds = Rounds(self._minimized, self.stop, record)
        start = variables.initial() if start is None else start
        if self.verify is None or checker is None or others is None:
            return rounds.next(start)
        if self.verify.correction is None:
            return checker.confirmed(rounds.next(start), lambda entry: self.values_at(entry.x))
        correct = partial(self._correct, self.verify.correction, others)
        correct(start)
        # A constant does not move the minimum of one flow, or of a mean.
        moves = len(self._tolerances) or not isinstance(self.aggregate, Mean)
        count = self.verify.correction.rounds if moves else 1
        result = rounds.next(start, count)
        try:
            return self._converged(result, rounds, checker, correct, count)
        except KeyboardInterrupt:
            return replace(result, stopped="interrupted", message="interrupted during the evaluation with the other wall")

    def _converged(
        self, result: OptimizeResult, rounds: Rounds, checker: CrossChecker, correct: Callable[[np.ndarray], bool], count: int
    ) -> OptimizeResult:
        """Runs the rounds after the first, at most `count` in all, until the defects have settled; returns the confirmed design
        with the other wall's values."""
        corrected = None
        for left in range(count - 1, 0, -1):
            if result.stopped not in ("converged", "failed", "iterations") or rounds.left is None:
                break
            corrected, ended = result.x, result.stopped != "iterations"
            if correct(result.x) and ended:
                break
            result = rounds.next(result.x, left)
        result = checker.confirmed(result, lambda entry: self.values_at(entry.x))
        if result.stopped == "interrupted":
            return result
        if corrected is None or not np.array_equal(corrected, result.x):
            correct(result.x)
        values = {each.name: np.asarray(each.value(result.x)) for each in self.bound_constraints}
        feasible = all(each.violation(values[each.name]) <= each.tolerance for each in self.bound_constraints)
        objective = self._aggregated(self.values_at(result.x))
        return replace(result, objective=objective, constraints=values, feasible=feasible)

    def _correct(self, correction: DefectCorrection, others: WallValues, x: np.ndarray) -> bool:
        """Evaluates the defects at a design; returns whether they have settled, so that no further round is needed."""
        own, other = np.stack([each.values for each in self._known(x)]), others(x)
        self._unasked = x.tobytes()  # A round may begin with this design.
        before = self._aggregated(own[:, 0])
        change = self._defects.update(own, other)
        after = self._aggregated(own[:, 0])
        settled = bool((np.abs(change[:, 1:]) <= self._tolerances).all())
        if not isinstance(self.aggregate, Mean):
            settled &= abs(after - before) <= correction.tolerance * abs(after)
        one, another = (self.aggregate.value(values[:, 0], self.shares) for values in (own, other))
        self.corrections.append(DefectCorrectionResult(one, another, settled))
        return settled

    def _minimized(self, start, stop, on_iteration) -> OptimizeResult:
        return minimize(
            self, start, optimizer=self.optimizer, constraints=self.bound_constraints, bounds=self.first.variables.bounds(),
            stop=stop, on_iteration=on_iteration, clock=self._journal.clock,
        )

    def _iterate(self, entry: DesignRecord) -> Iterate:
        states, known = self.first.variables.states(entry.x), self._solutions.get(entry.x.tobytes())
        unknown = tuple(np.full_like(state, np.nan) for state in states)
        return Iterate(entry, states, unknown if known is None else known[0].state_gradients, self.flow)

    def _aggregated(self, values: np.ndarray) -> float:
        return self.aggregate.value(values + self._defects.of_objectives, self.shares)

    def _report(self, phase: str, steps: int, value: float, speed: float) -> None:
        if self.on_progress is not None:
            self.on_progress(phase, steps, value, speed)

    def _bound(self, point: int, k: int, limit: FlowConstraint) -> BoundConstraint:
        name = limit.name if point == 0 else f"{limit.name}_{point + 1}"
        return BoundConstraint(
            name, np.array([limit.lower]), np.array([limit.upper]),
            lambda x: self._known(x)[point].values[[k]] + self._defects.of_constraint(point, k),
            lambda x: self._known(x)[point].gradients[[k]], limit.tolerance,
        )

    def _known(self, x: np.ndarray) -> list[Solution]:
        """Solutions for a constraint, which may be evaluated before the objective."""
        if x.tobytes() not in self._solutions:
            self._solve(x)
            self._unasked = x.tobytes()
        return self._solutions[x.tobytes()]

    def _solve(self, x: np.ndarray) -> list[Solution]:
        found = [point.solve(x) for point in self.operating_points]
        self._solutions[x.tobytes()] = found
        self._values[x.tobytes()] = np.array([each.values[0] for each in found])
        if len(self._solutions) > _REMEMBERED:
            self._solutions.popitem(last=False)
        return found


def _require_memory(setups: Sequence[FlowSetup]) -> None:
    """Raises an error of a set-up if all flows and the largest adjoint do not fit in memory together."""
    needed = sum(setup.memory for setup in setups) + max(setup.gradient_memory - setup.memory for setup in setups)
    found = shortage(f"{len(setups)} flows", needed, setups[0].voxel_size, setups[0].device)
    if found:
        raise setups[0].memory_error(found)


def _each(value, count: int) -> Sequence:
    """One value per operating point. Raises ConstraintError for a sequence of another length."""
    if not isinstance(value, (list, tuple)):
        return [value] * count
    if len(value) != count:
        raise ConstraintError(f"there are {len(value)} values for {count} set-ups: pass one per set-up, or a single one for all")
    return value


def _shares(weights: Sequence[float] | None, count: int) -> np.ndarray:
    found = np.ones(count) if weights is None else np.asarray(weights, np.float64)
    if count == 0 or found.shape != (count,) or not (found > 0.0).all():
        raise ConstraintError(
            f"there are {count} set-ups with the weights {weights}: pass at least 1 set-up, and a weight above 0 for each"
        )
    return found / found.sum()


def _default_of(setup: FlowSetup) -> Functional:
    if setup.default_objective is None:
        raise ConstraintError(
            f"the objective is None, and {type(setup).__name__} has no default one: pass an observable, such as PowerLoss()"
        )
    return setup.default_objective


def _require_same(variables: Sequence[BoundVariables]) -> None:
    first = variables[0]
    for other in variables[1:]:
        same = other.size == first.size and np.array_equal(other.initial(), first.initial())
        if not same or not np.array_equal(other.bounds(), first.bounds()):
            raise ConstraintError(
                f"the operating points have {first.size} and {other.size} variables, or different starts or bounds: pass the "
                "same variables for all"
            )
