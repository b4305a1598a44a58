"""What a deformation of a mesh is: design variables x -> points, and its transposed derivative."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, final, runtime_checkable

import numpy as np

from ...errors import GeometryError
from ..triangles import TriangleMesh


@runtime_checkable
class BoundDeformation(Protocol):
    """A deformation of one mesh: a smooth map from design variables x (size,) to points (n, 3) [m]."""

    @property
    def size(self) -> int:
        """Number of design variables."""
        ...

    def initial(self) -> np.ndarray:
        """The variables that leave the mesh as it is, shape (size,)."""
        ...

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m] for the variables x, shape (n, 3)."""
        ...

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """Gradient in x, J(x)^T g, from the gradient g in the points, shape (n, 3); shape (size,)."""
        ...

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of the variables, two arrays of shape (size,), infinite for none."""
        ...


@runtime_checkable
class Deformation(Protocol):
    """Design variables of a mesh: an option value."""

    def bind(self, mesh: TriangleMesh) -> BoundDeformation:
        """The deformation of this mesh; costly work, such as a factorisation, is done here once."""
        ...


@final
@dataclass(frozen=True, eq=False)
class LinearDeformation:
    """points = base + A x: every bound deformation that is linear; x = 0 is the mesh as it is."""

    base: np.ndarray
    """Points of the mesh [m], shape (n, 3)."""
    size: int
    """Number of design variables."""
    forward: Callable[[np.ndarray], np.ndarray]
    """x (size,) -> displacements A x [m], shape (n, 3)."""
    backward: Callable[[np.ndarray], np.ndarray]
    """g (n, 3) -> A^T g, shape (size,)."""
    limit: float
    """Largest size of a variable [m], infinite for none."""

    def initial(self) -> np.ndarray:
        """Zeros, shape (size,)."""
        return np.zeros(self.size)

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m], shape (n, 3); raises `GeometryError` where x has the wrong shape or is not finite."""
        return self.base + self.forward(variables(x, self.size))

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """A^T g, the same for every x, shape (size,)."""
        variables(x, self.size)
        return self.backward(gradient(points_gradient, self.base.shape))

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """-limit and limit for every variable [m]."""
        return np.full(self.size, -self.limit), np.full(self.size, self.limit)


def variables(x: np.ndarray, size: int) -> np.ndarray:
    """x as float64, shape (size,); `GeometryError` otherwise."""
    x = np.asarray(x, dtype=np.float64)
    if x.shape != (size,) or not np.isfinite(x).all():
        raise GeometryError(f"x has shape {x.shape}, it must be finite and of shape {(size,)}: start from `initial()`")
    return x


def gradient(g: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """g as float64 of the given shape; `GeometryError` otherwise."""
    g = np.asarray(g, dtype=np.float64)
    if g.shape != shape or not np.isfinite(g).all():
        raise GeometryError(
            f"the gradient in the points has shape {g.shape}, it must be finite and of shape {shape}: "
            "pass one row a point of the bound mesh"
        )
    return g


def require_limit(name: str, value: float) -> float:
    """The value as a float; `GeometryError` where it is not above 0 (infinity means no limit)."""
    if not value > 0.0:
        raise GeometryError(f"{name} is {value}, it must be above 0: use math.inf for no limit")
    return float(value)
