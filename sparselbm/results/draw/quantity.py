"""Fields of the flow that can be drawn and stored: name, unit and formula of each."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .frame import FlowFrame


class Quantity(ABC):
    """Scalar cell field, with its name on the stage, its name in words and its unit."""

    name: ClassVar[str]
    words: ClassVar[str]
    unit: ClassVar[str]

    @abstractmethod
    def of(self, frame: FlowFrame) -> np.ndarray:
        """Values [SI], (n, cells)."""

    @property
    def label(self) -> str:
        """Label of the colour bar."""
        return f"{self.words} [{self.unit}]" if self.unit else self.words

    def in_fluid(self, frame: FlowFrame) -> np.ndarray:
        """Values in the cells, (n, cells); NaN in solid and outside the fluid."""
        return np.where(frame.is_fluid, self.of(frame), np.nan)


@dataclass(frozen=True)
class Speed(Quantity):
    """|u|."""

    name, words, unit = "speed", "speed", "m/s"

    def of(self, frame):
        return frame.snapshot.speed


@dataclass(frozen=True)
class Pressure(Quantity):
    """Pressure p relative to that of the outlet."""

    name, words, unit = "pressure", "pressure", "Pa"

    def of(self, frame):
        return frame.snapshot.pressure


@dataclass(frozen=True)
class Vorticity(Quantity):
    """Vorticity magnitude |curl u|."""

    name, words, unit = "vorticity", "vorticity", "1/s"

    def of(self, frame):
        a = frame.snapshot.velocity_gradient
        curl = [a[..., 1, 2] - a[..., 2, 1], a[..., 2, 0] - a[..., 0, 2], a[..., 0, 1] - a[..., 1, 0]]
        return np.linalg.norm(np.stack(curl, axis=-1), axis=-1)


@dataclass(frozen=True)
class QCriterion(Quantity):
    """Q criterion, above 0 in vortices: see `Snapshot.q_criterion`."""

    name, words, unit = "q", "Q", "1/s^2"

    def of(self, frame):
        return frame.snapshot.q_criterion
