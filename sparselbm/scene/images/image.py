"""Voxel image as it is read."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...errors import SceneError


@dataclass(frozen=True, eq=False)
class VoxelImage:
    """Values of the voxels of a box."""

    values: np.ndarray
    """Values, (nx, ny, nz): the indices run along x, y and z."""
    order: str = "xyz"
    """Axes along which the indices of the stored array run, the slowest first; zyx: x varies fastest."""
    voxel_size: float | None = None
    """Edge of a voxel in the unit of the file; None: the file does not store it."""
    origin: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Lower corner of the image in the unit of the file."""

    @classmethod
    def stored(cls, array: np.ndarray, order: str, place: str) -> VoxelImage:
        """The image of an array whose indices run along the axes in this order. Raises SceneError for other than three axes."""
        if array.ndim != 3 or 0 in array.shape:
            raise SceneError(f"{place}: the array has the shape {array.shape}, but an image has three axes; save it so")
        if array.dtype.kind not in "biuf":
            raise SceneError(f"{place}: the voxels are of type {array.dtype}, but must be whole or real numbers; save them so")
        return cls(array.transpose([order.index(axis) for axis in "xyz"]), order)

    def cropped(self, lower: tuple[int, int, int] | None, upper: tuple[int, int, int] | None) -> VoxelImage:
        """The part from the voxel `lower` up to, and without, the voxel `upper`; None: from the first, to the last.

        Raises SceneError for a part that is empty or beyond the image.
        """
        shape = self.values.shape
        low, high = lower or (0, 0, 0), upper or shape
        if any(not 0 <= a < b <= n for a, b, n in zip(low, high, shape)):
            raise SceneError(
                f"the part of the image from voxel {low} to {high} is empty or beyond its {shape} voxels: choose 0 <= from < to"
            )
        part = self.values[tuple(slice(a, b) for a, b in zip(low, high))]
        size = self.voxel_size or 0.0
        x, y, z = (corner + size * a for corner, a in zip(self.origin, low))
        return replace(self, values=part, origin=(x, y, z))
