"""Chains of translations, rotations and scales with their values as design variables, composed as in USD."""

import functools
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from ...errors import GeometryError
from ..triangles import TriangleMesh
from .deformation import gradient, variables


class TransformOp(ABC):
    """Transform M(v) acting on column vectors, with the allowed change of its values v."""

    name: str
    """Name of the op, such as `xformOp:translate`."""
    value: tuple[float, ...]
    """Original values v, shape (k,)."""
    reach: tuple[float, ...]
    """Largest change of each value, in its own unit; 0 fixes it."""

    @abstractmethod
    def matrix(self, v: np.ndarray) -> np.ndarray:
        """Matrix M(v), shape (4, 4)."""

    @abstractmethod
    def slopes(self, v: np.ndarray) -> np.ndarray:
        """Derivatives dM / dv, shape (k, 4, 4)."""


@final
@dataclass(frozen=True)
class Translate(TransformOp):
    """Translation p -> p + v, in units of the parent space."""

    name: str
    value: tuple[float, ...]
    reach: tuple[float, ...]

    def matrix(self, v):
        result = np.eye(4)
        result[:3, 3] = v
        return result

    def slopes(self, v):
        result = np.zeros((3, 4, 4))
        result[range(3), range(3), 3] = 1.0
        return result


@final
@dataclass(frozen=True)
class Scale(TransformOp):
    """Scaling p -> diag(v) p."""

    name: str
    value: tuple[float, ...]
    reach: tuple[float, ...]

    def __post_init__(self):
        if any(abs(v) <= reach for v, reach in zip(self.value, self.reach)):
            raise GeometryError(
                f"{self.name} = {self.value} may change by {self.reach}, but must keep its sign: lower its reach"
            )

    def matrix(self, v):
        return np.diag([*v, 1.0])

    def slopes(self, v):
        result = np.zeros((3, 4, 4))
        result[range(3), range(3), range(3)] = 1.0
        return result


@final
@dataclass(frozen=True)
class Rotate(TransformOp):
    """Rotation p -> R_c(v_c) R_b(v_b) R_a(v_a) p about the axes (a, b, c), the first axis first [degrees]."""

    name: str
    value: tuple[float, ...]
    """One angle per axis: a single one, or those about x, y and z, in this order."""
    reach: tuple[float, ...]
    axes: tuple[int, ...]
    """Axes in the order of rotation: (0, 1, 2) for USD's rotateXYZ, (2,) for rotateZ."""

    def matrix(self, v):
        return functools.reduce(lambda done, axis: self._turn(axis, v) @ done, self.axes, np.eye(4))

    def slopes(self, v):
        """Derivatives dR_a / dv = [e_a] R_a, since a rotation and its generator commute."""
        result = []
        for wanted in range(len(v)):
            done = np.eye(4)
            for axis in self.axes:
                turned = self._turn(axis, v) @ done
                done = math.radians(1.0) * _generator(axis) @ turned if self._place(axis) == wanted else turned
            result.append(done)
        return np.stack(result)

    def _place(self, axis: int) -> int:
        return 0 if len(self.axes) == 1 else axis

    def _turn(self, axis: int, v: np.ndarray) -> np.ndarray:
        angle, generator = math.radians(v[self._place(axis)]), _generator(axis)
        result = np.eye(4)
        result[:3, :3] += (math.sin(angle) * generator + (1.0 - math.cos(angle)) * generator @ generator)[:3, :3]
        return result


@final
@dataclass(frozen=True, eq=False)
class Held(TransformOp):
    """Transform without variables: a pivot and its inverse, a quaternion, a matrix."""

    name: str
    fixed: np.ndarray
    """Matrix M, shape (4, 4)."""
    value = ()
    reach = ()

    def matrix(self, v):
        return self.fixed

    def slopes(self, v):
        return np.zeros((0, 4, 4))


