"""What an optimisation needs to know of a deformed shape, whoever builds it."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np


@runtime_checkable
class BoundDeformation(Protocol):
    """Design variables x (size,) -> mesh points (n, 3) [m]."""

    @property
    def size(self) -> int:
        """Number of design variables."""
        ...

    def initial(self) -> np.ndarray:
        """Design variables of the shape as it was read, shape (size,)."""
        ...

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points of the deformed mesh [m], shape (n, 3), float64."""
        ...

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """J^T g with J = d points / d x, for g (n, 3); shape (size,)."""
        ...

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of x, each (size,)."""
        ...


class Triangles(Protocol):
    """A triangle mesh."""

    @property
    def points(self) -> np.ndarray:
        """Shape (n, 3), float64 [m]."""
        ...

    @property
    def faces(self) -> np.ndarray:
        """Shape (m, 3), int32."""
        ...
