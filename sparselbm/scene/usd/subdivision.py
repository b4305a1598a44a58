"""Catmull-Clark surfaces: refinement of cages, with points moved to the smooth limit.

Sources: E. Catmull, J. Clark, "Recursively generated B-spline surfaces on arbitrary topological meshes", 1978; limit
positions: M. Halstead, M. Kass, T. DeRose, "Efficient, fair interpolation using Catmull-Clark surfaces", 1993, appendix A.
On open edges and infinitely sharp creases, the surface follows the cubic B-spline of the edge. Semi-sharp creases follow
T. DeRose, M. Kass, T. Truong, "Subdivision surfaces in character animation", 1998: a sharpness s uses the sharp rule for
s steps and decreases by 1 per step; a remainder below 1 blends it with the smooth rule. If sharpnesses differ at a point,
the rule is OpenSubdiv's, as USD specifies: the rules of this step and the next are blended by the mean of those that end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

SETTLED = 40
"""Steps after which every finite sharpness is 0, and four faces at a point have shrunk to 1e-12 of their size."""


@dataclass(frozen=True, eq=False)
class Cage:
    """Polygon mesh with the sharpness of its edges and points: 0 is smooth, inf is sharp for ever."""

    points: np.ndarray
    """Points, shape (n, 3)."""
    counts: np.ndarray
    """Number of corners of each face, shape (m,)."""
    indices: np.ndarray
    """Point of each corner, face after face, shape (sum of counts,)."""
    edge_sharpness: np.ndarray
    """Sharpness of the edge from each corner to the next, shape (sum of counts,); equal for both faces at an edge."""
    point_sharpness: np.ndarray
    """Sharpness of points, shape (n,); inf fixes a point as a corner, and is required at points without a face."""

    def around(self, chosen: np.ndarray) -> Cage:
        """Sub-cage of the faces at the chosen points; these points come first, in order."""
        face = np.repeat(np.arange(len(self.counts)), self.counts)
        near = np.unique(face[np.isin(self.indices, chosen)])
        kept = np.isin(face, near)
        order = np.concatenate([chosen, np.setdiff1d(self.indices[kept], chosen)])
        place = np.zeros(len(self.points), np.int64)
        place[order] = np.arange(len(order))
        indices = place[self.indices[kept]]
        return Cage(
            self.points[order], self.counts[near], indices, self.edge_sharpness[kept], self.point_sharpness[order]
        )


def limit_surface(cage: Cage, levels: int) -> Cage:
    """Refines the cage `levels` times (each quarters its faces), with all points on the limit surface; `levels` above 0.

    The limit of a point does not depend on the level, which only sets the sampling. If sharpness is left after the last
    level, the faces around are refined until it is 0, and at the end of an infinitely sharp crease until they are a point.
    """
    for _ in range(levels):
        cage = refine(cage)
    return replace(cage, points=_limits(cage))


def refine(cage: Cage) -> Cage:
    """One step: one quad per corner of each face. Points: those of the cage, then of its edges, then of its faces."""
    ring = _Ring.of(cage)
    face_points = ring.face_means(cage.points)
    edge_points = _edge_points(cage.points, face_points, ring)
    points = np.concatenate([_vertex_points(cage.points, face_points, ring), edge_points, face_points])
    n, e = len(cage.points), len(ring.ends)
    quads = np.stack([cage.indices, n + ring.edge, n + e + ring.face, n + ring.edge[ring.before]], axis=1)
    halves, inner = np.maximum(ring.sharpness - 1.0, 0.0)[ring.edge], np.zeros(len(quads))
    edge_sharpness = np.stack([halves, inner, inner, halves[ring.before]], axis=1).reshape(-1)
    point_sharpness = np.zeros(len(points))
    point_sharpness[:n] = np.maximum(ring.point_sharpness - 1.0, 0.0)
    return Cage(points, np.full(len(quads), 4), quads.reshape(-1), edge_sharpness, point_sharpness)


def next_corners(counts: np.ndarray) -> np.ndarray:
    """Next corner after each in its face, shape (sum of counts,)."""
    ends = np.cumsum(counts)
    after = np.arange(1, counts.sum() + 1)
    after[ends - 1] = ends - counts
    return after


@dataclass(frozen=True, eq=False)
class _Ring:
    """Adjacency of c corners of faces and e edges. A corner owns the edge from it to the next."""

    corner: np.ndarray
    """Point of each corner, shape (c,)."""
    face: np.ndarray
    """Face of each corner, shape (c,)."""
    before: np.ndarray
    """Corner before each in its face, shape (c,)."""
    edge: np.ndarray
    """Edge that each corner owns, shape (c,)."""
    ends: np.ndarray
    """Points at both ends of each edge, shape (e, 2)."""
    sharpness: np.ndarray
    """Sharpness of each edge, shape (e,); inf where the surface ends or more than two faces meet."""
    point_sharpness: np.ndarray
    """Sharpness of each point, shape (n,)."""

    @classmethod
    def of(cls, cage: Cage) -> _Ring:
        face = np.repeat(np.arange(len(cage.counts)), cage.counts)
        after = next_corners(cage.counts)
        before = np.empty_like(after)
        before[after] = np.arange(len(after))
        pairs = np.sort(np.stack([cage.indices, cage.indices[after]], axis=1), axis=1)
        ends, edge, faces_at_edge = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
        edge, borders = edge.reshape(-1), faces_at_edge != 2
        sharpness = np.zeros(len(ends))
        sharpness[edge] = cage.edge_sharpness
        sharpness[borders] = np.inf
        # At the end of a border with four faces, a point has more faces than edges, for which there is no rule.
        lost = np.bincount(ends[borders].reshape(-1), minlength=len(cage.points)) == 1
        point_sharpness = np.where(lost, np.inf, cage.point_sharpness)
        return cls(cage.indices, face, before, edge, ends, sharpness, point_sharpness)

    @property
    def point_count(self) -> int:
        return len(self.point_sharpness)

    @property
    def unsettled(self) -> np.ndarray:
        """Mask of points with finite sharpness or at the end of an infinitely sharp edge, for which no limit rule holds yet."""
        fading = (self.at_points(_is_finite(self.sharpness)) > 0) | _is_finite(self.point_sharpness)
        return fading | (self.at_points(self.sharpness == np.inf) == 1) & (self.point_sharpness == 0.0)

    def share_of_this_step(self) -> np.ndarray:
        """Mean of the sharpnesses s at each point, including its own, that end in this step (0 < s <= 1), shape (n, 1)."""
        edges, own = (_is_finite(s) & (s <= 1.0) for s in (self.sharpness, self.point_sharpness))
        weights = np.repeat(self.sharpness[edges], 2)
        total = np.bincount(self.ends[edges].reshape(-1), weights=weights, minlength=self.point_count)
        total = total + np.where(own, self.point_sharpness, 0.0)
        return (total / np.maximum(self.at_points(edges) + own, 1))[:, None]

    def face_means(self, values: np.ndarray) -> np.ndarray:
        """Mean of the point values over each face."""
        return sums(self.face, values[self.corner], self.face[-1] + 1) / np.bincount(self.face)[:, None]

    def at_points(self, edges: np.ndarray) -> np.ndarray:
        """Number of the chosen edges at each point, shape (n,)."""
        return np.bincount(self.ends[edges].reshape(-1), minlength=self.point_count)

    def opposite_ends(self, points: np.ndarray, edges: np.ndarray) -> np.ndarray:
        """Sum over the chosen edges at each point of the point at the other end, shape (n, 3)."""
        ends = self.ends[edges]
        return sums(ends.reshape(-1), points[ends[:, ::-1].reshape(-1)], self.point_count)


def sums(where: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Rows of `values` (k, 3) summed by position, shape (count, 3)."""
    return np.stack([np.bincount(where, weights=column, minlength=count) for column in values.T], axis=1)