@dataclass(frozen=True, eq=False)
class TransformOps:
    """Deformation p = P M_1(x) ... M_k(x) C p_own; P (space around the prim) and C (transforms below it) are fixed.

    The mesh has the points P M_1(x_0) ... M_k(x_0) C p_own, so neither C nor p_own needs to be known:
    p = P M(x) M(x_0)^-1 P^-1 p_0. The variables are the values of all ops, in the units of the ops.

    Raises:
        GeometryError: if no value may change, or a transform is singular.
    """

    ops: tuple[TransformOp, ...]
    """Ops, outermost first as in `xformOpOrder`: the last one acts on a point first."""
    parent: np.ndarray
    """Matrix P to world metres, shape (4, 4)."""

    def __post_init__(self):
        if not any(reach > 0.0 for op in self.ops for reach in op.reach):
            raise GeometryError("no value of the ops may change, but at least 1 must: give one a reach above 0")
        start = self.parent @ chained([op.matrix(np.array(op.value)) for op in self.ops])
        if not abs(np.linalg.det(start[:3, :3])) > 1e-12 * np.abs(start[:3, :3]).max() ** 3:
            raise GeometryError("the transform is singular, but its determinant must not be 0: remove the zero scale")

    def bind(self, mesh: TriangleMesh) -> "BoundTransformOps":
        """Returns the ops on this mesh, whose points have the ops applied already."""
        return BoundTransformOps(self, mesh.points)

    def values(self, x: np.ndarray) -> dict[str, np.ndarray]:
        """Values of every op that has any, by name."""
        sizes = [len(op.value) for op in self.ops]
        parts = np.split(np.asarray(x), np.cumsum(sizes)[:-1])
        return {op.name: part for op, part in zip(self.ops, parts) if len(part)}


@final
@dataclass(frozen=True, eq=False)
class BoundTransformOps:
    """Ops on one mesh; created by `TransformOps.bind`."""

    option: TransformOps
    base: np.ndarray
    """Points of the mesh [m], shape (n, 3)."""

    @property
    def size(self) -> int:
        """Number of values of all ops."""
        return len(self.initial())

    def initial(self) -> np.ndarray:
        """Original values."""
        return np.array([v for op in self.option.ops for v in op.value])

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m], shape (n, 3); raises `GeometryError` if x has the wrong shape or is not finite."""
        moved = self.option.parent @ chained(self._matrices(x)) @ self._back
        return self.base @ moved[:3, :3].T + moved[:3, 3]

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """Gradient sum_i g_i . (dM/dx_k [p_i, 1]) = <dM/dx_k, sum_i g_i [p_i, 1]^T>, shape (size,)."""
        g = gradient(points_gradient, self.base.shape)
        moment = np.zeros((4, 4))
        moment[:3] = g.T @ np.column_stack([self.base, np.ones(len(self.base))])
        matrices, numbers = self._matrices(x), self._split(x)
        found = []
        for k, (op, v) in enumerate(zip(self.option.ops, numbers)):
            before, after = self.option.parent @ chained(matrices[:k]), chained(matrices[k + 1 :]) @ self._back
            found += [np.sum((before @ slope @ after) * moment) for slope in op.slopes(v)]
        return np.array(found)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Original values minus and plus their reach."""
        reach = np.array([r for op in self.option.ops for r in op.reach])
        return self.initial() - reach, self.initial() + reach

    @functools.cached_property
    def _back(self) -> np.ndarray:
        """Matrix M(x_0)^-1 P^-1."""
        start = chained([op.matrix(np.array(op.value)) for op in self.option.ops])
        return np.linalg.inv(self.option.parent @ start)

    def _split(self, x: np.ndarray) -> list[np.ndarray]:
        sizes = [len(op.value) for op in self.option.ops]
        return np.split(variables(x, self.size), np.cumsum(sizes)[:-1])

    def _matrices(self, x: np.ndarray) -> list[np.ndarray]:
        return [op.matrix(v) for op, v in zip(self.option.ops, self._split(x))]


def chained(matrices: list[np.ndarray]) -> np.ndarray:
    """Product of matrices in order, shape (4, 4)."""
    return functools.reduce(np.matmul, matrices, np.eye(4))


def _generator(axis: int) -> np.ndarray:
    """Generator [e] with [e] p = e x p, shape (4, 4)."""
    result = np.zeros((4, 4))
    i, j = (axis + 1) % 3, (axis + 2) % 3
    result[i, j], result[j, i] = -1.0, 1.0
    return result
