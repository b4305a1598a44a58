"""Faces of a grid of values, trimmed where there is no fluid."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class GridFaces:
    """Points with values, and the faces between them."""

    points: np.ndarray
    """(n, 3)."""
    values: np.ndarray
    """(n,)."""
    quads: np.ndarray
    """(k, 4)."""
    triangles: np.ndarray
    """Parts of quads that are cut, (m, 3)."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no face."""
        return not len(self.quads) and not len(self.triangles)


def grid_faces(points: np.ndarray, values: np.ndarray, clearance: np.ndarray | None) -> GridFaces:
    """Faces of a grid of points (nu, nv, 3) with values (nu, nv), without those that have a value of NaN.

    `clearance`: distance to the nearest wall, (nu, nv), negative in solid: faces end where it is 0, interpolated linearly. None:
    whole faces only.
    """
    flat, shown = points.reshape(-1, 3), values.ravel()
    index = np.arange(values.size).reshape(values.shape)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1).reshape(-1, 4)
    quads = quads[np.isfinite(shown[quads]).all(axis=1)]
    triangles = np.empty((0, 3), dtype=np.int64)
    if clearance is not None:
        depth = clearance.ravel()
        inside = depth[quads] > 0.0
        cut = quads[inside.any(axis=1) & ~inside.all(axis=1)]
        quads = quads[inside.all(axis=1)]
        flat, shown, triangles = _cut(flat, shown, depth, np.concatenate([cut[:, [0, 1, 2]], cut[:, [0, 2, 3]]]))
    kept, among = np.unique(np.concatenate([quads.ravel(), triangles.ravel()]), return_inverse=True)
    ends = 4 * len(quads)
    return GridFaces(flat[kept], shown[kept], among[:ends].reshape(-1, 4), among[ends:].reshape(-1, 3))


def _cut(
    points: np.ndarray, values: np.ndarray, depth: np.ndarray, triangles: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points and values with those on cut edges added, and the parts of triangles where the depth is above 0."""
    found: list[np.ndarray] = []
    columns = np.column_stack([points, values, depth])
    inside = depth[triangles] > 0.0
    added, count = [columns], len(columns)

    def crossed(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        """Indices of new points on edges, where the depth is 0."""
        nonlocal count
        share = depth[a] / (depth[a] - depth[b])
        added.append(columns[a] + share[:, None] * (columns[b] - columns[a]))
        count += len(a)
        return np.arange(count - len(a), count)

    for first in range(3):
        a, b, c = (triangles[:, (first + k) % 3] for k in range(3))
        in_a, in_b, in_c = (inside[:, (first + k) % 3] for k in range(3))
        one, two = in_a & ~in_b & ~in_c, in_a & in_b & ~in_c
        found.append(np.column_stack([a[one], crossed(a[one], b[one]), crossed(a[one], c[one])]))
        on_b, on_a = crossed(b[two], c[two]), crossed(a[two], c[two])
        found += [np.column_stack([a[two], b[two], on_b]), np.column_stack([a[two], on_b, on_a])]
    found.append(triangles[inside.all(axis=1)])
    together = np.concatenate(added)
    return together[:, :3], together[:, 3], np.concatenate(found)
