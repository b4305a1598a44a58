"""Connectivity of faces: welding, edges, components and consistent winding, with NumPy and SciPy only."""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from scipy.sparse import csgraph


def weld(points: np.ndarray, tolerance: float = 0.0) -> np.ndarray:
    """Index of the first point at the same position, for each point (n, 3) [m], shape (n,).

    With a tolerance [m], positions are cells of a grid of that spacing; with 0, coordinates must be equal.
    """
    keys = np.round(points / tolerance) if tolerance > 0.0 else points + 0.0
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    return first[group.reshape(-1)]


@dataclass(frozen=True, eq=False)
class Edges:
    """Undirected edges of a set of faces, and the pairs of faces that share one."""

    counts: np.ndarray
    """Number of faces at each edge, shape (e,)."""
    pairs: np.ndarray
    """Faces on both sides of each edge that has exactly two, shape (p, 2)."""
    opposed: np.ndarray
    """Whether the two faces of a pair have opposite winding, shape (p,), bool."""

    @property
    def open(self) -> int:
        """Number of edges with one face."""
        return int((self.counts == 1).sum())

    @property
    def non_manifold(self) -> int:
        """Number of edges with more than two faces."""
        return int((self.counts > 2).sum())


def edges_of(faces: np.ndarray) -> Edges:
    """Returns the edges of welded faces (m, 3); faces of equal winding traverse their edge in opposite directions."""
    directed = faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2).astype(np.int64)
    forward = directed[:, 0] < directed[:, 1]
    low, high = directed.min(axis=1), directed.max(axis=1)
    _, edge, counts = np.unique(low * (faces.max() + 1) + high, return_inverse=True, return_counts=True)
    order = np.argsort(edge, kind="stable")
    first = (np.cumsum(counts) - counts)[counts == 2]
    left, right = order[first], order[first + 1]
    return Edges(counts, np.stack([left // 3, right // 3], axis=1), forward[left] == forward[right])


def is_closed(points: np.ndarray, faces: np.ndarray) -> bool:
    """Returns whether every edge has an even number of faces after merging equal points, so that an inside exists."""
    return bool((edges_of(weld(points)[faces]).counts % 2 == 0).all())


def components(face_count: int, edges: Edges) -> np.ndarray:
    """Index of the component of each face, connected across edges of two faces, shape (m,)."""
    return csgraph.connected_components(_adjacency(face_count, edges), directed=False)[1]


def faces_to_flip(face_count: int, edges: Edges) -> np.ndarray:
    """Mask of the faces whose winding disagrees with the first face of their component, shape (m,), bool.

    A face has the orientation of the face from which it was reached, changed if the two are opposed; each component is
    traversed breadth first.
    """
    opposed = sp.csr_matrix((edges.opposed, edges.pairs.T), shape=(face_count, face_count))
    adjacency = _adjacency(face_count, edges)
    flip = np.zeros(face_count, dtype=bool)
    for start in np.unique(csgraph.connected_components(adjacency, directed=False)[1], return_index=True)[1]:
        order, reached_from = csgraph.breadth_first_order(adjacency, start, directed=False)
        parents = reached_from[order[1:]]
        change = np.asarray(opposed[parents, order[1:]] + opposed[order[1:], parents]).reshape(-1)
        for face, parent, turn in zip(order[1:].tolist(), parents.tolist(), change.tolist()):
            flip[face] = flip[parent] ^ bool(turn)
    return flip


def _adjacency(face_count: int, edges: Edges) -> sp.csr_matrix:
    return sp.csr_matrix((np.ones(len(edges.pairs)), edges.pairs.T), shape=(face_count, face_count))
