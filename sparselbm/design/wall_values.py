"""Observables of designs with another wall model than that of the optimisation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import SimulationError
from ..models.wall import BounceBack
from .operating_point import OperatingPoint


class WallValues:
    """Observables of designs with one wall model; each design is evaluated once."""

    def __init__(self, wall: BounceBack, points: Sequence[OperatingPoint]):
        self._wall, self._points = wall, points
        self._known: dict[bytes, np.ndarray] = {}

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Objective and flow constraints of each operating point, (points, 1 + constraints); NaN where a flow is unstable."""
        if x.tobytes() not in self._known:
            self._known[x.tobytes()] = np.stack([self._of(point, x) for point in self._points])
        return self._known[x.tobytes()]

    def _of(self, point: OperatingPoint, x: np.ndarray) -> np.ndarray:
        return point.journal.result(f"{point.name}, other wall", x, lambda: {"values": self._computed(point, x)})["values"]

    def _computed(self, point: OperatingPoint, x: np.ndarray) -> np.ndarray:
        try:
            return point.values_with(self._wall, x)
        except SimulationError:
            return np.full(len(point.observables), np.nan)
