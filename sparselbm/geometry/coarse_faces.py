"""Check that a surface has enough points for the flow values that are stored on them."""

import numpy as np

from .triangles import TriangleMesh

LIMIT = 4.0
"""Longest edge of faces [cells]: across longer ones, flow changes between two points are not seen."""
SHARE = 0.9
"""Fraction of the area whose faces must not have longer edges."""


def long_edge(mesh: TriangleMesh) -> float:
    """Edge length [m] that is exceeded only on a tenth of the area."""
    a, b, c = mesh.corners
    longest = np.max([np.linalg.norm(p - q, axis=1) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    order = np.argsort(longest)
    covered = np.cumsum(np.linalg.norm(mesh.area_vectors, axis=1)[order])
    return float(longest[order][np.searchsorted(covered, SHARE * covered[-1])])


def coarse_faces(mesh: TriangleMesh, voxel_size: float, name: str) -> tuple[str, ...]:
    """Warns if the edges of a mesh are longer than `LIMIT` cells; empty otherwise."""
    cells = long_edge(mesh) / voxel_size
    if cells <= LIMIT:
        return ()
    return (
        f"{name}: a tenth of its area or more has faces with edges of {cells:.1f} cells ({cells * voxel_size:.3g} m), above the "
        f"limit of {LIMIT:g} cells: pressure and shear are drawn at its points only, which does not change forces; refine the "
        "mesh (a cube or cylinder: make it a mesh), or raise levels (--subdivision-levels) of a subdivision surface",
    )
