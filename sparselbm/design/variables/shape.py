"""Shape of a body as design variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ...adjoint import Points
from ...flows import Flow, FlowSetup
from ...geometry import TriangleMesh
from ...geometry.deformation import FFD, BoundDeformation, Deformation
from ...models.wall import BounceBack
from ..constraint import BoundConstraint, Constraint
from .variables import BoundVariables, DesignVariables


@dataclass(frozen=True)
class ShapeVariables(DesignVariables):
    """Variables of a deformation of the obstacle: points p(x).

    A `limit` [m] of the deformation below half the spacing of its control points prevents folds of the surface.
    """

    deformation: Deformation = field(default_factory=FFD)

    def bind(self, setup: FlowSetup) -> BoundShape:
        """Returns the variables. Raises an error of the set-up if the obstacle cannot be moved, and GeometryError."""
        mesh = setup.require_movable()
        return BoundShape(setup.obstacle, mesh, self.deformation.bind(mesh), setup.voxel_size)


@dataclass(frozen=True, eq=False)
class BoundShape(BoundVariables):
    """Shape of the obstacle of a flow."""

    obstacle: str
    mesh: TriangleMesh
    """Undeformed surface."""
    deformation: BoundDeformation
    voxel_size: float
    """Edge of a cell [m]."""

    @property
    def size(self) -> int:
        return self.deformation.size

    @property
    def targets(self) -> tuple[Points]:
        return (Points(self.obstacle),)

    def initial(self) -> np.ndarray:
        return self.deformation.initial()

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return self.deformation.bounds()

    def states(self, x: np.ndarray) -> tuple[np.ndarray]:
        """Points of the surface [m], (n, 3)."""
        return (self.deformation.points(x),)

    def pullback(self, x: np.ndarray, gradients: Sequence[np.ndarray]) -> np.ndarray:
        (of_points,) = gradients
        return self.deformation.pullback(x, of_points)

    def apply(self, flow: Flow, x: np.ndarray) -> None:
        flow.move(self.deformation.points(x))

    def build(self, setup: FlowSetup, x: np.ndarray, wall: BounceBack) -> Flow:
        return setup.build(wall=wall, points=self.deformation.points(x))

    def own_constraints(self) -> list[BoundConstraint]:
        return []

    def constrained(self, constraint: Constraint) -> BoundConstraint:
        return constraint.bind(self.deformation, self.mesh)

    def on_grid(self, setup: FlowSetup) -> BoundShape:
        """Returns the same deformation, which does not depend on the grid."""
        return BoundShape(setup.obstacle, self.mesh, self.deformation, setup.voxel_size)

    def unit_step(self, x: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Direction scaled so that the farthest point moves by one cell, to first order."""
        small = 1e-6 * direction / np.linalg.norm(direction)
        points = self.deformation.points
        moved = np.linalg.norm(points(x + small) - points(x - small), axis=1).max() / 2.0
        return small * (self.voxel_size / moved)
