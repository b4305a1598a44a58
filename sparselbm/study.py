"""Shape optimisation of a body in a tunnel: design variables -> flow -> drag -> gradient -> optimiser."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter

import numpy as np
import warp as wp

from .adjoint import Plan, Points, Steady, value_and_grad
from .geometry import FFD, BoundDeformation, Deformation
from .optimize import SLSQP, BoundConstraint, Constraint, FixedVolume, Optimizer, OptimizeResult, Record, Stop, minimize
from .settle import Settle
from .simulation import Simulation
from .tunnel import TunnelPlan

Progress = Callable[[str, int, float, float], None]
"""Called with what is being done, the steps done of it, the drag coefficient so far and the rate [MLUPS]."""


@dataclass(frozen=True, kw_only=True)
class DragStudy:
    """What to vary, under which constraints, how: the least drag coefficient of the tunnel's obstacle.

    C_d = F . e / (1/2 rho u^2 A), with A the frontal area of the body as it was read.
    """

    deformation: Deformation = FFD()
    constraints: Sequence[Constraint] = (FixedVolume(),)
    optimizer: Optimizer = SLSQP()
    stop: Stop = Stop(iterations=10)
    settle: Settle = Settle()
    """How a flow is brought to rest; each design starts from the flow of the last one."""
    gradient: Plan = Steady(tolerance=1e-2)


@dataclass(frozen=True, eq=False)
class Iterate:
    """A design whose drag is known."""

    record: Record
    points: np.ndarray
    """The body's points [m], (n, 3)."""
    points_gradient: np.ndarray
    """d C_d / d points [1 / m], (n, 3)."""


@dataclass(eq=False)
class DragProblem:
    """A study bound to a tunnel: evaluates C_d and its gradient, and remembers the latest."""

    study: DragStudy
    plan: TunnelPlan
    simulation: Simulation
    on_progress: Progress | None = None
    deformation: BoundDeformation = field(init=False)
    constraints: list[BoundConstraint] = field(init=False)
    area: float = field(init=False)
    """A [m^2]."""
    points_gradient: np.ndarray = field(init=False)
    """d C_d / d points of the latest evaluation [1 / m], (n, 3)."""

    def __post_init__(self):
        mesh = self.plan.bodies[self.plan.obstacle]
        self.deformation = self.study.deformation.bind(mesh)
        self.constraints = [c.bind(self.deformation, mesh) for c in self.study.constraints]
        self.area = self.plan.frontal_area(self.simulation)

    def move(self, points: np.ndarray) -> None:
        """Puts the body's points into the simulation."""
        for geometry in self.simulation.geometry:
            if geometry.name == self.plan.obstacle:
                geometry.move(points)
        self.simulation.update_geometry()

    def settle(self) -> float:
        """Brings the flow around the present shape to rest; C_d."""
        began = perf_counter()

        def report(steps: int, force: float) -> None:
            if self.on_progress is not None:
                rate = steps * self.plan.cells / (perf_counter() - began) * 1e-6
                self.on_progress("flow", steps, self.plan.drag_coefficient(force, self.area), rate)

        settled = self.study.settle.run(self.simulation, self.plan.drag, report)
        return self.plan.drag_coefficient(settled.value, self.area)

    def __call__(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """C_d and d C_d / d x."""
        self.move(self.deformation.points(x))
        drag = self.settle()
        if self.on_progress is not None:
            self.on_progress("gradient", 0, drag, 0.0)
        force, (gradient,) = value_and_grad(
            self.plan.drag, self.simulation, steps=0, wrt=(Points(self.plan.obstacle),), plan=self.study.gradient
        )
        self.points_gradient = self.plan.drag_coefficient(1.0, self.area) * gradient
        return self.plan.drag_coefficient(force, self.area), self.deformation.pullback(x, self.points_gradient)

    def minimize(self, on_iterate: Callable[[Iterate], None] | None = None) -> OptimizeResult:
        """Runs the optimiser; `on_iterate` is told of each iteration before the next begins."""

        def record(entry: Record) -> None:
            if on_iterate is not None:
                on_iterate(Iterate(entry, self.deformation.points(entry.x), self.points_gradient))

        return minimize(
            self, self.deformation, optimizer=self.study.optimizer, constraints=self.constraints,
            stop=self.study.stop, on_iteration=record,
        )  # fmt: skip


@dataclass(frozen=True)
class SecondGrid:
    """The first and the best shape again on other voxels."""

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


def on_second_grid(
    plan: TunnelPlan, shapes: Sequence[np.ndarray], *, area: float, settle: Settle, device: wp.DeviceLike = None,
    refinement: float = 1.25, on_progress: Progress | None = None,
) -> SecondGrid:  # fmt: skip
    """C_d of two shapes (points [m]) on voxels finer by `refinement`, in the same units of reference."""
    tunnel = replace(plan.tunnel, voxel_size=plan.tunnel.voxel_size / refinement)
    drag = []
    for points in shapes:
        bodies = {**plan.bodies, plan.obstacle: plan.bodies[plan.obstacle].with_points(points)}
        finer = TunnelPlan(tunnel, bodies, plan.obstacle, plan.reference or plan.bodies[plan.obstacle])
        problem = DragProblem(DragStudy(constraints=(), settle=settle), finer, finer.build(device), on_progress)
        problem.area = area
        drag.append(problem.settle())
    return SecondGrid(tunnel.voxel_size, *drag)
