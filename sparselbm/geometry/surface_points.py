"""Points all over a surface."""

import numpy as np

from .triangles import TriangleMesh


def surface_points(mesh: TriangleMesh, spacing: float) -> np.ndarray:
    """Corners of the faces and points on them, at most `spacing` apart along each edge [m], (n, 3)."""
    a, b, c = mesh.corners
    longest = np.max([np.linalg.norm(x - y, axis=1) for x, y in ((a, b), (b, c), (c, a))], axis=0)
    pieces, found = np.ceil(np.maximum(longest / spacing, 1.0)).astype(int), [mesh.points]
    for n in np.unique(pieces[pieces > 1]):
        i, j = (each.ravel() for each in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
        i, j = (each[i + j <= n, None, None] / n for each in (i, j))
        these = pieces == n
        found.append(((1.0 - i - j) * a[these] + i * b[these] + j * c[these]).reshape(-1, 3))
    return np.concatenate(found)
