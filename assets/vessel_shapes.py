"""Surfaces of joined tubes, open at flat ends, with a cap for each: what the vessel scenes are made of.

A union of round tubes is a signed distance; its zero is found as quads by dual contouring: a point a cell of a grid that the
surface crosses, moved onto it, and at the rim of an end onto surface and plane both. A cap is a fan over its rim: the grid's
own quads across an end fold where a cell's middle, dropped onto the plane, comes to lie beyond the rim.
"""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Tube:
    """A straight round tube between two points."""

    start: tuple
    end: tuple
    radius: float

    def distance(self, x):
        """To its wall, below 0 inside; the ends are half spheres."""
        a, along = np.asarray(self.start), np.subtract(self.end, self.start)
        s = np.clip((x - a) @ along / (along @ along), 0.0, 1.0)
        return np.linalg.norm(x - a - s[..., None] * along, axis=-1) - self.radius


@dataclass(frozen=True)
class End:
    """Where a tube is cut, across a direction that points out of it."""

    centre: tuple
    direction: tuple
    radius: float

    def height(self, x):
        """Above the cut."""
        return (x - np.asarray(self.centre)) @ self.unit

    def near(self, x):
        """Whether the cut is meant, and not its plane elsewhere."""
        return np.linalg.norm(x - np.asarray(self.centre), axis=-1) < 2.5 * self.radius

    @property
    def unit(self):
        return np.asarray(self.direction) / np.linalg.norm(self.direction)


def union(tubes, blend):
    """Distance to the walls of all, edges between them rounded over a length (polynomial smooth minimum)."""

    def distance(x):
        found = tubes[0].distance(x)
        for tube in tubes[1:]:
            other = tube.distance(x)
            h = np.maximum(blend - np.abs(found - other), 0.0) / blend
            found = np.minimum(found, other) - 0.25 * blend * h * h
        return found

    return distance


def contoured(distance, ends, low, high, step):
    """The wall as points (n, 3) and quads (m, 4), normals outward, and the points and triangles of each end's cap."""
    count = np.ceil((np.asarray(high) - low) / step).astype(int) + 1
    nodes = np.stack(np.meshgrid(*(low[k] + step * np.arange(count[k]) for k in range(3)), indexing="ij"), axis=-1)
    wall = distance(nodes)
    cut = np.full(wall.shape, -1e9)
    for end in ends:
        cut = np.where(end.near(nodes), np.maximum(cut, end.height(nodes)), cut)
    points, number = _points(distance, ends, nodes, wall, cut, step)
    quads = _quads(np.maximum(wall, cut) < 0.0, number)
    for end in ends:
        corners = points[quads]
        quads = quads[~((np.abs(end.height(corners)) < 1e-6 * step).all(axis=1) & end.near(corners.mean(axis=1)))]
    rims = _rims(quads)
    return _own(points, quads), [_fan(points, rims[end.near(points[rims]).all(axis=1)]) for end in ends]


def _rims(quads):
    """The edges of a single quad, (k, 2), wound as its neighbours across them would be."""
    edges = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    _, which, count = np.unique(np.sort(edges, axis=1), axis=0, return_inverse=True, return_counts=True)
    return edges[count[which.ravel()] == 1][:, ::-1]


def _fan(points, rim):
    """The cap over a rim: a triangle from each of its edges to its middle."""
    middle = points[np.unique(rim)].mean(axis=0)
    return _own(np.vstack([points, middle]), np.column_stack([rim, np.full(len(rim), len(points))]))


def _own(points, faces):
    """The points that some faces use, rounded as files keep them, and the faces over these."""
    used, own = np.unique(faces, return_inverse=True)
    return np.round(points[used], 3), own.reshape(faces.shape)


def _beside(wall, cut):
    """The cells of a grid with edges that lead out through the wall, and those with edges that lead out through a cut."""
    both = np.maximum(wall, cut)
    cells = np.zeros((2, *(n - 1 for n in wall.shape)), dtype=bool)
    for axis in range(3):
        ahead, behind = (
            [np.moveaxis(field, axis, 0)[part] for field in (both, wall, cut)] for part in (slice(1, None), slice(-1))
        )
        crossed = (ahead[0] < 0.0) != (behind[0] < 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):  # Where nothing is crossed, it does not matter.
            t = behind[0] / (behind[0] - ahead[0])
            through_wall = behind[1] + t * (ahead[1] - behind[1]) >= behind[2] + t * (ahead[2] - behind[2])
        for kind, edges in enumerate((crossed & through_wall, crossed & ~through_wall)):
            for i in (slice(-1), slice(1, None)):
                for j in (slice(-1), slice(1, None)):
                    cells[kind] |= np.moveaxis(edges[:, i, j], 0, axis)
    return cells


def _points(distance, ends, nodes, wall, cut, step):
    """A point a crossed cell, on the surface, and the number of the cell's point, -1 where it has none."""
    beside = _beside(wall, cut)
    crossed = beside.any(axis=0)
    number = np.full(crossed.shape, -1)
    number[crossed] = np.arange(np.count_nonzero(crossed))
    x = nodes[:-1, :-1, :-1][crossed] + 0.5 * step
    on_wall, on_cut = beside[:, crossed]
    for _ in range(3):
        _drop(ends, x, on_cut)
        x[on_wall] -= distance(x[on_wall])[:, None] * _gradient(distance, x[on_wall], step)
    _drop(ends, x, on_cut)
    return x, number


def _drop(ends, x, on_cut):
    """Moves points onto the cut that they are near."""
    for end in ends:
        here = on_cut & end.near(x)
        x[here] -= end.height(x[here])[:, None] * end.unit


def _gradient(distance, x, step):
    h = 1e-3 * step
    slope = np.stack([(distance(x + h * e) - distance(x - h * e)) / (2.0 * h) for e in np.eye(3)], axis=-1)
    return slope / np.maximum(np.linalg.norm(slope, axis=-1, keepdims=True), 1e-12)


def _quads(inside, number):
    """A quad around each edge of the grid that leads in or out, wound so that its normal points out."""
    found = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        ahead = np.moveaxis(inside, axis, 0)
        changes = np.moveaxis(ahead[:-1] != ahead[1:], 0, axis)
        edges = np.argwhere(changes)
        edges = edges[(edges[:, u] > 0) & (edges[:, v] > 0)]
        around = []
        for du, dv in ((1, 1), (0, 1), (0, 0), (1, 0)):
            cell = edges.copy()
            cell[:, u] -= du
            cell[:, v] -= dv
            around.append(number[tuple(cell.T)])
        quads = np.stack(around, axis=1)
        leaves = inside[tuple(edges.T)]
        found.append(np.where(leaves[:, None], quads, quads[:, ::-1]))
    return np.concatenate(found)
