"""Regimes of a flow at the end of a run: steady, periodic, or still drifting."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar


@dataclass(frozen=True)
class Measured:
    """Number with its error."""

    value: float
    error: float
    """Largest deviation of a single period from the value."""

    def scaled(self, factor: float) -> Measured:
        """The number in another unit."""
        return Measured(factor * self.value, abs(factor) * self.error)

    def __str__(self) -> str:
        return f"{self.value:.4g} +- {self.error:.1g}"


@dataclass(frozen=True)
class Oscillation:
    """Mean and amplitude of a periodic value over whole periods."""

    name: str
    mean: Measured
    """Mean over all periods."""
    amplitude: Measured
    """Half the peak-to-peak value of a period, averaged over all periods."""

    def scaled(self, factor: float) -> Oscillation:
        """The oscillation in another unit."""
        return replace(self, mean=self.mean.scaled(factor), amplitude=self.amplitude.scaled(abs(factor)))


class FlowRegime(ABC):
    """Regime of a flow: `SteadyFlow`, `PeriodicFlow` or `DriftingFlow`."""

    name: ClassVar[str]

    @abstractmethod
    def scaled(self, factors: tuple[float, ...], time_step: float) -> FlowRegime:
        """The same with each monitored value in another unit, and the frequency per unit of time in place of per step."""

    @abstractmethod
    def to_json(self) -> dict:
        """The regime as plain values."""

    @abstractmethod
    def __str__(self) -> str:
        """The regime in a sentence."""


@dataclass(frozen=True)
class SteadyFlow(FlowRegime):
    """Every monitored value stays within the tolerance."""

    name = "steady"

    def scaled(self, factors, time_step):
        return self

    def to_json(self):
        return {"regime": self.name}

    def __str__(self):
        return self.name


@dataclass(frozen=True)
class PeriodicFlow(FlowRegime):
    """The monitored values repeat themselves, such as the forces on a body that sheds vortices."""

    name = "periodic"

    oscillations: tuple[Oscillation, ...]
    """Means and amplitudes of all monitored values, the observable first."""
    frequency: Measured
    """Frequency of the value that oscillates most [1 / step]; in [1 / s] where a `Flow` returns it."""
    periods: int
    """Number of whole periods that were measured."""

    @property
    def mean(self) -> Measured:
        """Mean of the observable."""
        return self.oscillations[0].mean

    @property
    def amplitude(self) -> Measured:
        """Amplitude of the observable."""
        return self.oscillations[0].amplitude

    @property
    def period(self) -> float:
        """Period [steps]; in [s] where a `Flow` returns it."""
        return 1.0 / self.frequency.value

    def scaled(self, factors, time_step):
        values = tuple(each.scaled(factor) for each, factor in zip(self.oscillations, factors, strict=True))
        return replace(self, oscillations=values, frequency=self.frequency.scaled(1.0 / time_step))

    def to_json(self):
        return {
            "regime": self.name, "periods": self.periods, "period": self.period,
            "frequency": self.frequency.value, "frequency_error": self.frequency.error,
            "oscillations": {
                each.name: {
                    "mean": each.mean.value, "mean_error": each.mean.error, "amplitude": each.amplitude.value,
                    "amplitude_error": each.amplitude.error,
                }
                for each in self.oscillations
            },
        }

    def __str__(self):
        values = "; ".join(f"{each.name} {each.mean}, amplitude {each.amplitude}" for each in self.oscillations)
        return f"periodic, frequency {self.frequency}, over {self.periods} periods: {values}"


@dataclass(frozen=True)
class DriftingFlow(FlowRegime):
    """Neither steady nor periodic within the largest number of steps: the last value is not that of a converged flow."""

    name = "drifting"

    is_oscillating: bool
    """Whether the values go up and down, so that more steps may find a period; else they still change in one direction."""

    def scaled(self, factors, time_step):
        return self

    def to_json(self):
        return {"regime": self.name, "oscillates": self.is_oscillating}

    def __str__(self):
        return "drifting, and oscillates" if self.is_oscillating else self.name
