"""Whether a surface has points enough for the values of a flow that stand on them."""

import numpy as np

from .triangles import TriangleMesh

LIMIT = 4.0
"""Cells that the edges of faces may be long: across more, a flow changes between one point and the next unseen."""
SHARE = 0.9
"""Of the area, whose faces are to have no longer edges."""


def long_edge(mesh: TriangleMesh) -> float:
    """The length that the longest edges of the faces exceed on a tenth of the area only [m]."""
    a, b, c = mesh.corners
    longest = np.max([np.linalg.norm(p - q, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    order = np.argsort(longest)
    covered = np.cumsum(np.linalg.norm(mesh.area_vectors, axis=1)[order])
    return float(longest[order][np.searchsorted(covered, SHARE * covered[-1])])


def coarse_faces(mesh: TriangleMesh, voxel_size: float, name: str) -> tuple[str, ...]:
    """A warning where the edges of a mesh are longer than `LIMIT` cells; none where they are not."""
    cells = long_edge(mesh) / voxel_size
    if cells <= LIMIT:
        return ()
    return (
        f"{name}: faces with edges of {cells:.1f} cells ({cells * voxel_size:.3g} m) and more are {1.0 - SHARE:.0%} of its area, "
        f"limit {LIMIT:g} cells: pressure and shear stand on its points, and what lies between them is not shown; refine the "
        "mesh, or raise levels (--subdivision-levels) of a subdivision surface",
    )
