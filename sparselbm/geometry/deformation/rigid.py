"""Rigid motion and scaling of a body."""

import math
from dataclasses import dataclass
from typing import final

import numpy as np

from ...errors import GeometryError
from ..triangles import TriangleMesh
from .deformation import gradient, require_limit, variables

Axes = tuple[bool, bool, bool]


@dataclass(frozen=True)
class Rigid:
    """Rigid motion and scaling p = c + t + R(r) S (p0 - c), about the centroid c of the surface.

    Variables, in this order: translation t [m] along the free axes, rotation vector r [rad] about the free axes,
    factors of S along x, y, z (or one factor, with `uniform`). A 2D body rotates about z only:
    `Rigid(translate=(True, True, False), rotate=(False, False, True))`.

    Raises:
        GeometryError: if nothing is free, or a limit is out of range.
    """

    translate: bool | Axes = True
    """Whether the body may translate, for all axes or for x, y, z."""
    rotate: bool | Axes = False
    """Whether the body may rotate, for all axes or about x, y, z."""
    scale: bool = False
    """Whether the body may change size."""
    uniform: bool = True
    """Whether one factor applies to all axes."""
    max_translation: float = math.inf
    """Limit of each component of t [m]."""
    max_rotation: float = math.pi
    """Limit of each component of r [rad]."""
    scale_limits: tuple[float, float] = (0.5, 2.0)
    """Limits of the factors."""

    def __post_init__(self):
        require_limit("max_translation", self.max_translation)
        require_limit("max_rotation", self.max_rotation)
        low, high = self.scale_limits
        if not 0.0 < low <= 1.0 <= high:
            raise GeometryError(f"scale_limits are {self.scale_limits}, but must be above 0 and include 1: widen them")
        if not (any(_axes(self.translate)) or any(_axes(self.rotate)) or self.scale):
            raise GeometryError(
                "translate, rotate and scale are all off, but at least 1 must be on: enable one of them"
            )

    def bind(self, mesh: TriangleMesh) -> "BoundRigid":
        """Returns the motion of this mesh about its centroid."""
        return BoundRigid(self, mesh.points, mesh.centroid)


@final
@dataclass(frozen=True, eq=False)
class BoundRigid:
    """Rigid motion of one mesh; created by `Rigid.bind`."""

    option: Rigid
    """Free components and their limits."""
    base: np.ndarray
    """Points of the mesh [m], shape (n, 3)."""
    centre: np.ndarray
    """Centroid of the surface [m], shape (3,)."""

    @property
    def size(self) -> int:
        """Number of free components."""
        return int(self._free().sum())

    def initial(self) -> np.ndarray:
        """No translation, no rotation, factors 1."""
        return np.repeat([0.0, 0.0, 1.0], 3)[self._free()]

    def points(self, x: np.ndarray) -> np.ndarray:
        """Points [m], shape (n, 3); raises `GeometryError` if x has the wrong shape or is not finite."""
        t, r, s = self._split(x)
        return self.centre + t + (s * (self.base - self.centre)) @ rotation(r).T

    def pullback(self, x: np.ndarray, points_gradient: np.ndarray) -> np.ndarray:
        """Gradient J^T g: sum g for t; J_l(r)^T sum u x g for r, with u = R S (p0 - c); sum (p0 - c)_i (R^T g)_i for the
        factors.

        J_l is the left Jacobian of the rotation: d(R u) = (J_l dr) x (R u).
        """
        g = gradient(points_gradient, self.base.shape)
        _, r, s = self._split(x)
        arm, turn = self.base - self.centre, rotation(r)
        torque = np.cross((s * arm) @ turn.T, g).sum(axis=0)
        stretch = (arm * (g @ turn)).sum(axis=0)
        if self.option.uniform:
            stretch = np.array([stretch.sum(), 0.0, 0.0])
        return np.concatenate([g.sum(axis=0), left_jacobian(r).T @ torque, stretch])[self._free()]

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Limits of the option, two arrays of shape (size,)."""
        low, high = self.option.scale_limits
        reach, turn = self.option.max_translation, self.option.max_rotation
        free = self._free()
        return np.repeat([-reach, -turn, low], 3)[free], np.repeat([reach, turn, high], 3)[free]

    def _free(self) -> np.ndarray:
        factors = (self.option.scale, *(2 * [self.option.scale and not self.option.uniform]))
        return np.array([*_axes(self.option.translate), *_axes(self.option.rotate), *factors])

    def _split(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Translation, rotation vector and the three factors."""
        full = np.repeat([0.0, 0.0, 1.0], 3)
        full[self._free()] = variables(x, self.size)
        factors = np.full(3, full[6]) if self.option.uniform else full[6:]
        return full[:3], full[3:6], factors


def rotation(r: np.ndarray) -> np.ndarray:
    """Rotation matrix R = I + sin(a)/a [r] + (1 - cos a)/a^2 [r]^2 about r by the angle a = |r| [rad] (Rodrigues)."""
    k = _cross_matrix(r)
    a = np.linalg.norm(r)
    return np.eye(3) + np.sinc(a / np.pi) * k + 0.5 * np.sinc(0.5 * a / np.pi) ** 2 * (k @ k)


def left_jacobian(r: np.ndarray) -> np.ndarray:
    """Left Jacobian J_l = I + (1 - cos a)/a^2 [r] + (a - sin a)/a^3 [r]^2, with a = |r|.

    Source: Sola, Deray and Atchuthan, A micro Lie theory for state estimation in robotics (2018), eq. 145.
    """
    k = _cross_matrix(r)
    a = np.linalg.norm(r)
    third = (a - math.sin(a)) / a**3 if a > 0.05 else 1.0 / 6.0 - a**2 / 120.0 + a**4 / 5040.0 - a**6 / 362880.0
    return np.eye(3) + 0.5 * np.sinc(0.5 * a / np.pi) ** 2 * k + third * (k @ k)


def _cross_matrix(r: np.ndarray) -> np.ndarray:
    return np.array([[0.0, -r[2], r[1]], [r[2], 0.0, -r[0]], [-r[1], r[0], 0.0]])


def _axes(free: bool | Axes) -> Axes:
    return (free, free, free) if isinstance(free, bool) else free
