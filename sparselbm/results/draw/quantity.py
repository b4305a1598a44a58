"""Quantities for drawings."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ...observe import Snapshot


class Quantity(ABC):
    """Scalar cell field, with its name on the stage and its legend label."""

    name: ClassVar[str]
    label: ClassVar[str]

    @abstractmethod
    def of(self, snapshot: Snapshot) -> np.ndarray:
        """Values [SI], (n, cells)."""


@dataclass(frozen=True)
class Speed(Quantity):
    """|u|."""

    name = "speed"
    label = "speed [m/s]"

    def of(self, snapshot):
        return snapshot.speed


@dataclass(frozen=True)
class Pressure(Quantity):
    """Pressure relative to that of the outlet."""

    name = "pressure"
    label = "pressure [Pa]"

    def of(self, snapshot):
        return snapshot.pressure


@dataclass(frozen=True)
class Vorticity(Quantity):
    """Vorticity magnitude |curl u|."""

    name = "vorticity"
    label = "vorticity [1/s]"

    def of(self, snapshot):
        a = snapshot.velocity_gradient
        curl = [a[..., 1, 2] - a[..., 2, 1], a[..., 2, 0] - a[..., 0, 2], a[..., 0, 1] - a[..., 1, 0]]
        return np.linalg.norm(np.stack(curl, axis=-1), axis=-1)


@dataclass(frozen=True)
class QCriterion(Quantity):
    """Q criterion, above 0 in vortices: see `Snapshot.q_criterion`."""

    name = "q"
    label = "Q [1/s^2]"

    def of(self, snapshot):
        return snapshot.q_criterion
