"""Catmull-Clark surfaces: cages refined, and their points put on the smooth limit.

E. Catmull, J. Clark, "Recursively generated B-spline surfaces on arbitrary topological meshes", 1978; limit positions after
M. Halstead, M. Kass, T. DeRose, "Efficient, fair interpolation using Catmull-Clark surfaces", 1993, appendix A. On open edges
the surface follows the cubic B-spline of the edge (USD's `edgeAndCorner`: a corner of a single face stays where it is).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Cage:
    """A mesh of polygons."""

    points: np.ndarray
    """Corners, shape (n, 3)."""
    counts: np.ndarray
    """Corners of each face, shape (m,)."""
    indices: np.ndarray
    """Point of each corner, face after face, shape (sum of counts,)."""


def limit_surface(cage: Cage, levels: int) -> Cage:
    """The cage refined `levels` times (each quarters its faces), every point on the limit surface; `levels` above 0."""
    for _ in range(levels):
        cage = refine(cage)
    return Cage(_limit_points(cage), cage.counts, cage.indices)


def refine(cage: Cage) -> Cage:
    """One step: a quad for each corner of each face. Points: those of the cage, then of its edges, then of its faces."""
    ring = _Ring.of(cage)
    face_points = ring.face_means(cage.points)
    edge_points = _edge_points(cage.points, face_points, ring)
    points = np.concatenate([_vertex_points(cage.points, face_points, ring), edge_points, face_points])
    n, e = len(cage.points), len(ring.ends)
    quads = np.stack([cage.indices, n + ring.edge, n + e + ring.face, n + ring.edge[ring.before]], axis=1)
    return Cage(points, np.full(len(quads), 4), quads.reshape(-1))


@dataclass(frozen=True, eq=False)
class _Ring:
    """Who is beside whom; c corners of faces, e edges. A corner owns the edge that runs from it to the next."""

    corner: np.ndarray
    """Point of each corner, shape (c,)."""
    face: np.ndarray
    """Face of each corner, shape (c,)."""
    before: np.ndarray
    """The corner before each in its face, shape (c,)."""
    edge: np.ndarray
    """Edge that each corner owns, shape (c,)."""
    ends: np.ndarray
    """Points at both ends of each edge, shape (e, 2)."""
    faces_at_edge: np.ndarray
    """Number of faces at each edge, shape (e,)."""
    point_count: int

    @classmethod
    def of(cls, cage: Cage) -> _Ring:
        first = np.cumsum(cage.counts) - cage.counts
        face = np.repeat(np.arange(len(cage.counts)), cage.counts)
        place = np.arange(len(cage.indices)) - first[face]
        after = first[face] + (place + 1) % cage.counts[face]
        before = first[face] + (place - 1) % cage.counts[face]
        pairs = np.sort(np.stack([cage.indices, cage.indices[after]], axis=1), axis=1)
        ends, edge, faces_at_edge = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
        return cls(cage.indices, face, before, edge.reshape(-1), ends, faces_at_edge, len(cage.points))

    @property
    def sharp(self) -> np.ndarray:
        """Edges that the surface ends at (or where more than two faces meet), shape (e,), bool."""
        return self.faces_at_edge != 2

    def face_means(self, values: np.ndarray) -> np.ndarray:
        """Mean of the points' values over each face."""
        return sums(self.face, values[self.corner], self.face[-1] + 1) / np.bincount(self.face)[:, None]

    def at_points(self, edges: np.ndarray) -> np.ndarray:
        """Number of the chosen edges at each point, shape (n,)."""
        return np.bincount(self.ends[edges].reshape(-1), minlength=self.point_count)

    def opposite_ends(self, points: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """Sum over the chosen edges at each point of the point at their other end, shape (n, 3)."""
        ends = self.ends[edges]
        return sums(ends.reshape(-1), points[ends[:, ::-1].reshape(-1)], self.point_count)


def sums(where: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Rows of `values` (k, 3) added up by their place, shape (count, 3)."""
    return np.stack([np.bincount(where, weights=column, minlength=count) for column in values.T], axis=1)


def _edge_points(points: np.ndarray, face_points: np.ndarray, ring: _Ring) -> np.ndarray:
    """(a + b + f + g) / 4 of the ends and the faces beside; (a + b) / 2 where the surface ends."""
    middles = points[ring.ends].mean(axis=1)
    beside = sums(ring.edge, face_points[ring.face], len(ring.ends))
    return np.where(ring.sharp[:, None], middles, 0.5 * middles + 0.25 * beside)


def _vertex_points(points: np.ndarray, face_points: np.ndarray, ring: _Ring) -> np.ndarray:
    """(F + 2 R + (n - 3) P) / n of the means of face points F and edge middles R; on open edges (a + 6 P + b) / 8."""
    valence = np.maximum(np.bincount(ring.corner, minlength=ring.point_count), 1)[:, None]
    mean_face = sums(ring.corner, face_points[ring.face], ring.point_count) / valence
    every = np.ones(len(ring.ends), dtype=bool)
    mean_middle = 0.5 * (points + ring.opposite_ends(points, every) / valence)
    smooth = (mean_face + 2.0 * mean_middle + (valence - 3.0) * points) / valence
    return _with_borders(smooth, points, ring, 6.0)


def _limit_points(cage: Cage) -> np.ndarray:
    """(n^2 P + 4 sum of neighbours + sum of diagonals) / (n (n + 5)) among quads; on open edges (a + 4 P + b) / 6."""
    ring = _Ring.of(cage)
    n = np.maximum(np.bincount(ring.corner, minlength=ring.point_count), 1)[:, None]
    neighbours = ring.opposite_ends(cage.points, np.ones(len(ring.ends), dtype=bool))
    diagonal = ring.before[ring.before]
    diagonals = sums(ring.corner, cage.points[ring.corner[diagonal]], ring.point_count)
    smooth = (n**2 * cage.points + 4.0 * neighbours + diagonals) / (n * (n + 5.0))
    return _with_borders(smooth, cage.points, ring, 4.0)


def _with_borders(smooth: np.ndarray, points: np.ndarray, ring: _Ring, weight: float) -> np.ndarray:
    """Smooth positions, but for points on open edges, which see their border only, and corners, which stay."""
    borders = ring.at_points(ring.sharp)
    faces = np.bincount(ring.corner, minlength=ring.point_count)
    along = (weight * points + ring.opposite_ends(points, ring.sharp)) / (weight + 2.0)
    stays = (faces <= 1) | (borders > 2)
    return np.select([stays[:, None], (borders > 0)[:, None]], [points, along], smooth)
