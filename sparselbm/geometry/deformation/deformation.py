"""Interfaces of mesh deformations: design variables x -> points, and the transposed derivative."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from ...errors import GeometryError
from ..triangles import TriangleMesh


@runtime_checkable
class BoundDeformation(Protocol):
    """Deformation of one mesh: a smooth map from design variables x (size,) to points (n, 3) [m]."""

    @property
    def size(self) -> int:
        """Number of design variables."""
        ...

    def initial(self) -> np.ndarray:
        """Variables that leave the mesh unchanged, shape (size,)."""
        ...

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m] for the variables x, shape (n, 3)."""
        ...

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """Gradient J(x)^T g with respect to x, shape (size,), from the gradient g with respect to the points, shape (n, 3)."""
        ...

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bounds of the variables, two arrays of shape (size,), infinite if unbounded."""
        ...


@runtime_checkable
class Deformation(Protocol):
    """Design variables of a mesh: an option value."""

    def bind(self, mesh: TriangleMesh) -> BoundDeformation:
        """Returns the deformation of this mesh; expensive work, such as a factorisation, is done here once."""
        ...


@final
@dataclass(frozen=True, eq=False)
class LinearDeformation:
    """Linear deformation points = base + A x; x = 0 leaves the mesh unchanged."""

    base: np.ndarray
    """Points of the mesh [m], shape (n, 3)."""
    size: int
    """Number of design variables."""
    forward: Callable[[np.ndarray], np.ndarray]
    """Function x (size,) -> displacements A x [m], shape (n, 3)."""
    backward: Callable[[np.ndarray], np.ndarray]
    """Function g (n, 3) -> A^T g, shape (size,)."""
    limit: float
    """Largest absolute value of a variable [m], infinite if unbounded."""

    def initial(self) -> np.ndarray:
        """Zeros, shape (size,)."""
        return np.zeros(self.size)

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m], shape (n, 3); raises `GeometryError` if x has the wrong shape or is not finite."""
        return self.base + self.forward(variables(x, self.size))

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """Gradient A^T g, independent of x, shape (size,)."""
        variables(x, self.size)
        return self.backward(gradient(points_gradient, self.base.shape))

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Bounds -limit and limit for every variable [m]."""
        return np.full(self.size, -self.limit), np.full(self.size, self.limit)


def variables(x: np.ndarray, size: int) -> np.ndarray:
    """Returns x as float64, shape (size,); raises `GeometryError` if this fails."""
    x = np.asarray(x, dtype=np.float64)
    if x.shape != (size,) or not np.isfinite(x).all():
        raise GeometryError(f"x has shape {x.shape}, but must be finite and of shape {(size,)}: start from `initial()`")
    return x


def gradient(g: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Returns g as float64 of the given shape; raises `GeometryError` if this fails."""
    g = np.asarray(g, dtype=np.float64)
    if g.shape != shape or not np.isfinite(g).all():
        raise GeometryError(
            f"the gradient in the points has shape {g.shape}, but must be finite and of shape {shape}: "
            "pass one row per point of the bound mesh"
        )
    return g


def require_limit(name: str, value: float) -> float:
    """Returns the value as a float; raises `GeometryError` if it is not above 0 (infinity means no limit)."""
    if not value > 0.0:
        raise GeometryError(f"{name} is {value}, but must be above 0: use math.inf for no limit")
    return float(value)
