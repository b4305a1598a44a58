"""Inspection of meshes, and repair as far as possible without moving or reordering points."""

from dataclasses import dataclass

import numpy as np

from ..errors import GeometryError
from . import topology
from .triangles import TriangleMesh


@dataclass(frozen=True)
class RepairReport:
    """Properties of a mesh and its defects; `lines()` formats them."""

    name: str
    """Name of the mesh in messages."""
    points: int
    """Number of points."""
    faces: int
    """Number of faces."""
    watertight: bool
    """Whether every edge has exactly two faces, after merging points at the same position."""
    open_edges: int
    """Edges with one face."""
    non_manifold_edges: int
    """Edges with more than two faces."""
    components: int
    """Number of pieces that are connected across edges."""
    flipped_faces: int
    """Faces whose winding was (or, in an inspection, must be) reversed for normals to point outward."""
    degenerate_faces: int
    """Faces without area that were (or, in an inspection, must be) removed."""
    duplicate_faces: int
    """Faces with the same three positions as an earlier one that were (or must be) removed."""
    merged_points: int
    """Points merged into others (0 unless requested)."""
    volume: float
    """Enclosed volume [m^3]."""
    area: float
    """Surface area [m^2]."""

    def lines(self) -> list[str]:
        """The report as lines of text."""
        return [
            f"{self.name}: {self.points} points, {self.faces} faces, {self.components} components",
            f"  {'watertight' if self.watertight else 'not watertight'}: {self.open_edges} open edges, "
            f"{self.non_manifold_edges} non-manifold edges",
            f"  {self.flipped_faces} flipped, {self.degenerate_faces} degenerate, "
            f"{self.duplicate_faces} duplicate faces; {self.merged_points} points merged",
            f"  volume {self.volume:.6g} m^3, area {self.area:.6g} m^2",
        ]


def inspect_mesh(mesh: TriangleMesh, name: str) -> RepairReport:
    """Reports on a mesh as it is; `repair` corrects its flipped, degenerate and duplicate faces."""
    found = _defects(mesh)
    return _report(mesh, name, found, merged_points=0)


def repair(mesh: TriangleMesh, name: str, *, merge_tolerance: float | None = None) -> tuple[TriangleMesh, RepairReport]:
    """Removes degenerate and duplicate faces and reverses faces so that normals point out of the solid.

    Points keep their number and order, as shape optimisation requires, unless `merge_tolerance` [m] is given: then points
    within this distance become one, and unused points are removed. Winding is made consistent within a component; a
    component of negative volume is then reversed, unless its bounding box is inside that of another one, in which case it
    is taken for the wall of a cavity. Open edges are reported and left open: the winding number then decides what is
    inside.

    Raises:
        GeometryError: if no face with an area is left.
    """
    merged = 0
    if merge_tolerance is not None:
        merged_mesh = _merge(mesh, merge_tolerance)
        merged, mesh = len(mesh.points) - len(merged_mesh.points), merged_mesh
    found = _defects(mesh)
    keep = ~(found.degenerate | found.duplicate)
    if not keep.any():
        raise GeometryError(
            f"{name} has {len(keep)} faces, but none with an area, and at least 1 is needed: remove the mesh"
        )
    faces = np.where(found.flipped[:, None], mesh.faces[:, ::-1], mesh.faces)[keep]
    mended = TriangleMesh(mesh.points, faces)
    return mended, _report(mended, name, found, merged)


@dataclass(frozen=True, eq=False)
class _Defects:
    """Faces to correct, three arrays of shape (m,), bool."""

    degenerate: np.ndarray
    duplicate: np.ndarray
    flipped: np.ndarray


def _defects(mesh: TriangleMesh) -> _Defects:
    welded = topology.weld(mesh.points)[mesh.faces]
    degenerate = _slivers(mesh)
    first = np.unique(np.sort(welded, axis=1), axis=0, return_index=True)[1]
    duplicate = np.ones(len(welded), dtype=bool)
    duplicate[first] = False
    duplicate &= ~degenerate
    keep = np.flatnonzero(~(degenerate | duplicate))
    flipped = np.zeros(len(welded), dtype=bool)
    flipped[keep] = _inward(mesh, welded[keep], keep)
    return _Defects(degenerate, duplicate, flipped)


def _slivers(mesh: TriangleMesh) -> np.ndarray:
    """Faces that Warp's queries skip: |normal| below 1e-6 of the sum of the squared edges."""
    a, b, c = mesh.corners
    squares = ((b - a) ** 2 + (c - a) ** 2 + (c - b) ** 2).sum(axis=1)
    return 2.0 * np.linalg.norm(mesh.area_vectors, axis=1) < 1.0e-6 * squares + np.finfo(float).tiny


def _inward(mesh: TriangleMesh, welded: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Mask of the kept faces whose normal points into the solid, shape (kept,), bool."""
    if len(kept) == 0:
        return np.zeros(0, dtype=bool)
    edges = topology.edges_of(welded)
    flip = topology.faces_to_flip(len(kept), edges)
    label = topology.components(len(kept), edges)
    middle = mesh.points[mesh.faces[kept]].mean(axis=1) - mesh.bounds.mean(axis=0)
    shares = np.einsum("fi,fi->f", middle, mesh.area_vectors[kept]) * np.where(flip, -1.0, 1.0)
    volumes = np.bincount(label, weights=shares)
    lower, upper = _component_boxes(mesh.points[mesh.faces[kept]], label, len(volumes))
    inside_out = (volumes < 0.0) & ~_nested(lower, upper)
    return flip ^ inside_out[label]


def _component_boxes(corners: np.ndarray, label: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    lower, upper = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(lower, label, corners.min(axis=1))
    np.maximum.at(upper, label, corners.max(axis=1))
    return lower, upper


def _nested(lower: np.ndarray, upper: np.ndarray) -> np.ndarray:
    """Mask of the boxes that are strictly inside another one, shape (count,), bool."""
    return np.array([((lower < lo) & (upper > up)).all(axis=1).any() for lo, up in zip(lower, upper)])


def _merge(mesh: TriangleMesh, tolerance: float) -> TriangleMesh:
    faces = topology.weld(mesh.points, tolerance)[mesh.faces]
    used, index = np.unique(faces, return_inverse=True)
    return TriangleMesh(mesh.points[used], index.reshape(faces.shape))


def _report(mesh: TriangleMesh, name: str, found: _Defects, merged_points: int) -> RepairReport:
    welded = topology.weld(mesh.points)[mesh.faces]
    edges = topology.edges_of(welded)
    return RepairReport(
        name=name,
        points=len(mesh.points),
        faces=len(mesh.faces),
        watertight=bool((edges.counts == 2).all()),
        open_edges=edges.open,
        non_manifold_edges=edges.non_manifold,
        components=int(topology.components(len(welded), edges).max()) + 1,
        flipped_faces=int(found.flipped.sum()),
        degenerate_faces=int(found.degenerate.sum()),
        duplicate_faces=int(found.duplicate.sum()),
        merged_points=merged_points,
        volume=mesh.volume,
        area=mesh.area,
    )
