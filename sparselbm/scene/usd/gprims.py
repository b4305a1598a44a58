"""Tessellation of USD's analytic shapes. All except the cube and the plane are closed surfaces of revolution.

Corners are on the true surface, so that the volume converges from below with an error of O(1 / segments^2).
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.scene.usd import attributes
from sparselbm.scene.usd.polygons import triangulate

if TYPE_CHECKING:
    from pxr import Usd

TYPES = ("Sphere", "Cube", "Cylinder", "Capsule", "Cone", "Cylinder_1", "Capsule_1", "Plane")
"""Gprims that are read: all but the plane, which is a rectangle, as closed surfaces."""


@dataclass(frozen=True)
class Gprim:
    """Parameters of a gprim; equal shapes are tessellated once."""

    kind: str
    """One of `TYPES`."""
    bottom: float = 0.0
    """Radius at the lower end; edge length of a cube, width of a plane."""
    top: float = 0.0
    """Radius at the upper end; length of a plane."""
    height: float = 0.0
    """Height of the straight part."""
    axis: str = "Z"
    """Axis from the lower to the upper end; normal of a plane."""

    @classmethod
    def of(cls, prim: Usd.Prim, time: Usd.TimeCode) -> Gprim:
        """Returns the shape of a prim of `TYPES`, in its own units. Raises SceneError for an invalid length or axis."""
        kind = prim.GetTypeName()
        low, high = _ENDS[kind]
        bottom = attributes.length(prim, low, time)
        top = attributes.length(prim, high, time) if high else 0.0
        if kind in ("Cube", "Sphere"):
            return cls(kind, bottom, top)
        axis = attributes.token(prim, "axis", time, ("X", "Y", "Z"))
        return cls(kind, bottom, top, 0.0 if kind == "Plane" else attributes.length(prim, "height", time), axis)


_ENDS = {
    "Cube": ("size", None),
    "Sphere": ("radius", "radius"),
    "Cylinder": ("radius", "radius"),
    "Capsule": ("radius", "radius"),
    "Cone": ("radius", None),
    "Cylinder_1": ("radiusBottom", "radiusTop"),
    "Capsule_1": ("radiusBottom", "radiusTop"),
    "Plane": ("width", "length"),
}
"""Attributes of the radius at the lower and the upper end; of a plane, of its edges."""


@functools.lru_cache(maxsize=64)
def tessellate(shape: Gprim, segments: int) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 3), and faces (m, 3) wound outward; empty for a shape with zero radius."""
    if shape.kind == "Cube":
        return box(shape.bottom)
    if shape.kind == "Plane":
        return rectangle(shape.bottom, shape.top, shape.axis)
    if max(shape.bottom, shape.top) == 0.0:
        return np.zeros((0, 3)), np.zeros((0, 3), np.int32)
    rounded = shape.kind == "Sphere" or shape.kind.startswith("Capsule")
    ends = shape.bottom, shape.top, shape.height
    points, faces = revolve(capsule_profile(*ends, segments) if rounded else frustum_profile(*ends), segments)
    # Rolling the columns is a cyclic permutation: it maps z to the axis and preserves the winding.
    return np.roll(points, "ZXY".index(shape.axis), axis=1), faces


def box(size: float) -> tuple[np.ndarray, np.ndarray]:
    """Cube of edge length `size` about the origin."""
    corner = np.arange(8)
    points = (np.stack([corner & 1, corner >> 1 & 1, corner >> 2], axis=1) - 0.5) * size
    quads = np.array([0, 2, 3, 1, 4, 5, 7, 6, 0, 1, 5, 4, 2, 6, 7, 3, 0, 4, 6, 2, 1, 3, 7, 5])
    return points, triangulate(points, np.full(6, 4), quads)


def rectangle(width: float, length: float, axis: str) -> tuple[np.ndarray, np.ndarray]:
    """Rectangle about the origin, seen from along its normal `axis`: the width lies along X, or along Z for the normal X, and the
    length along Y, or along Z for the normal Y (UsdGeomPlane)."""
    across, along = {"X": (2, 1), "Y": (0, 2), "Z": (0, 1)}[axis]
    points = np.zeros((4, 3))
    points[:, across] = 0.5 * width * np.array([-1.0, 1.0, 1.0, -1.0])
    points[:, along] = 0.5 * length * np.array([-1.0, -1.0, 1.0, 1.0])
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    return points, faces if axis == "Z" else faces[:, ::-1].copy()


def frustum_profile(bottom: float, top: float, height: float) -> np.ndarray:
    """Profile (radius, height) of a cone truncated at radius `top`; 0 gives a cone, `bottom` a cylinder. Shape (k, 2)."""
    half = 0.5 * height
    rings = [(0.0, -half), (bottom, -half), (top, half), (0.0, half)]
    return np.array([rings[0], *(ring for ring in rings[1:3] if ring[0] > 0.0), rings[3]])


def capsule_profile(bottom: float, top: float, height: float, segments: int) -> np.ndarray:
    """Profile (radius, height) of two spheres whose centres are `height` apart, and the cone tangent to both.

    The cone is tangent at the latitude with sin = (bottom - top) / height: 0 if the radii are equal. If one sphere
    contains the other, only the larger one remains.
    """
    if height <= abs(bottom - top):
        radius, centre = max((bottom, -0.5 * height), (top, 0.5 * height))
        return _arc(radius, centre, -0.5 * np.pi, 0.5 * np.pi, segments // 2)
    touch = np.arcsin((bottom - top) / height)
    below = _arc(bottom, -0.5 * height, -0.5 * np.pi, touch, segments // 4)
    above = _arc(top, 0.5 * height, touch, 0.5 * np.pi, segments // 4)
    return np.concatenate([below, above])


def _arc(radius: float, centre: float, start: float, stop: float, steps: int) -> np.ndarray:
    latitude = np.linspace(start, stop, max(steps, 2) + 1)
    return np.stack([radius * np.cos(latitude), centre + radius * np.sin(latitude)], axis=1)


def revolve(profile: np.ndarray, segments: int) -> tuple[np.ndarray, np.ndarray]:
    """Closed surface of revolution of a profile (radius, z), shape (k, 2), about z, from bottom to top.

    The first and last radius count as zero, one pole each. Points: bottom pole, rings, top pole.
    """
    rings = profile[1:-1]
    angle = np.arange(segments) * (2.0 * np.pi / segments)
    ring_points = np.empty((len(rings), segments, 3))
    ring_points[..., 0] = rings[:, :1] * np.cos(angle)
    ring_points[..., 1] = rings[:, :1] * np.sin(angle)
    ring_points[..., 2] = rings[:, 1:]
    poles = np.array([[0.0, 0.0, profile[0, 1]], [0.0, 0.0, profile[-1, 1]]])
    points = np.concatenate([poles[:1], ring_points.reshape(-1, 3), poles[1:]])

    index = 1 + np.arange(len(rings) * segments).reshape(len(rings), segments)
    here, ahead = index, np.roll(index, -1, axis=1)
    bottom = np.stack([np.zeros(segments, int), ahead[0], here[0]], axis=1)
    top = np.stack([np.full(segments, len(points) - 1), here[-1], ahead[-1]], axis=1)
    lower = np.stack([here[:-1], ahead[:-1], ahead[1:]], axis=-1).reshape(-1, 3)
    upper = np.stack([here[:-1], ahead[1:], here[1:]], axis=-1).reshape(-1, 3)
    return points, np.concatenate([bottom, lower, upper, top]).astype(np.int32)
