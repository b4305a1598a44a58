"""Arrows at points, drawn by a point instancer with one prototype."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.geometry import TriangleMesh
from sparselbm.results.stage.drawings import draw_mesh, time_code, vectors
from sparselbm.results.stage.solids import Solid, copies

if TYPE_CHECKING:
    from pxr import UsdGeom

SIDES = 8
SHAFT, HEAD, NECK = 0.03, 0.1, 0.65
"""Radii of the shaft and of the head, and start of the head, relative to the length of the arrow."""


def arrow() -> tuple[np.ndarray, np.ndarray]:
    """Arrow of length 1 along x: points (n, 3), triangles (k, 3) wound outward."""
    profile = np.array([[0.0, 0.0], [0.0, SHAFT], [NECK, SHAFT], [NECK, HEAD], [1.0, 0.0]])
    angle = 2.0 * np.pi * np.arange(SIDES) / SIDES
    rings = [np.stack([np.full(SIDES, x), r * np.cos(angle), r * np.sin(angle)], axis=1) for x, r in profile]
    points, faces, turn = np.concatenate(rings), [], np.roll(np.arange(SIDES), -1)
    for k in range(len(profile) - 1):
        low, high = SIDES * k + np.arange(SIDES), SIDES * (k + 1) + np.arange(SIDES)
        if profile[k + 1, 1] > 0.0:
            faces.append(np.stack([low, SIDES * (k + 1) + turn, high], axis=1))
        if profile[k, 1] > 0.0:
            faces.append(np.stack([low, SIDES * k + turn, SIDES * (k + 1) + turn], axis=1))
    return points, np.concatenate(faces)


def draw_glyphs(
    instancer: UsdGeom.PointInstancer, positions: np.ndarray, directions: np.ndarray, lengths: np.ndarray,
    time: float | None,
) -> None:
    """Defines arrows from positions (n, 3) along unit directions (n, 3), with lengths (n,); all in stage units."""
    from pxr import UsdGeom, Vt

    path, stage = instancer.GetPath().AppendPath("Prototypes/Arrow"), instancer.GetPrim().GetStage()
    if not stage.GetPrimAtPath(path):
        UsdGeom.Scope.Define(stage, path.GetParentPath())
        points, faces = arrow()
        draw_mesh(UsdGeom.Mesh.Define(stage, path), points, (faces,), TriangleMesh(points, faces).point_normals, None)
        instancer.CreatePrototypesRel().SetTargets([path])
    code = time_code(time)
    instancer.CreateProtoIndicesAttr().Set(np.zeros(len(positions), dtype=np.int32), code)
    instancer.CreatePositionsAttr().Set(vectors(positions), code)
    instancer.CreateScalesAttr().Set(vectors(np.repeat(lengths[:, None], 3, axis=1)), code)
    instancer.CreateOrientationsAttr().Set(Vt.QuathArray.FromNumpy(turns_from_x(directions)), code)
    tips = np.concatenate([positions, positions + lengths[:, None] * directions])
    wide = HEAD * lengths.max(initial=0.0)
    extent = np.stack([tips.min(axis=0, initial=np.inf) - wide, tips.max(axis=0, initial=-np.inf) + wide])
    instancer.CreateExtentAttr().Set(vectors(extent), code)


def solid_glyphs(positions: np.ndarray, directions: np.ndarray, lengths: np.ndarray, values: np.ndarray) -> Solid:
    """Same arrows as triangles, with values (n,)."""
    points, faces = arrow()
    # Any two axes normal to the direction are suitable, since an arrow is round.
    aside = np.eye(3)[np.abs(directions).argmin(axis=1)]
    second = np.cross(directions, aside)
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    axes = np.stack([directions, second, np.cross(directions, second)], axis=1)
    there = positions[:, None] + lengths[:, None, None] * np.einsum("pa,nax->npx", points, axes)
    return copies(there, faces, values)


def turns_from_x(directions: np.ndarray) -> np.ndarray:
    """Unit quaternions (i, j, k, real), (n, 4) float16, that rotate (1, 0, 0) to unit directions (n, 3).

    q = (x cross d, 1 + x . d), normalised; a half turn about z for d = -x.
    """
    x, y, z = np.asarray(directions, dtype=np.float64).T
    turn = np.stack([np.zeros_like(x), -z, y, 1.0 + x], axis=1)
    turn[1.0 + x < 1e-12] = (0.0, 0.0, 1.0, 0.0)
    return (turn / np.linalg.norm(turn, axis=1, keepdims=True)).astype(np.float16)
