"""Notes on the surface of a body where it costs accuracy: open, self-intersecting, or too thin for the cells."""

from __future__ import annotations

import numpy as np

from sparselbm.geometry import RepairReport, crossing_faces, solid_behind
from sparselbm.scene.usd.body import Body
from sparselbm.scene.usd.report import Note

MIN_CELLS = 2.0
"""Smallest thickness of solid behind a wall [cells]: below it, the space between two walls is not resolved."""
SMALL_SHARE = 0.01
"""Fraction of the surface that is allowed to be thin, as at the edges of any sharp-edged body."""


def surface_doubts(body: Body, found: RepairReport, voxel_size: float | None = None, *, device=None) -> list[Note]:
    """Notes on one body; those on thin walls only if the size of the voxels [m] is known.

    `found`: result of `inspect_mesh` for its mesh.
    """
    reasons = []
    if found.open_edges:
        reasons.append(f"it is open along {found.open_edges} edges: cells with a winding number above 0.5 count as inside")
    crossing = int(crossing_faces(body.mesh, device=device).sum())
    if crossing:
        reasons.append(
            f"it intersects itself in {crossing} of {found.faces} faces: "
            "overlaps count once as solid, twice as volume"
        )
    if voxel_size is not None:
        reasons += _on_thin_walls(body, MIN_CELLS * voxel_size, device)
    return [Note(body.path, reason) for reason in reasons]


def _on_thin_walls(body: Body, least: float, device) -> list[str]:
    depth, areas = solid_behind(body.mesh, device=device), np.linalg.norm(body.mesh.area_vectors, axis=1)
    share = areas[depth < least].sum() / areas.sum()
    if share < SMALL_SHARE:
        return []
    return [
        f"{share:.0%} of its surface has less than {MIN_CELLS:g} cells ({least:.3g} m) of solid behind it: "
        "use smaller voxels, or bounce-back on links"
    ]
