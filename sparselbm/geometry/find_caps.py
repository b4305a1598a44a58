"""Openings of a vessel's surface: caps over its open rims, or the flat ends of a closed surface."""

import numpy as np
import scipy.sparse as sp
from scipy.sparse import csgraph

from . import topology
from .triangles import TriangleMesh

_SHARP = np.cos(np.radians(30.0))
"""Cosine of the angle between an end and the wall beside it from which the end counts as an opening."""
_COPLANAR = np.cos(np.radians(5.0))
"""Cosine of the angle between neighbouring faces of one flat end; slivers are turned by the rounding of the file."""
_FLAT = 0.99
"""Least area of an end along its normal, relative to that of its faces: walls of many faces bend by less than the angle above."""
_BLUNT = 0.1
"""Share of the edges around an end that may be less sharp: slivers of the wall lie in any direction."""
_SMALL, _FEW = 0.05, 8
"""Area relative to the largest end, and number of edges around it, below which, both, a part is a facet of a coarse wall."""
_COMPACT = 0.6
"""Least 4 pi A / P^2 of an end: 1 for a disc, 0.79 for a square; the long strips of a coarse wall have less."""


def find_caps(surface: TriangleMesh) -> tuple[TriangleMesh, ...]:
    """Returns a cap for each opening, the largest first: over each open rim, or for a closed surface its flat ends.

    Caps use the points of their rim, so that they close the surface.
    """
    faces = topology.weld(surface.points)[surface.faces]
    found = _rim_caps(surface, faces) or _flat_ends(surface, faces)
    largest = max(map(_flat_area, found), default=1.0)
    # Areas that are equal to rounding keep their order.
    return tuple(sorted(found, key=lambda cap: -round(_flat_area(cap) / largest, 6)))


def _flat_area(cap: TriangleMesh) -> float:
    return float(np.linalg.norm(cap.area_vectors.sum(axis=0)))


def _rim_caps(surface: TriangleMesh, faces: np.ndarray) -> list[TriangleMesh]:
    """A fan from each edge of an open rim to the mean of the rim's points, wound as its neighbours."""
    edges = np.concatenate([faces[:, [k, (k + 1) % 3]] for k in range(3)])
    edges = edges[edges[:, 0] != edges[:, 1]]
    _, which, count = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True, return_counts=True)
    rim = edges[count[which.ravel()] == 1][:, ::-1]
    points = len(surface.points)
    _, label = csgraph.connected_components(sp.csr_matrix((np.ones(len(rim)), rim.T), shape=(points, points)), directed=False)
    return [_fan(surface.points, rim[label[rim[:, 0]] == each]) for each in np.unique(label[rim[:, 0]])]


def _fan(points: np.ndarray, rim: np.ndarray) -> TriangleMesh:
    used, own = np.unique(rim, return_inverse=True)
    own = own.reshape(rim.shape)
    middle = points[used].mean(axis=0)
    return TriangleMesh(np.vstack([points[used], middle]), np.column_stack([own, np.full(len(rim), len(used))]).astype(np.int32))


def _flat_ends(surface: TriangleMesh, faces: np.ndarray) -> list[TriangleMesh]:
    """Flat, compact parts that meet the rest of the surface at sharp edges."""
    edges = topology.edges_of(faces)
    vectors = surface.area_vectors
    normals = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-300)
    cosines = np.einsum("ij,ij->i", *(normals[side] for side in edges.pairs.T)) * np.where(edges.opposed, -1.0, 1.0)
    flat = edges.pairs[cosines > _COPLANAR]
    _, part = csgraph.connected_components(
        sp.csr_matrix((np.ones(len(flat)), flat.T), shape=(len(faces), len(faces))), directed=False
    )
    beside = edges.pairs[part[edges.pairs[:, 0]] != part[edges.pairs[:, 1]]]
    smooth = edges.pairs[(cosines > _SHARP) & (part[edges.pairs[:, 0]] != part[edges.pairs[:, 1]])]
    around, blunt = (np.bincount(part[pairs].ravel(), minlength=part.max() + 1) for pairs in (beside, smooth))
    candidates = np.flatnonzero((around > 0) & (blunt <= _BLUNT * around))
    caps = [_part(surface, part == each) for each in candidates]
    ends = [cap for cap in caps if _is_end(cap)]
    least = _SMALL * max(map(_flat_area, ends), default=0.0)
    return [cap for cap in ends if _flat_area(cap) >= least or len(_rim(cap)) >= _FEW]


def _is_end(cap: TriangleMesh) -> bool:
    """Whether a part is flat and compact."""
    perimeter = float(np.linalg.norm(np.diff(cap.points[_rim(cap)], axis=1), axis=-1).sum())
    return _flat_area(cap) >= _FLAT * cap.area and 4.0 * np.pi * _flat_area(cap) >= _COMPACT * perimeter**2


def _part(surface: TriangleMesh, chosen: np.ndarray) -> TriangleMesh:
    used, own = np.unique(surface.faces[chosen], return_inverse=True)
    return TriangleMesh(surface.points[used], own.reshape(-1, 3).astype(np.int32))


def _rim(cap: TriangleMesh) -> np.ndarray:
    """Edges of a single face, (k, 2)."""
    welded = topology.weld(cap.points)[cap.faces]
    edges = np.sort(np.concatenate([welded[:, [k, (k + 1) % 3]] for k in range(3)]), axis=1)
    edges, counts = np.unique(edges, axis=0, return_counts=True)
    return edges[counts == 1]
