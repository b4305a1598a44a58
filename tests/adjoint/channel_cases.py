"""Small channels in which every input acts, and central differences, shared by the tests of gradients."""

import functools
from dataclasses import dataclass, field

import numpy as np
import warp as wp

from sparselbm.adjoint import Stored, Window, value_and_grad
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_view
from sparselbm.lattice import Lattice
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, FreeSlip, MovingWall, PressureOutlet, VelocityInlet
from sparselbm.models.collision import TRT, Collision
from sparselbm.observe import FlowRate, Force, Functional, Integral, PressureDrop, Torque
from sparselbm.observe.evaluation import Evaluation
from sparselbm.solver import Obstacle, Simulation
from sparselbm.trace.expression import sqrt


def some_function(rho, u):
    """A smooth h(rho, u) with every operation that an integrand may use, but `where`."""
    return rho**2 * u[0] / (1.0 + u[1] ** 2) + sqrt(rho) * (u[0] - u[1]) ** 2


def objectives(dimension: int) -> dict[str, Functional]:
    """One of each kind, chosen so that no input drops out."""
    return {
        "Force": Force("body", (1.0, 0.3, 0.1)[:dimension]),
        "Torque": Torque("body", (8.0, 5.5, 6.0)[:dimension], (0.2, 0.5, 1.0) if dimension == 3 else (0.0, 0.0, 1.0)),
        "FlowRate": FlowRate(axis=0, layer=14),
        "PressureDrop": PressureDrop(axis=0, upstream=2, downstream=16),
        "Integral": Integral(some_function),
    }


@functools.cache
def body(dimension: int) -> TriangleMesh:
    """A body of radius 3, about three cells from inlet and walls."""
    if dimension == 2:
        return TriangleMesh.cylinder(3.2, (9.3, 6.6, -6.0), (9.3, 6.6, 7.0), 24)
    return TriangleMesh.sphere(3.0, (9.3, 6.6, 5.9), 1)


def channel(device: str, lattice: Lattice, collision: Collision, precision: type = wp.float64, **options) -> Simulation:
    """Inlet, outlet, moving wall, free slip, walls at rest, a body, a force; no side is a multiple of 8 cells."""
    d = lattice.dimension
    return Simulation(
        box((20, 13, 11)[:d], device=device), lattice=lattice, collision=collision, viscosity=0.05, precision=precision,
        force=(1e-4, 2e-5, 3e-5)[:d], obstacles=(Obstacle("body", body(d)),),
        boundaries=(
            VelocityInlet(X_MIN, (0.05, 0.01, 0.005)[:d]), MovingWall(Y_MIN, (0.02, 0.0, 0.01)[:d]), FreeSlip(Y_MAX),
            PressureOutlet(X_MAX),
        ),
        **options,
    )


@dataclass
class Run:
    """A run of some steps from a kept start: the objectives' means over the last two states."""

    simulation: Simulation
    objectives: dict[str, Functional]
    steps: int = 24
    window: Window = field(default=Window(2))
    start: np.ndarray = field(init=False)

    def __post_init__(self):
        self.simulation.set_state(1.0, (0.05, 0.01, 0.005)[: self.simulation.lattice.dimension])
        self.simulation.run(3)
        self.start_here()
        self._evaluations = {}

    def start_here(self) -> None:
        """The present state becomes the start."""
        self.start = self.simulation.state.populations.numpy().copy()

    def values(self) -> np.ndarray:
        """All objectives, by plain forward steps."""
        self.simulation.state.populations.assign(self.start)
        self.simulation.state.steps = 0
        evaluations = [Evaluation(self.simulation, objective) for objective in self.objectives.values()]
        self.simulation.run(self.steps - self.window.steps)
        for _ in range(self.window.steps):
            self.simulation.run(1)
            for evaluation in evaluations:
                evaluation.add(self.simulation.state.populations, 1.0 / self.window.steps)
        return np.array([evaluation.take() for evaluation in evaluations])

    def value_and_grad(self, name: str, *wrt, method=Stored()):
        """One objective and its gradients, from the start."""
        self.simulation.state.populations.assign(self.start)
        return value_and_grad(
            self.objectives[name], self.simulation, steps=self.steps, window=self.window, wrt=wrt, method=method
        )

    def move_points(self, points: np.ndarray) -> None:
        self.simulation.solids.geometry[0].move(points)
        self.simulation.update_geometry()


@functools.cache
def channel_run(device: str, lattice: Lattice, collision: Collision = TRT()) -> Run:
    """The channel's run in fp64, shared by the tests of a session; each leaves its inputs as they were."""
    return Run(channel(device, lattice, collision), objectives(lattice.dimension))


def central(function, h: float) -> np.ndarray:
    """Derivative of function(t) at 0, error O(h^4)."""
    near, far = function(h) - function(-h), function(2 * h) - function(-2 * h)
    return (8.0 * near - far) / (12.0 * h)


def spread(run: Run, direction: np.ndarray) -> np.ndarray:
    """A direction in tile order, (n, size, cells), as the array the simulation holds, 0 outside the fluid."""
    return np.pad(direction * run.simulation.domain.fluid[:, None], ((0, 1), (0, 0), (0, 0)))


def fractions(run: Run) -> np.ndarray:
    return tile_view(run.simulation.domain, run.simulation.solids.fractions, 1)
