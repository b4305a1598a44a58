"""What the surface of a body is like where it costs exactness: open, crossing itself, too thin for the cells."""

from __future__ import annotations

import numpy as np

from sparselbm.geometry import RepairReport, crossing_faces, solid_behind
from sparselbm.scene.usd.body import Body
from sparselbm.scene.usd.report import Note

LEAST_CELLS = 2.0
"""Of solid that a wall needs behind it: across fewer, what is between two walls is not resolved."""
SMALL_SHARE = 0.01
"""Of the surface: as much is thin at the edges of any sharp-edged body."""


def surface_doubts(body: Body, found: RepairReport, voxel_size: float | None = None, *, device=None) -> list[Note]:
    """The doubts on one body; those on thin walls only where the size of the voxels [m] is known.

    `found`: what `inspect_mesh` says of its mesh.
    """
    reasons = []
    if found.open_edges:
        reasons.append(f"it is open along {found.open_edges} edges: inside is where the winding number exceeds 0.5")
    crossing = int(crossing_faces(body.mesh, device=device).sum())
    if crossing:
        reasons.append(f"it crosses itself in {crossing} of {found.faces} faces: overlaps count once as solid, twice as volume")
    if voxel_size is not None:
        reasons += _on_thin_walls(body, LEAST_CELLS * voxel_size, device)
    return [Note(body.path, reason) for reason in reasons]


def _on_thin_walls(body: Body, least: float, device) -> list[str]:
    depth, areas = solid_behind(body.mesh, device=device), np.linalg.norm(body.mesh.area_vectors, axis=1)
    share = areas[depth < least].sum() / areas.sum()
    if share < SMALL_SHARE:
        return []
    return [
        f"{share:.0%} of its surface has less than {LEAST_CELLS:g} cells ({least:.3g} m) of solid behind it: "
        "take smaller voxels, or a wall on links"
    ]
