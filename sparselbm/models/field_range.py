"""Values that a field may have."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class FieldRange:
    """Lower limit of the values of a field."""

    least: float
    included: bool = True
    """Whether the limit itself is allowed."""

    def contains(self, values: np.ndarray) -> np.ndarray:
        """Whether each value is finite and within the limit."""
        above = values >= self.least if self.included else values > self.least
        return above & np.isfinite(values)

    def __str__(self) -> str:
        return f"finite and {'at least' if self.included else 'above'} {self.least:g}"
