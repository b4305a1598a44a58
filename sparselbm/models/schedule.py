"""Time schedules: factors that multiply a model parameter, as functions of the step."""

from dataclasses import dataclass
from math import cos, isfinite, pi, sin


@dataclass(frozen=True)
class SmoothStart:
    """Smooth start g(t) = (1 - cos(pi t / T)) / 2 until T, then 1, which emits little sound."""

    steps: int
    """T."""

    def __post_init__(self):
        if not 1 <= self.steps < float("inf"):
            raise ValueError(f"SmoothStart(steps={self.steps}): must be at least 1 and finite")

    def __call__(self, step: int) -> float:
        return 0.5 - 0.5 * cos(pi * min(step / self.steps, 1.0))


@dataclass(frozen=True)
class Harmonic:
    """Harmonic variation g(t) = mean + amplitude sin(2 pi t / T + phase)."""

    period: float
    """T [steps]."""
    amplitude: float = 1.0
    mean: float = 0.0
    phase: float = 0.0
    """[radians]."""

    def __post_init__(self):
        if not self.period > 0:
            raise ValueError(f"Harmonic(period={self.period}): must be above 0 steps")
        for name in ("period", "amplitude", "mean", "phase"):
            if not isfinite(getattr(self, name)):
                raise ValueError(f"Harmonic({name}={getattr(self, name)}): must be finite")

    def __call__(self, step: int) -> float:
        return self.mean + self.amplitude * sin(2.0 * pi * step / self.period + self.phase)
