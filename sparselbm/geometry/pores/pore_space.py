"""Pore space of a voxel image."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from ...errors import GeometryError
from .connectivity import percolating
from .widths import UNBOUNDED, clearances, widths


@dataclass(frozen=True, eq=False)
class PoreSpace:
    """Pores of an image, and what connects them."""

    pore: np.ndarray
    """Mask of the pores, (nx, ny, nz) bool."""
    periodic: bool = False
    """Whether the image repeats along all axes; else its faces across the flow are walls."""

    def __post_init__(self):
        if self.pore.dtype != bool or self.pore.ndim != 3 or 0 in self.pore.shape:
            raise GeometryError(f"the pores are {self.pore.dtype} {self.pore.shape}: pass an array of bool with three axes")

    @cached_property
    def porosity(self) -> float:
        """Share of the pores in the image."""
        return float(self.pore.mean())

    @cached_property
    def connected_porosity(self) -> tuple[float, float, float]:
        """Share of the image that fluid can flow through, along each axis; 0 where no path connects the faces."""
        x, y, z = (float(self.connected(axis).mean()) for axis in range(3))
        return x, y, z

    @cache  # noqa: B019 - one value per axis, which lives as long as the image.
    def connected(self, axis: int) -> np.ndarray:
        """Pores through which fluid can flow along an axis, (nx, ny, nz) bool: see `percolating`."""
        return percolating(self.pore, axis, periodic=self.periodic)

    def typical_width(self, axis: int) -> float:
        """Median width of the connected pores [voxels]; the smallest extent of the image where the pore is open everywhere."""
        found = self._widths(axis)[self.connected(axis)]
        return float(np.median(found)) if found.size else 0.0

    def narrowest_width(self, axis: int) -> int:
        """Width of the narrowest throat on the widest path along an axis [voxels]: every path has one that is as narrow.

        The width at a voxel is the smaller one of its shortest chord and of the largest sphere around it.
        """
        connected = self.connected(axis)
        everywhere = np.minimum(self._widths(axis), clearances(connected, axis, periodic=self.periodic).astype(np.int32))
        choices = np.unique(everywhere[connected])
        low, high = 0, len(choices) - 1
        while low < high:
            middle = (low + high + 1) // 2
            if percolating(everywhere >= choices[middle], axis, periodic=self.periodic).any():
                low = middle
            else:
                high = middle - 1
        return int(choices[low]) if len(choices) else 0

    def coarsened(self) -> PoreSpace:
        """The image with voxels twice as large: pore where at least half of the eight are; an odd last layer is doubled."""
        even = np.pad(self.pore, [(0, n % 2) for n in self.pore.shape], mode="edge")
        x, y, z = (n // 2 for n in even.shape)
        return PoreSpace(even.reshape(x, 2, y, 2, z, 2).mean(axis=(1, 3, 5)) >= 0.5, self.periodic)

    def refined(self, factor: int) -> PoreSpace:
        """The same image with every voxel divided into `factor` voxels along each axis."""
        fine = self.pore
        for axis in range(3):
            fine = fine.repeat(factor, axis)
        return PoreSpace(fine, self.periodic)

    def _widths(self, axis: int) -> np.ndarray:
        """Width at every connected pore [voxels]."""
        found = widths(self.connected(axis), axis, periodic=self.periodic)
        return np.where(found == UNBOUNDED, min(self.pore.shape), found)