def _is_finite(sharpness: np.ndarray) -> np.ndarray:
    return (sharpness > 0.0) & (sharpness < np.inf)


def _edge_points(points: np.ndarray, face_points: np.ndarray, ring: _Ring) -> np.ndarray:
    """Edge points (a + b + f + g) / 4 of the ends and adjacent faces; (a + b) / 2 if sharp; blended for sharpness below 1."""
    middles = points[ring.ends].mean(axis=1)
    smooth = 0.5 * middles + 0.25 * sums(ring.edge, face_points[ring.face], len(ring.ends))
    sharp = np.minimum(ring.sharpness, 1.0)[:, None]
    return (1.0 - sharp) * smooth + sharp * middles


def _vertex_points(points: np.ndarray, face_points: np.ndarray, ring: _Ring) -> np.ndarray:
    """Vertex points (F + 2 R + (n - 3) P) / n of the means of face points F and edge middles R; creases (a + 6 P + b) / 8."""
    valence = np.maximum(np.bincount(ring.corner, minlength=ring.point_count), 1)[:, None]
    mean_face = sums(ring.corner, face_points[ring.face], ring.point_count) / valence
    mean_middle = 0.5 * (points + ring.opposite_ends(points, np.ones(len(ring.ends), dtype=bool)) / valence)
    smooth = (mean_face + 2.0 * mean_middle + (valence - 3.0) * points) / valence
    share = ring.share_of_this_step()
    return share * _ruled(smooth, points, ring, 6.0, 0.0) + (1.0 - share) * _ruled(smooth, points, ring, 6.0, 1.0)


def _limits(cage: Cage) -> np.ndarray:
    """Limit of each point; unsettled points are refined further, on their own faces only."""
    ring = _Ring.of(cage)
    limits = _limit_points(cage.points, ring)
    chosen = np.arange(len(limits))
    for _ in range(SETTLED):
        left = np.flatnonzero(ring.unsettled[: len(chosen)])
        if not len(left):
            break
        chosen = chosen[left]
        cage = refine(cage.around(left))
        ring = _Ring.of(cage)
        limits[chosen] = _limit_points(cage.points, ring)[: len(chosen)]
    return limits


def _limit_points(points: np.ndarray, ring: _Ring) -> np.ndarray:
    """Limit points (n^2 P + 4 sum of neighbours + sum of diagonals) / (n (n + 5)) for quads; creases (a + 4 P + b) / 6."""
    n = np.maximum(np.bincount(ring.corner, minlength=ring.point_count), 1)[:, None]
    neighbours = ring.opposite_ends(points, np.ones(len(ring.ends), dtype=bool))
    diagonal = ring.before[ring.before]
    diagonals = sums(ring.corner, points[ring.corner[diagonal]], ring.point_count)
    smooth = (n**2 * points + 4.0 * neighbours + diagonals) / (n * (n + 5.0))
    return _ruled(smooth, points, ring, 4.0, 0.0)


def _ruled(smooth: np.ndarray, points: np.ndarray, ring: _Ring, weight: float, above: float) -> np.ndarray:
    """Crease rule (a + weight P + b) / (weight + 2) between two edges sharper than `above`; sharper points are fixed.

    With one such edge (at the end of a crease) or none, the smooth rule applies.
    """
    sharp = ring.sharpness > above
    edges = ring.at_points(sharp)
    along = (weight * points + ring.opposite_ends(points, sharp)) / (weight + 2.0)
    stays = (ring.point_sharpness > above) | (edges > 2)
    return np.select([stays[:, None], (edges == 2)[:, None]], [points, along], smooth)
