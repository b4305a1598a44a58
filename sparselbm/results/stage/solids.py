"""Lines, points and arrows as triangles, for viewers without curves and points, and for materials in Blender."""

import numpy as np

SIDES = 3
"""Number of corners around a tube, sufficient from a distance."""
BALL = np.concatenate([np.eye(3), -np.eye(3)])
BALL_FACES = np.array([[0, 1, 2], [1, 3, 2], [3, 4, 2], [4, 0, 2], [1, 0, 5], [3, 1, 5], [4, 3, 5], [0, 4, 5]])
"""Octahedron, wound outward."""
Solid = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Points (n, 3), triangles (m, 3), and values at the points."""


def copies(points: np.ndarray, faces: np.ndarray, values: np.ndarray) -> Solid:
    """Merges copies with points (k, n, 3), common faces (m, 3) and one value each, (k, ...)."""
    shift = points.shape[1] * np.arange(len(points))[:, None, None]
    return points.reshape(-1, 3), (faces + shift).reshape(-1, 3), np.repeat(values, points.shape[1], axis=0)


def balls(centres: np.ndarray, width: float, values: np.ndarray) -> Solid:
    """Octahedra of a width around centres (k, 3), with values (k, ...)."""
    return copies(centres[:, None] + 0.5 * width * BALL, BALL_FACES, values)


def tubes(points: np.ndarray, counts: np.ndarray, width: float, values: np.ndarray) -> Solid:
    """Tubes around polylines with `counts` (l,) of the points (n, 3), with values (n, ...) at the points.

    The rings are normal to the mean direction at each point; the ends are open.
    """
    starts = np.cumsum(counts) - counts
    line = np.repeat(np.arange(len(counts)), counts)
    ahead = np.minimum(np.arange(len(points)) + 1, (starts + counts - 1)[line])
    behind = np.maximum(np.arange(len(points)) - 1, starts[line])
    along = points[ahead] - points[behind]
    along = along / np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-300)
    # The axis least parallel to a line gives all its rings one orientation.
    whole = np.abs(np.add.reduceat(np.abs(along), starts, axis=0))
    aside = np.eye(3)[whole.argmin(axis=1)][line]
    first = np.cross(along, aside)
    first /= np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-300)
    second = np.cross(along, first)
    angles = 2.0 * np.pi * np.arange(SIDES) / SIDES
    ring = np.cos(angles)[:, None] * first[:, None] + np.sin(angles)[:, None] * second[:, None]
    corners = points[:, None] + 0.5 * width * ring
    has_next = np.flatnonzero(ahead > np.arange(len(points)))
    side = np.arange(SIDES)
    here, there = SIDES * has_next[:, None], SIDES * (has_next[:, None] + 1)
    a, b = here + side, here + (side + 1) % SIDES
    c, d = there + (side + 1) % SIDES, there + side
    faces = np.concatenate([np.stack([a, b, c], axis=-1), np.stack([a, c, d], axis=-1)]).reshape(-1, 3)
    return corners.reshape(-1, 3), faces, np.repeat(values, SIDES, axis=0)
