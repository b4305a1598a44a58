"""Triangulation of planar or nearly planar polygons; concave ones by ear clipping, since a fan would leave them."""

from __future__ import annotations

import numpy as np

from sparselbm.errors import SceneError

MOST_WORK = 25_000_000
"""Largest sum of squared numbers of corners of the concave faces of a mesh, such as one of 5,000: about four seconds."""


def triangulate(
    points: np.ndarray, counts: np.ndarray, indices: np.ndarray, holes: np.ndarray | None = None, *, place: str = "the mesh"
) -> np.ndarray:
    """Triangulates a mesh of polygons, preserving the order and the winding of its faces.

    Args:
        points: corner positions, shape (n, 3).
        counts: corners of each face, shape (m,); faces with less than three corners give no triangle.
        indices: point of each corner, face after face, shape (sum of counts,).
        holes: indices of faces to omit (`holeIndices`).
        place: name of the mesh in errors.

    Returns:
        Point indices, shape (t, 3), int32. No point is added: a face of k corners gives k - 2 triangles.

    Raises:
        SceneError: if concave faces have so many corners that cutting them takes longer than some seconds.
    """
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    present = np.ones(len(counts), dtype=bool)
    if holes is not None and len(holes):
        present[holes] = False

    triangles = np.flatnonzero(present & (counts == 3))
    quads = np.flatnonzero(present & (counts == 4))
    owners = [triangles, np.repeat(quads, 2)]
    quad_corners = _corners(indices, starts[quads], 4)
    pieces = [_corners(indices, starts[triangles], 3), _split_quads(points, quad_corners)]
    work = 0
    for face in np.flatnonzero(present & (counts > 4)):
        corners = indices[starts[face] : starts[face] + counts[face]]
        flat = _flatten(points[corners])
        convex = _is_convex(flat)
        work += 0 if convex else len(corners) ** 2
        if work > MOST_WORK:
            raise SceneError(
                f"{place}: face {face} is concave and has {len(corners):,} corners; with it, the squared numbers of corners of "
                f"concave faces sum to {work:,}, above the limit of {MOST_WORK:,}: export triangles"
            )
        cut = corners[_fan(len(corners)) if convex else _clip_ears(flat)]
        pieces.append(cut)
        owners.append(np.full(len(cut), face))
    order = np.argsort(np.concatenate(owners), kind="stable")
    return np.concatenate(pieces)[order].astype(np.int32)


def _fan(count: int) -> np.ndarray:
    fan = np.arange(1, count - 1)
    return np.stack([np.zeros_like(fan), fan, fan + 1], axis=1)


def _is_convex(flat: np.ndarray) -> bool:
    return bool(np.all(_turns(flat) > 0.0)) and _winds_once(flat)


def _corners(indices: np.ndarray, starts: np.ndarray, size: int) -> np.ndarray:
    return indices[starts[:, None] + np.arange(size)]


def _split_quads(points: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """Splits quads into two triangles each, shape (2k, 3); the diagonal starts at a reflex corner if there is one."""
    p = points[quads]
    normal = np.cross(p[:, 2] - p[:, 0], p[:, 3] - p[:, 1])
    turn = np.cross(p - np.roll(p, 1, axis=1), np.roll(p, -1, axis=1) - p)
    reflex = np.einsum("kcx,kx->kc", turn, normal) < 0.0
    turned = (reflex[:, 1] | reflex[:, 3])[:, None]
    quads = np.where(turned, np.roll(quads, -1, axis=1), quads)
    return quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3)


def _flatten(corners: np.ndarray) -> np.ndarray:
    """Projects the polygon onto the plane normal to its area vector, counter-clockwise, shape (k, 2)."""
    centred = corners - corners.mean(axis=0)
    normal = np.cross(centred, np.roll(centred, -1, axis=0)).sum(axis=0)
    axis = int(np.argmax(np.abs(normal)))
    u, v = (axis + 1) % 3, (axis + 2) % 3
    return centred[:, [u, v]] if normal[axis] >= 0.0 else centred[:, [v, u]]


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _turns(flat: np.ndarray) -> np.ndarray:
    """Twice the signed area of each corner with its neighbours, positive if convex, shape (k,)."""
    return _cross(flat - np.roll(flat, 1, axis=0), np.roll(flat, -1, axis=0) - flat)


def _winds_once(flat: np.ndarray) -> bool:
    """Whether the outline winds around once; a star without a reflex corner winds more than once."""
    edges = np.roll(flat, -1, axis=0) - flat
    heading = np.arctan2(edges[:, 1], edges[:, 0])
    total = np.mod(np.roll(heading, -1) - heading, 2.0 * np.pi).sum()
    return bool(total < 3.0 * np.pi)


def _clip_ears(flat: np.ndarray) -> np.ndarray:
    """Ear clipping: cuts off convex corners without other corners inside, until one triangle is left."""
    left = list(range(len(flat)))
    result = []
    while len(left) > 3:
        ear = _find_ear(flat, left)
        result.append((left[ear - 1], left[ear], left[(ear + 1) % len(left)]))
        del left[ear]
    result.append(tuple(left))
    return np.array(result, dtype=np.int64)


def _find_ear(flat: np.ndarray, left: list[int]) -> int:
    """Position in `left` of an ear, or of the most convex corner if a self-intersecting outline has none."""
    outline = flat[left]
    turns = _turns(outline)
    obstacles = outline[turns <= 0.0]
    for place in np.flatnonzero(turns > 0.0):
        triangle = outline[[place - 1, place, (place + 1) % len(left)]]
        if not _holds_any(triangle, obstacles):
            return int(place)
    return int(np.argmax(turns))


def _holds_any(triangle: np.ndarray, points: np.ndarray) -> bool:
    """Whether a point is in or on the triangle; points on its corners do not count (bridges to holes)."""
    edges = np.roll(triangle, -1, axis=0) - triangle
    inside = np.all(_cross(edges[None], points[:, None] - triangle[None]) >= 0.0, axis=1)
    at_corner = np.any(np.all(points[:, None] == triangle[None], axis=2), axis=1)
    return bool(np.any(inside & ~at_corner))
