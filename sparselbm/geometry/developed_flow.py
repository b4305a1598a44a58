"""Developed laminar flow through a plane cross-section."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_ACROSS = 92
"""Number of grid spacings across the larger extent of the cross-section."""
_MARGIN = 2
"""Number of nodes beyond the cross-section on each side."""
_HALVINGS = 30
"""Number of bisections by which the wall is found between two nodes."""
_INSIDE = 1e-3
"""Distance from the cross-section up to which a place is inside, in spacings, for the rounding of single precision."""
_NEAREST = 1e-3
"""Smallest distance of the wall from a node, in grid spacings."""
_FINER = 4
"""Number of sampling points per grid spacing in the mean."""


@dataclass(frozen=True, eq=False)
class DevelopedFlow:
    """Solution of nabla^2 w = -1 in a cross-section with w = 0 on its wall, relative to its mean: 2 (1 - (r / R)^2) in a disc.

    Finite differences with the exact distances of the wall (Shortley & Weller, J. Appl. Phys. 9 (1938) 334), so that the wall
    stands between the nodes where it is: with 92 spacings across, a disc is exact to 3e-4 of its peak.
    """

    low: np.ndarray
    """Lower corner of the grid [m], (2,)."""
    step: float
    """Spacing [m]."""
    values: np.ndarray
    """w relative to its mean at the nodes; beyond the wall it is continued with the other sign, so that it is 0 at the wall."""

    @classmethod
    def within(
        cls, outside: Callable[[np.ndarray], np.ndarray], low: np.ndarray, high: np.ndarray, area: float
    ) -> DevelopedFlow:
        """The flow in the cross-section of places [m] whose distance from it is 0.

        `outside`: distances of places (n, 2); `low`, `high`: corners of a box around the cross-section; `area`: its area [m^2].
        """
        from scipy.sparse.linalg import spsolve

        step = float((high - low).max()) / _ACROSS
        count = np.ceil((high - low) / step).astype(int) + 2 * _MARGIN + 1
        corner = low - _MARGIN * step
        inner = (outside(_nodes(count) * step + corner) < _INSIDE * step).reshape(tuple(count))
        shares = _wall_shares(inner, lambda places: outside(places * step + corner) < _INSIDE * step)
        values = np.zeros(inner.shape)
        values[inner] = np.asarray(spsolve(_laplacian(inner, shares), np.ones(np.count_nonzero(inner))))
        flow = cls(corner, step, _continued(values, inner, shares))
        places = _nodes(_FINER * count) * (step / _FINER) + corner
        mean = flow.at(places).sum() * (step / _FINER) ** 2 / area
        return cls(corner, step, flow.values / mean)

    @property
    def peak(self) -> float:
        """Largest velocity relative to the mean."""
        return float(self.values.max())

    def at(self, places: np.ndarray) -> np.ndarray:
        """Velocity relative to its mean at places (n, 2) [m]; 0 outside."""
        from scipy.ndimage import map_coordinates

        found = map_coordinates(self.values, ((places - self.low) / self.step).T, order=1, mode="nearest")
        return np.maximum(found, 0.0)


def _nodes(count: np.ndarray) -> np.ndarray:
    """Indices of all nodes, (n, 2)."""
    return np.stack(np.meshgrid(*(np.arange(n) for n in count), indexing="ij"), axis=-1).reshape(-1, 2)


def _shifted(values: np.ndarray, axis: int, by: int) -> np.ndarray:
    """Values of the neighbours; the margin is wide enough that none of the other side is used."""
    return np.roll(values, -by, axis=axis)


def _wall_shares(inner: np.ndarray, is_inside: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Distance of the wall, or of the next node, from each inner node, in spacings, (2, 2, nx, ny): by axis, downwards and
    upwards. `is_inside`: mask of places (n, 2) in spacings."""
    shares = np.ones((2, 2, *inner.shape))
    for axis in (0, 1):
        for side, sign in enumerate((-1, 1)):
            cut = inner & ~_shifted(inner, axis, sign)
            start, way = np.argwhere(cut).astype(float), sign * np.eye(2)[axis]
            low, high = np.zeros(len(start)), np.ones(len(start))
            for _ in range(_HALVINGS):
                middle = 0.5 * (low + high)
                within = is_inside(start + middle[:, None] * way)
                low, high = np.where(within, middle, low), np.where(within, high, middle)
            shares[axis, side][cut] = np.maximum(low, _NEAREST)
    return shares


def _laplacian(inner: np.ndarray, shares: np.ndarray):
    """Matrix -nabla^2 at the inner nodes, in units of 1 / step^2, with 0 at the wall."""
    import scipy.sparse as sp

    number = np.full(inner.shape, -1)
    number[inner] = np.arange(np.count_nonzero(inner))
    n = np.count_nonzero(inner)
    rows, columns, weights, diagonal = [], [], [], np.zeros(n)
    for axis in (0, 1):
        whole = shares[axis].sum(axis=0)
        for side, sign in enumerate((-1, 1)):
            weight, beside = (2.0 / (shares[axis, side] * whole))[inner], _shifted(number, axis, sign)[inner]
            diagonal += weight
            there = beside >= 0
            rows.append(np.flatnonzero(there))
            columns.append(beside[there])
            weights.append(-weight[there])
    indices = np.concatenate(rows), np.concatenate(columns)
    return sp.csc_matrix((np.concatenate(weights), indices), shape=(n, n)) + sp.diags(diagonal, format="csc")


def _continued(values: np.ndarray, inner: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Values with those of the nodes beyond the wall, on the line through the wall and the second node before it.

    Nodes that are beyond the wall along a diagonal only complete a plane.
    """
    total, number = np.zeros(values.shape), np.zeros(values.shape)
    for axis in (0, 1):
        for side, sign in enumerate((-1, 1)):
            cut = inner & ~_shifted(inner, axis, sign)
            second, share = _shifted(inner, axis, -sign) & cut, shares[axis, side]
            base = np.where(second, _shifted(values, axis, -sign), values)
            beyond = np.where(cut, -base * (1.0 - share) / np.where(second, 1.0 + share, share), 0.0)
            total += _shifted(beyond, axis, -sign)
            number += _shifted(cut.astype(float), axis, -sign)
    result, known = values + total / np.maximum(number, 1.0), inner | (number > 0)
    for a in (-1, 1):
        for b in (-1, 1):
            x, y = _shifted(result, 0, a), _shifted(result, 1, b)
            both = _shifted(known, 0, a) & _shifted(known, 1, b) & _shifted(_shifted(inner, 0, a), 1, b)
            corner = x + y - _shifted(_shifted(result, 0, a), 1, b)
            result = np.where(both & ~known, corner, result)
    return result
