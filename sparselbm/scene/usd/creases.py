"""Cage of a mesh prim with the sharpness of creases, corners and borders, as in UsdGeomMesh and OpenSubdiv."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.usd import attributes
from sparselbm.scene.usd.subdivision import Cage, next_corners

if TYPE_CHECKING:
    from pxr import Usd

INFINITE = 10.0
"""Sharpness from which an edge stays sharp for ever (`UsdGeomMesh.SHARPNESS_INFINITE`)."""


def read_cage(prim: Usd.Prim, time: Usd.TimeCode, points: np.ndarray, counts: np.ndarray, indices: np.ndarray) -> Cage:
    """Returns the cage of a checked mesh, with sharpnesses.

    `interpolateBoundary` determines whether a point of a single face is a sharp corner (edgeAndCorner, USD's default) or an
    ordinary border point (edgeOnly; none is read like this, although it would omit the border faces).

    Raises:
        SceneError: if an index has no point, a crease is not on an edge, or a sharpness is negative or missing.
    """
    corners = _corner_sharpness(prim, time, len(points))
    boundary = attributes.token(prim, "interpolateBoundary", time, ("none", "edgeOnly", "edgeAndCorner"))
    least_faces = 2 if boundary == "edgeAndCorner" else 1
    corners[np.bincount(indices, minlength=len(points)) < least_faces] = np.inf
    edges = np.stack([indices, indices[next_corners(counts)]], axis=1)
    return Cage(points, counts, indices, _edge_sharpness(prim, time, edges, len(points)), corners)


def _corner_sharpness(prim: Usd.Prim, time: Usd.TimeCode, point_count: int) -> np.ndarray:
    """Sharpness of each point, shape (n,)."""
    corners = attributes.integers(prim, "cornerIndices", time)
    attributes.check_range(str(prim.GetPath()), "cornerIndices", corners, point_count)
    sharpness = np.zeros(point_count)
    sharpness[corners] = _sharpnesses(prim, "cornerSharpnesses", time, {"cornerIndices": len(corners)})
    return sharpness


def _edge_sharpness(prim: Usd.Prim, time: Usd.TimeCode, edges: np.ndarray, point_count: int) -> np.ndarray:
    """Sharpness of each edge, (c,); edges are point pairs (c, 2), listed once per adjacent face."""
    pairs, values = _creases(prim, time, point_count)
    known, edge = np.unique(_numbered(edges, point_count), return_inverse=True)
    wanted = _numbered(pairs, point_count)
    strange = np.flatnonzero(~np.isin(wanted, known))
    if len(strange):
        a, b = pairs[strange[0]]
        raise SceneError(
            f"{prim.GetPath()}: creaseIndices connect the points {a} and {b}, but the mesh has no such edge; export "
            "it again"
        )
    sharpness = np.zeros(len(known))
    sharpness[np.searchsorted(known, wanted)] = values
    return sharpness[edge.reshape(-1)]


def _numbered(pairs: np.ndarray, point_count: int) -> np.ndarray:
    """Unique key of each pair of points, independent of their order."""
    return pairs.min(axis=1) * point_count + pairs.max(axis=1)


def _creases(prim: Usd.Prim, time: Usd.TimeCode, point_count: int) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of adjacent points along the creases, shape (k, 2), and their sharpnesses, shape (k,)."""
    path = str(prim.GetPath())
    line, lengths = (attributes.integers(prim, name, time) for name in ("creaseIndices", "creaseLengths"))
    if lengths.sum() != len(line) or np.any(lengths < 2):
        short = f", {(lengths < 2).sum()} of them below 2" if np.any(lengths < 2) else ""
        raise SceneError(
            f"{path}: creaseLengths sum to {lengths.sum()}{short}, but there are {len(line)} creaseIndices; export "
            "the mesh again"
        )
    attributes.check_range(path, "creaseIndices", line, point_count)
    goes_on = np.ones(len(line), dtype=bool)
    goes_on[np.cumsum(lengths) - 1] = False
    first = np.flatnonzero(goes_on)
    allowed = {"creaseLengths": len(lengths), "edges of the creases": len(first)}
    values = _sharpnesses(prim, "creaseSharpnesses", time, allowed)
    if len(values) != len(first):
        values = np.repeat(values, lengths - 1)
    return np.stack([line[first], line[first + 1]], axis=1), values


def _sharpnesses(prim: Usd.Prim, name: str, time: Usd.TimeCode, allowed: dict[str, int]) -> np.ndarray:
    """Reads sharpnesses, whose number must be one of `allowed`; inf from `INFINITE`."""
    values = attributes.numbers(prim, name, time)
    if len(values) not in allowed.values():
        wanted = " or ".join(f"{what} ({count})" for what, count in allowed.items())
        raise SceneError(f"{prim.GetPath()}: {name} has {len(values)} entries, but must have one for each of {wanted}")
    wrong = np.flatnonzero(~(values >= 0.0))
    if len(wrong):
        raise SceneError(
            f"{prim.GetPath()}: {name} contains {values[wrong[0]]}; use 0 (smooth) to {INFINITE:g} (infinitely sharp)"
        )
    return np.where(values >= INFINITE, np.inf, values)
