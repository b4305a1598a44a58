"""Doubts about the surface of a body where it costs accuracy: open, self-intersecting, or too thin for the cells."""

from __future__ import annotations

import numpy as np

from .crossings import crossing_faces
from .repair import inspect_mesh
from .thickness import solid_behind
from .triangles import TriangleMesh

MIN_CELLS = 2.0
"""Smallest thickness of solid behind a wall [cells]: below it, the space between two walls is not resolved."""
_LOSSES = ((1.0, 0.14), (0.5, 0.34), (np.inf, 0.61))
"""Drag that is lost if the whole surface has at least this number of cells behind it: plates of 1 and 1/2 cell, and a sheet."""
SMALL_SHARE = 0.01
"""Fraction of the surface that is allowed to be thin, as at the edges of any sharp-edged body."""


def surface_doubts(mesh: TriangleMesh, name: str, voxel_size: float | None = None, *, device=None) -> tuple[str, ...]:
    """Doubts about the surface of one body, each a sentence that begins with its name.

    `voxel_size` [m]: of a flow whose wall is a solid fraction, which loses drag where the body is thin; None: no check of that.
    """
    reasons, open_edges = [], inspect_mesh(mesh, name).open_edges
    if open_edges:
        reasons.append(f"it is open along {open_edges} edges: cells with a winding number above 0.5 count as inside")
    crossing = int(crossing_faces(mesh, device=device).sum())
    if crossing:
        reasons.append(
            f"it intersects itself in {crossing} of {len(mesh.faces)} faces: overlaps count once as solid, twice as volume"
        )
    if voxel_size is not None:
        reasons += _on_thin_walls(mesh, MIN_CELLS * voxel_size, device)
    return tuple(f"{name}: {reason}" for reason in reasons)


def _on_thin_walls(mesh: TriangleMesh, least: float, device) -> list[str]:
    """The losses were measured on square plates of 16 cells across the flow at Re 20, against interpolated bounce-back."""
    depth, areas = solid_behind(mesh, device=device), np.linalg.norm(mesh.area_vectors, axis=1)
    share = areas[(depth < least) | np.isinf(depth)].sum() / areas.sum()  # Behind a sheet there is no other face.
    if share < SMALL_SHARE:
        return []
    thinnest = np.where(np.isinf(depth), 0.0, MIN_CELLS * depth / least)
    thinner = [areas[thinnest < 0.99 * cells].sum() for cells, _ in _LOSSES[:-1]] + [0.0]
    loss = next(loss for (_, loss), area in zip(_LOSSES, thinner, strict=True) if area < SMALL_SHARE * areas.sum())
    return [
        f"{share:.0%} of its surface has less than {MIN_CELLS:g} cells ({least:.3g} m) of solid behind it, or none: flow leaks "
        f"through a partially saturated wall, so that drag is low by up to about {share * loss:.0%}; use smaller voxels, or "
        "wall=ParabolicInterpolation()"
    ]
