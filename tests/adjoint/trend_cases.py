"""Stokes flow past a body that swells, moves or bends over four cells, shared by the trend tests."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import warp as wp

from sparselbm.adjoint import AdjointMethod, Checkpointed, Deformed, Steady, value_and_grad
from sparselbm.design.gradcheck import Trend, trend
from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.geometry.deformation import FFD, BoundDeformation, FreeVertices, Rigid
from sparselbm.grid.build import box
from sparselbm.models.wall import BounceBack
from sparselbm.observe import Integral, evaluate
from sparselbm.solver import Obstacle, Simulation


def along_x(density, velocity):
    """The flow that a given force drives: its logarithm falls as the logarithm of drag / (mu U) rises."""
    return velocity[0]


FLOW = Integral(along_x)


@dataclass(frozen=True, eq=False)
class Shape:
    """A body, its variables, and a straight way through them, t in cells."""

    mesh: TriangleMesh
    deformation: BoundDeformation
    along: np.ndarray
    periodic: tuple[bool, ...]
    size: int
    """Cells along each axis."""

    def variables(self, t: float) -> np.ndarray:
        return self.deformation.initial() + t * self.along

    def points(self, t: float) -> np.ndarray:
        return self.deformation.points(self.variables(t))


@dataclass(frozen=True)
class Round:
    """A round body in its box: a cylinder through a plane, or a sphere; its centre off the middle of any cell."""

    dimension: int
    size: int
    """Cells along each axis, enough for the body at its largest."""

    def mesh(self, radius: float, aside: float = 0.0) -> TriangleMesh:
        """`aside`: cells above the middle."""
        x, y, z = self.size / 2 + 0.3, self.size / 2 + 0.4 + aside, self.size / 2 - 0.2
        if self.dimension == 3:
            return TriangleMesh.sphere(radius, (x, y, z))
        # Its ends far from the plane for any wall.
        return TriangleMesh.cylinder(radius, (x, y, -14.0), (x, y, 15.0), 96)

    def shape(self, mesh: TriangleMesh, deformation: BoundDeformation, along: np.ndarray, walls: bool = False) -> Shape:
        """`walls`: above and below."""
        periodic = (True, not walls, True)[: self.dimension]
        return Shape(mesh, deformation, along, periodic, self.size)


CYLINDER, SPHERE = Round(2, 40), Round(3, 32)


def swelling(body: Round) -> Shape:
    """In a periodic array, R = 5 to 9."""
    mesh = body.mesh(5.0)
    return body.shape(mesh, Rigid(translate=False, scale=True).bind(mesh), np.array([0.2]))


def moving(body: Round) -> Shape:
    """R = 5, between two walls, from 2 to 6 cells off the middle."""
    mesh = body.mesh(5.0, 1.7)
    return body.shape(mesh, Rigid(translate=(False, True, False)).bind(mesh), np.ones(1), walls=True)


def stretching(body: Round) -> Shape:
    """R = 6, the upper rows of its control points drawn out by 4 cells."""
    mesh, lattice = body.mesh(6.0, -2.0), (3, 3, body.dimension)
    along = np.zeros((*lattice, 3))
    along[:, 2, :, 1] = 1.0
    return body.shape(mesh, FFD(lattice).bind(mesh), along.reshape(-1))


def blooming(body: Round) -> Shape:
    """R = 5; its points move along their normals, by 4 cells in front and behind, by 2 on the other sides."""
    mesh = body.mesh(5.0)
    deformation, out = FreeVertices(2.0).bind(mesh), mesh.points - mesh.centroid
    out[:, body.dimension :] = 0.0
    length = np.linalg.norm(out, axis=1, keepdims=True)
    normal = np.where(length > 1e-9, out / np.maximum(length, 1e-9), 0.0)
    along = (normal * (0.5 + 0.5 * normal[:, :1] ** 2)).reshape(-1)
    far = np.abs(deformation.points(along) - mesh.points).max()
    return body.shape(mesh, deformation, along / far)


@dataclass(eq=False)
class Sweep:
    """A shape by one kind of wall: the logarithm of the flow, and its gradient where the wall has one."""

    shape: Shape
    wall: SolidFraction | BounceBack
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
        )

    @cached_property
    def _moving(self) -> Simulation:
        """The flow at the first place, at rest: from there on it is never far from its own."""
        simulation = self._simulation(0.0)
        simulation.run(self.steps)
        return simulation

    def by_fractions(self, t: np.ndarray) -> tuple[float, np.ndarray]:
        """log J(t) and its derivative; each flow starts from the last one."""
        simulation = self._moving
        simulation.solids.geometry[0].move(self.shape.points(t[0]))
        simulation.update_geometry()
        return self._value_and_grad(simulation, t[0], self.steps, Steady(tolerance=2e-3, flow_tolerance=1e-2))

    def by_links(self, t: np.ndarray) -> tuple[float, np.ndarray]:
        """The same by walls on links, which are built anew for every place. Halfway has a gradient of 0 but for jumps."""
        assert isinstance(self.wall, BounceBack)
        simulation = self._simulation(t[0])
        if self.wall.resolves_position:
            # Interpolation does not keep the mass, which drifts on in a flow that has come to rest: there is no fixed point.
            return self._value_and_grad(simulation, t[0], 2 * self.steps, Checkpointed())
        simulation.run(2 * self.steps)
        return float(np.log(evaluate(FLOW, simulation))), np.zeros(1)

    def _value_and_grad(self, simulation: Simulation, t: float, steps: int, method: AdjointMethod):
        shape = self.shape
        flow, (gradient,) = value_and_grad(
            FLOW, simulation, steps=steps, wrt=[Deformed("body", shape.deformation, shape.variables(t))],
            method=method,
        )
        return float(np.log(flow)), np.array([gradient @ shape.along]) / flow

    def run(self, places: np.ndarray) -> Trend:
        one = self.by_links if isinstance(self.wall, BounceBack) else self.by_fractions
        return trend(one, np.zeros(1), np.ones(1), places)
