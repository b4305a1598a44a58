"""Which voxels of an image are pores."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ...errors import SceneError

_SHOWN = 8
"""Largest number of values that a message lists."""


class Segmentation(ABC):
    """Rule that divides the voxels of an image into pore and solid: a frozen value."""

    @abstractmethod
    def pores(self, values: np.ndarray) -> np.ndarray:
        """Mask of the pores, of the shape of the image. Raises SceneError where the rule does not fit the values."""

    @property
    @abstractmethod
    def words(self) -> str:
        """The rule for a reader, such as "pore where the value is 0"."""


@dataclass(frozen=True)
class PoreLabels(Segmentation):
    """Voxels with one of these values are pores. Without values: the voxels of an image of bool that are True."""

    labels: tuple[int, ...] | None = None

    @property
    def words(self):
        return f"pore where the value is {'true' if self.labels is None else ' or '.join(map(str, self.labels))}"

    def pores(self, values):
        if self.labels is None:
            if values.dtype != bool:
                raise SceneError(
                    f"{_told(values)}, and it is not known which are pores: give the labels of pores, or a threshold"
                )
            return values
        for label in self.labels:
            if not (values == label).any():
                raise SceneError(f"no voxel has the pore label {label}; {_told(values)}")
        return np.isin(values, self.labels)


@dataclass(frozen=True)
class Threshold(Segmentation):
    """Voxels with a value below the threshold are pores, or those above it; a voxel at the threshold is not."""

    value: float
    above: bool = False

    @property
    def words(self):
        return f"pore where the value is {'above' if self.above else 'below'} {self.value:g}"

    def pores(self, values):
        found = values > self.value if self.above else values < self.value
        if not found.any():
            raise SceneError(f"no voxel is {'above' if self.above else 'below'} the threshold of {self.value:g}; {_told(values)}")
        return found


def _told(values: np.ndarray) -> str:
    """The values of an image with their shares, or their range."""
    found, counts = np.unique(values, return_counts=True)
    if len(found) > _SHOWN:
        return f"the voxels have {len(found)} values from {found[0]:g} to {found[-1]:g}"
    each = ", ".join(f"{value:g} ({count / values.size:.1%})" for value, count in zip(found.astype(float), counts))
    return f"the voxels have the values {each}"
