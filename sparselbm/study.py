"""Shape optimisation of a body in a tunnel: design variables -> flow -> drag -> gradient -> optimiser."""

import math
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import warp as wp

from .adjoint import Plan, Points, Steady, value_and_grad
from .flow import Progress, TunnelFlow
from .geometry import FFD, BoundDeformation, Deformation
from .optimize import SLSQP, BoundConstraint, Constraint, FixedVolume, Optimizer, OptimizeResult, Record, Stop, minimize
from .settle import Settle
from .tunnel import TunnelPlan

_REMEMBERED = 64
"""Gradients that are kept: optimisers accept designs after they have tried others."""


@dataclass(frozen=True, kw_only=True)
class DragStudy:
    """What to vary, under which constraints, how: the least drag coefficient of the tunnel's obstacle."""

    deformation: Deformation = field(default_factory=FFD)
    """Give it a `limit` [m] below half the spacing of its control points, and the surface cannot fold."""
    constraints: Sequence[Constraint] = (FixedVolume(),)
    optimizer: Optimizer = field(default_factory=SLSQP)
    stop: Stop = field(default_factory=lambda: Stop(iterations=10))
    settle: Settle | None = None
    """How a flow is brought to rest; None: the tunnel's own way. Each design starts from the flow of the last one."""
    gradient: Plan = field(default_factory=lambda: Steady(tolerance=0.05, flow_tolerance=math.inf))
    """`settle` judges the rest: sound, which hardly moves the drag, keeps the populations from theirs for long."""


@dataclass(frozen=True, eq=False)
class Iterate:
    """A design whose drag is known."""

    record: Record
    points: np.ndarray
    """The body's points [m], (n, 3)."""
    points_gradient: np.ndarray
    """d C_d / d points [1 / m], (n, 3)."""
    flow: TunnelFlow
    """The tunnel as the latest evaluation left it: of number 0 that of the start."""


@dataclass(eq=False)
class DragProblem:
    """A study bound to a tunnel: C_d(x) and its gradient. All is checked at once; the tunnel is built when called.

    Raises GeometryError, ConstraintError, TunnelError (memory) when made.
    """

    study: DragStudy
    plan: TunnelPlan
    device: wp.DeviceLike = None
    on_progress: Progress | None = None
    deformation: BoundDeformation = field(init=False)
    constraints: list[BoundConstraint] = field(init=False)

    def __post_init__(self):
        self.plan.require_memory(self.device, gradient=True)
        self.deformation = self.study.deformation.bind(self.plan.mesh)
        self.constraints = [c.bind(self.deformation, self.plan.mesh) for c in self.study.constraints]
        self._gradients: OrderedDict[bytes, np.ndarray] = OrderedDict()

    @cached_property
    def flow(self) -> TunnelFlow:
        """The tunnel, with the shape and the flow that it holds now."""
        return TunnelFlow(self.plan, self.study.settle, self.device, self.on_progress)

    def drag(self, x: np.ndarray) -> float:
        """C_d of a design, without gradient."""
        self.flow.move(self.deformation.points(x))
        return self.flow.drag()

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """C_d and d C_d / d x, (size,)."""
        drag = self.drag(x)
        report = self.flow.rated("gradient")
        force, (gradient,) = value_and_grad(
            self.plan.drag, self.flow.simulation, steps=1, wrt=(Points(self.plan.obstacle),),
            plan=self.study.gradient, on_back=lambda steps: report(steps, drag),
        )  # fmt: skip
        gradient = self.plan.drag_coefficient(1.0) * gradient
        self._gradients[x.tobytes()] = gradient
        if len(self._gradients) > _REMEMBERED:
            self._gradients.popitem(last=False)
        return self.plan.drag_coefficient(force), self.deformation.pullback(x, gradient)

    def minimize(self, on_iterate: Callable[[Iterate], None] | None = None) -> OptimizeResult:
        """Runs the optimiser; `on_iterate` is told of each iteration before the next begins."""

        def record(entry: Record) -> None:
            if on_iterate is not None:
                points = self.deformation.points(entry.x)
                unknown = np.full_like(points, np.nan)
                on_iterate(Iterate(entry, points, self._gradients.get(entry.x.tobytes(), unknown), self.flow))

        return minimize(
            self, self.deformation, optimizer=self.study.optimizer, constraints=self.constraints,
            stop=self.study.stop, on_iteration=record,
        )  # fmt: skip


@dataclass(frozen=True)
class SecondGrid:
    """Two shapes again, on other voxels."""

    voxel_size: float
    """[m]."""
    first: float
    """C_d of the shape as it was read."""
    best: float
    """C_d of the best shape."""

    @property
    def reduction(self) -> float:
        """1 - best / first."""
        return 1.0 - self.best / self.first


def on_second_grid(problem: DragProblem, x: np.ndarray, *, refinement: float = 1.25) -> SecondGrid:
    """C_d of the shape as it was read and of the design x, on voxels finer by `refinement`.

    Raises TunnelError when the finer tunnel does not fit in memory.
    """
    finer = problem.plan.refined(refinement)
    flow = TunnelFlow(finer, problem.study.settle, problem.device, problem.on_progress)
    first = flow.drag()
    flow.move(problem.deformation.points(x))
    return SecondGrid(finer.voxel_size, first, flow.drag())
