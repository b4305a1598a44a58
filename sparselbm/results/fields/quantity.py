"""Base class of the fields of a flow."""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from .frame import FlowFrame


class Quantity(ABC):
    """Field with its name in files and on the stage, its name in words and its unit."""

    name: str
    words: str
    unit: str
    on_surfaces: ClassVar[bool] = True
    """Whether surfaces show it: velocities vanish there."""

    @abstractmethod
    def on_surface(self, frame: FlowFrame) -> np.ndarray:
        """Values [SI] at the points of the body, (n,) or (n, 3)."""

    @property
    def label(self) -> str:
        """Label of the colour bar."""
        return f"{self.words} [{self.unit}]" if self.unit else self.words
