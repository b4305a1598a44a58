"""Section of a vessel just inside a cap, where flow rate and pressure are read."""

from dataclasses import dataclass

import numpy as np

from ..geometry.cap import Cap
from ..grid import Domain

_NEAREST, _FURTHEST = 2.0, 10.0
"""Distances of the section from its cap [cells]. Nearer cells have the error of the condition; in a shorter section, how the
cells lie changes the flow rate by 0.2 % at 12 cells across, and here by 0.02 %."""
_LEAST = 0.8
"""Least volume of the cells before the cap, relative to that of a straight section."""


@dataclass(frozen=True, eq=False)
class OpeningSection:
    """Cells two to ten cells inside a flat cap, and their weights.

    The flow rate is sum_i w_i (rho u)_i . n, a mean over parallel planes of the flow through each, with sin^2 weights over the
    distance d from the cap. The pressure at the cap is sum_i v_i p_i over the cells straight before it, with sum v = 1 and
    sum v d = 0: a straight line, fitted by least squares, at d = 0.
    """

    cells: np.ndarray
    """Tile index and cell index of the cells, (k, 2)."""
    of_flow: np.ndarray
    """w [cells^2], (k,)."""
    of_pressure: np.ndarray
    """v, (k,)."""

    @classmethod
    def of(cls, domain: Domain, fluid: np.ndarray, cap: Cap, along: np.ndarray, others: np.ndarray) -> "OpeningSection | None":
        """Returns the section inside a cap; None if the cap is curved, or the vessel too short or with another opening there.

        `fluid`, `along`, `others`: tile and cell indices, (k, 2), of all fluid cells, of those along the cap, and of those along
        all other openings.
        """
        centres = domain.cell_centres()[fluid[:, 0], fluid[:, 1]]
        depth = (centres - cap.mesh.centroid) @ cap.normal / domain.voxel_size
        near = (depth > -2.0) & (depth < _FURTHEST)
        fluid, centres, depth = fluid[near], centres[near], depth[near]
        joined = _joined(domain, fluid, along)
        if _any_in(others, fluid[joined]):
            return None
        inside = joined & (depth > _NEAREST)
        cells, centres, depth = fluid[inside], centres[inside], depth[inside]
        before = np.abs(np.abs(cap.query.signed_distance(centres)) / domain.voxel_size - depth) < 0.01
        length = _FURTHEST - _NEAREST
        if before.sum() < _LEAST * length * cap.area / domain.voxel_size**2:
            return None
        window = 2.0 / length * np.sin(np.pi * (depth - _NEAREST) / length) ** 2
        line = np.zeros(len(depth))
        line[before] = np.linalg.pinv(np.column_stack([np.ones(before.sum()), depth[before]]))[0]
        return cls(cells, window, line)


def _joined(domain: Domain, cells: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Which of some cells are connected with some of the cells in `start` through them, (k,) bool."""
    from scipy import ndimage

    places = domain.cell_indices()[cells[:, 0], cells[:, 1]]
    low = places.min(axis=0) - 1
    box = np.zeros(places.max(axis=0) + 2 - low, dtype=bool)
    box[tuple((places - low).T)] = True
    parts = np.zeros(box.shape, dtype=np.int32)
    ndimage.label(box, np.ones((3,) * box.ndim), output=parts)
    begun = domain.cell_indices()[start[:, 0], start[:, 1]] - low
    begun = begun[np.all((begun >= 0) & (begun < box.shape), axis=1)]
    return np.isin(parts[tuple((places - low).T)], np.setdiff1d(parts[tuple(begun.T)], [0]))


def _any_in(cells: np.ndarray, among: np.ndarray) -> bool:
    """Whether any of some cells, (k, 2), is among others."""
    return bool(set(map(tuple, cells)) & set(map(tuple, among)))
