"""Points and faces of elementary solids, wound counter-clockwise as seen from outside."""

import numpy as np

from ..errors import GeometryError, require_positive

_G = (1.0 + 5.0**0.5) / 2.0
_ICOSAHEDRON_POINTS = np.array(
    [[-1, _G, 0], [1, _G, 0], [-1, -_G, 0], [1, -_G, 0], [0, -1, _G], [0, 1, _G],
     [0, -1, -_G], [0, 1, -_G], [_G, 0, -1], [_G, 0, 1], [-_G, 0, -1], [-_G, 0, 1]]
)
_ICOSAHEDRON_FACES = np.array(
    [[0, 11, 5], [0, 5, 1], [0, 1, 7], [0, 7, 10], [0, 10, 11], [1, 5, 9], [5, 11, 4],
     [11, 10, 2], [10, 7, 6], [7, 1, 8], [3, 9, 4], [3, 4, 2], [3, 2, 6], [3, 6, 8],
     [3, 8, 9], [4, 9, 5], [2, 4, 11], [6, 2, 10], [8, 6, 7], [9, 8, 1]]
)
_BOX_FACES = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1],
     [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4], [1, 5, 7], [1, 7, 3]]
)


def sphere(radius, centre, subdivisions):
    """Icosphere: points (10 * 4^s + 2, 3) [m], all at `radius` from `centre`, and faces (20 * 4^s, 3)."""
    radius = require_positive("radius", radius, "m", GeometryError)
    if not 0 <= subdivisions <= 9:
        raise GeometryError(f"subdivisions is {subdivisions}, but must be 0 to 9: 9 gives 5 million faces")
    points, faces = _ICOSAHEDRON_POINTS / np.linalg.norm(_ICOSAHEDRON_POINTS[0]), _ICOSAHEDRON_FACES
    for _ in range(subdivisions):
        points, faces = _halve_edges(points, faces)
        points /= np.linalg.norm(points, axis=1, keepdims=True)
    return radius * points + np.asarray(centre, dtype=np.float64), faces


def _halve_edges(points, faces):
    """Divides each face into four by new points in the middle of the edges."""
    edges = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    unique, index = np.unique(edges, axis=0, return_inverse=True)
    ab, bc, ca = (len(points) + index.reshape(-1, 3)).T
    a, b, c = faces.T
    split = np.stack([a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca], axis=1).reshape(-1, 3)
    return np.concatenate([points, points[unique].mean(axis=1)]), split


def box(lower, upper):
    """Box: point 4 i + 2 j + k is at x[i], y[j], z[k] of (lower, upper) [m]; two faces per side."""
    sides = np.stack([np.asarray(lower, dtype=np.float64), np.asarray(upper, dtype=np.float64)])
    if not (sides[1] > sides[0]).all():
        raise GeometryError(f"the box runs from {sides[0]} to {sides[1]} m, but upper must exceed lower: swap them")
    index = np.stack(np.meshgrid([0, 1], [0, 1], [0, 1], indexing="ij"), axis=-1).reshape(-1, 3)
    return sides[index, [0, 1, 2]], _BOX_FACES


def cylinder(radius, p0, p1, segments):
    """Closed cylinder: `segments` points at `radius` around p0, as many around p1, then p0 and p1 [m].

    The first point of each ring is in the direction of the coordinate axis least parallel to the cylinder axis, made
    perpendicular to it; the others follow counter-clockwise about p1 - p0 at equal angles.
    """
    radius = require_positive("radius", radius, "m", GeometryError)
    if segments < 3:
        raise GeometryError(f"segments is {segments}, but must be at least 3: choose more segments")
    p0, p1 = np.asarray(p0, dtype=np.float64), np.asarray(p1, dtype=np.float64)
    axis = (p1 - p0) / require_positive("length", float(np.linalg.norm(p1 - p0)), "m", GeometryError)
    first = np.eye(3)[np.argmin(np.abs(axis))]
    first = first - axis * (axis @ first)
    first /= np.linalg.norm(first)
    angle = 2.0 * np.pi * np.arange(segments)[:, None] / segments
    ring = radius * (np.cos(angle) * first + np.sin(angle) * np.cross(axis, first))
    i, j = np.arange(segments), (np.arange(segments) + 1) % segments
    n = segments
    side = [np.stack([i, j, n + j], axis=1), np.stack([i, n + j, n + i], axis=1)]
    caps = [
        np.stack([j, i, np.full(n, 2 * n)], axis=1),
        np.stack([n + i, n + j, np.full(n, 2 * n + 1)], axis=1),
    ]
    return np.concatenate([p0 + ring, p1 + ring, [p0, p1]]), np.concatenate(side + caps)
