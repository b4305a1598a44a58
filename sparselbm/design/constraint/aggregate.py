"""Aggregates of objective values at several operating points, with derivatives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ...errors import BoundsError
from .smooth_max import shares, smooth_max


class Aggregate(ABC):
    """Aggregate J(v) of values v with weights w, which are above 0 and sum to 1: a frozen value."""

    @abstractmethod
    def value(self, values: np.ndarray, weights: np.ndarray) -> float:
        """J."""

    @abstractmethod
    def gradient(self, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Gradient dJ / dv, with the shape of v."""


@dataclass(frozen=True)
class Mean(Aggregate):
    """Mean J = m = sum w v."""

    def value(self, values, weights):
        return float(weights @ values)

    def gradient(self, values, weights):
        return weights


@dataclass(frozen=True)
class MeanAndDeviation(Aggregate):
    """Robust mean J = m + k s, with s^2 = sum w (v - m)^2, which penalises variation between operating points."""

    k: float = 1.0
    """Weight of the standard deviation."""
    floor: float = 1e-3
    """Smoothing: s is sqrt(s^2 + (floor m)^2) - |floor m|, which is differentiable where all values are equal."""

    def value(self, values, weights):
        mean = weights @ values
        level = self.floor * abs(mean)
        return float(mean + self.k * (np.sqrt(weights @ (values - mean) ** 2 + level**2) - level))

    def gradient(self, values, weights):
        mean = weights @ values
        level, slope = self.floor * abs(mean), self.floor * np.sign(mean)
        length = max(np.sqrt(weights @ (values - mean) ** 2 + level**2), 1e-300)
        by_mean = 1.0 + self.k * (level / length - 1.0) * slope
        return weights * (by_mean + self.k * (values - mean) / length)


@dataclass(frozen=True)
class Worst(Aggregate):
    """Worst case J = KS(v), which exceeds the largest value by at most `margin`; the weights are ignored."""

    margin: float = 0.01
    """Largest excess of J over the largest value, relative to the largest |v|."""

    def __post_init__(self):
        if not self.margin > 0.0:
            raise BoundsError(f"margin is {self.margin!r}: pass a number above 0.")

    def value(self, values, weights):
        return smooth_max(values, self._rho(values))

    def gradient(self, values, weights):
        return shares(values, self._rho(values))

    def _rho(self, values: np.ndarray) -> float:
        # Rounded to a power of two: rho is then constant under small changes of the values, so that J stays differentiable.
        size = 2.0 ** np.ceil(np.log2(max(np.abs(values).max(), 1e-300)))
        return float(np.log(max(len(values), 2)) / (self.margin * size) * 2.0)
