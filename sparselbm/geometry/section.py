"""Section of a surface by a plane."""

from collections import defaultdict

import numpy as np

from .triangles import TriangleMesh

_SAME = 1e-9
"""Distance of points that count as one, relative to the size of the mesh."""


def plane_section(mesh: TriangleMesh, axis: int, at: float) -> list[np.ndarray]:
    """Polylines along which the plane x_axis = at cuts a surface, (k, 2) [m] each, in the two other coordinates in their order.

    The first point of a closed line is repeated at its end. Closed lines around solid run counter-clockwise, those around
    cavities clockwise, also where points of the faces are not shared. A point on the plane counts as above it.
    """
    low, high = mesh.bounds
    rounded = np.round((mesh.points - low) / max(_SAME * float(np.linalg.norm(high - low)), 1e-300)).astype(np.int64)
    _, first, same = np.unique(rounded, axis=0, return_index=True, return_inverse=True)
    points, faces = mesh.points[first], same.reshape(-1)[mesh.faces]
    above = points[:, axis] >= at
    faces = faces[above[faces].any(axis=1) & ~above[faces].all(axis=1)]
    starts, ends = _crossings(faces, above, rising=True), _crossings(faces, above, rising=False)
    if axis != 1:  # The coordinates x and z are seen from behind.
        starts, ends = ends, starts
    return [_places(line, points, axis, at) for line in _chained(starts, ends)]


def _crossings(faces: np.ndarray, above: np.ndarray, *, rising: bool) -> np.ndarray:
    """The edge of each face that rises through the plane in the face's direction, or falls, (m, 2), the smaller point first."""
    tails, heads = faces, np.roll(faces, -1, axis=1)
    found = (above[heads] & ~above[tails]) if rising else (above[tails] & ~above[heads])
    which = np.argmax(found, axis=1), np.arange(len(faces))
    pairs = np.stack([tails[which[1], which[0]], heads[which[1], which[0]]], axis=1)
    return np.sort(pairs, axis=1)


def _chained(starts: np.ndarray, ends: np.ndarray) -> list[list[tuple[int, int]]]:
    """Polylines of edges from segments, which lead from one edge to another; open lines first."""
    onward: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for start, end in zip(map(tuple, starts.tolist()), map(tuple, ends.tolist())):
        onward[start].append(end)
    reached = set(map(tuple, ends.tolist()))
    begins = [start for start in onward if start not in reached] + list(onward)
    lines = []
    for begin in begins:
        while onward[begin]:
            line = [begin]
            while onward[line[-1]]:
                line.append(onward[line[-1]].pop())
                if line[-1] == begin:
                    break
            lines.append(line)
    return lines


def _places(edges: list[tuple[int, int]], points: np.ndarray, axis: int, at: float) -> np.ndarray:
    """Points of edges on the plane, (k, 2)."""
    a, b = points[np.array(edges)].swapaxes(0, 1)
    share = (at - a[:, axis]) / (b[:, axis] - a[:, axis])
    return np.delete(a + share[:, None] * (b - a), axis, axis=1)
