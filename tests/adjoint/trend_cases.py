"""Stokes flow past a body that swells, moves or bends over four cells, shared by the trend tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import warp as wp

from sparselbm.adjoint import Checkpointed, Deformed, Plan, Steady, value_and_grad
from sparselbm.domain import box
from sparselbm.evaluate import evaluate
from sparselbm.geometry import FFD, BoundDeformation, Fraction, FreeVertices, Rigid, TriangleMesh
from sparselbm.gradcheck import Trend, trend
from sparselbm.interpolated import LinkWall
from sparselbm.objective import Integral
from sparselbm.obstacle import Obstacle
from sparselbm.simulation import Simulation


def along_x(density, velocity):
    """The flow that a given force drives: its logarithm falls as the logarithm of drag / (mu U) rises."""
    return velocity[0]


FLOW = Integral(along_x)


@dataclass(frozen=True, eq=False)
class Shape:
    """A body, its variables, and a straight way through them, t in cells."""

    mesh: TriangleMesh
    deformation: BoundDeformation
    start: np.ndarray
    along: np.ndarray
    periodic: tuple[bool, ...]
    size: int
    """Cells along each axis."""

    def points(self, t: float) -> np.ndarray:
        return self.deformation.points(self.start + t * self.along)


def cylinder(radius: float, centre: Sequence[float], segments: int = 96) -> TriangleMesh:
    """A cylinder through the plane of a 2D domain, its ends far from that for any wall."""
    return TriangleMesh.cylinder(radius, (*centre, -14.0), (*centre, 15.0), segments)


def swelling(size: int = 40, smallest: float = 5.0) -> Shape:
    """A cylinder in a square array, R = 5 to 9."""
    mesh = cylinder(1.0, (size / 2 + 0.3, size / 2 + 0.4))
    deformation = Rigid(translate=False, scale=True, scale_limits=(0.1, 20.0)).bind(mesh)
    return Shape(mesh, deformation, np.array([smallest]), np.ones(1), (True, True), size)


def swelling_sphere() -> Shape:
    """A sphere in a simple cubic array of 24 cells, R = 4 to 8."""
    mesh = TriangleMesh.sphere(1.0, (12.3, 12.4, 11.8), 3)
    deformation = Rigid(translate=False, scale=True, scale_limits=(0.1, 20.0)).bind(mesh)
    return Shape(mesh, deformation, np.array([4.0]), np.ones(1), (True,) * 3, 24)


def moving(size: int = 40) -> Shape:
    """A cylinder of radius 5 between two walls, from 2 to 6 cells off the middle."""
    mesh = cylinder(5.0, (size / 2 + 0.3, size / 2 + 2.1))
    deformation = Rigid(translate=(False, True, False)).bind(mesh)
    return Shape(mesh, deformation, np.zeros(1), np.ones(1), (True, False), size)


def stretching(size: int = 40) -> Shape:
    """A cylinder of radius 6, the upper rows of its control points drawn out by 4 cells."""
    mesh = cylinder(6.0, (size / 2 + 0.3, size / 2 - 1.6))
    deformation = FFD((3, 3, 2)).bind(mesh)
    along = np.zeros((3, 3, 2, 3))
    along[:, 2, :, 1] = 1.0
    return Shape(mesh, deformation, deformation.initial(), along.reshape(-1), (True, True), size)


def blooming(size: int = 40) -> Shape:
    """A cylinder of radius 5 whose points move along their normals, by 4 cells in front and behind, by 2 above and below."""
    centre = np.array([size / 2 + 0.3, size / 2 + 0.4])
    mesh = cylinder(5.0, centre)
    deformation = FreeVertices(2.0).bind(mesh)
    out = mesh.points[:, :2] - centre
    length = np.linalg.norm(out, axis=1, keepdims=True)
    normal = np.where(length > 1e-9, out / np.maximum(length, 1e-9), 0.0)
    along = np.zeros_like(mesh.points)
    along[:, :2] = normal * (0.75 + 0.25 * (normal[:, :1] ** 2 - normal[:, 1:] ** 2))
    far = np.abs(deformation.points(along.reshape(-1)) - mesh.points).max()
    return Shape(mesh, deformation, deformation.initial(), along.reshape(-1) / far, (True, True), size)


@dataclass(eq=False)
class Sweep:
    """A shape by one kind of wall: the logarithm of the flow, and its gradient where the wall has one."""

    shape: Shape
    wall: Fraction | LinkWall
    device: str
    viscosity: float = 1 / 6
    precision: type = wp.float64
    steps: int = 8000

    def _simulation(self, t: float) -> Simulation:
        shape, nu = self.shape, self.viscosity
        d = len(shape.periodic)
        domain = box((shape.size,) * d, periodic=shape.periodic, device=self.device)
        return Simulation(
            domain, viscosity=nu, force=(1e-5 * nu, 0.0, 0.0)[:d], precision=self.precision,
            obstacles=(Obstacle("body", shape.mesh.with_points(shape.points(t)), self.wall),),
        )  # fmt: skip

    @cached_property
    def _moving(self) -> Simulation:
        return self._simulation(0.0)

    def by_fractions(self, t: np.ndarray) -> tuple[float, np.ndarray]:
        """log J(t) and its derivative; each flow starts from the last one."""
        simulation = self._moving
        simulation.geometry[0].move(self.shape.points(t[0]))
        simulation.update_geometry()
        return self._value_and_grad(simulation, t[0], self.steps, Steady(tolerance=2e-3, flow_tolerance=1e-2))

    def by_links(self, t: np.ndarray) -> tuple[float, np.ndarray]:
        """The same by walls on links, which are built anew for every place. Halfway has a gradient of 0 but for jumps."""
        assert isinstance(self.wall, LinkWall)
        simulation = self._simulation(t[0])
        if self.wall.follows:
            # Interpolation does not keep the mass, which drifts on in a flow that has come to rest: there is no fixed point.
            return self._value_and_grad(simulation, t[0], 2 * self.steps, Checkpointed())
        simulation.run(2 * self.steps)
        return float(np.log(evaluate(FLOW, simulation))), np.zeros(1)

    def _value_and_grad(self, simulation: Simulation, t: float, steps: int, plan: Plan):
        shape = self.shape
        flow, (gradient,) = value_and_grad(
            FLOW, simulation, steps=steps, wrt=[Deformed("body", shape.deformation, shape.start + t * shape.along)],
            plan=plan,
        )  # fmt: skip
        return float(np.log(flow)), np.array([gradient @ shape.along]) / flow

    def run(self, places: np.ndarray) -> Trend:
        one = self.by_links if isinstance(self.wall, LinkWall) else self.by_fractions
        return trend(one, np.zeros(1), np.ones(1), places)
