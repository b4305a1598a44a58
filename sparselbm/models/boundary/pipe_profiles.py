"""Inflow profiles of round pipes: laminar, turbulent, pulsating."""

from abc import ABC
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from .profile import Profile


@dataclass(frozen=True, kw_only=True)
class PipeProfile(Profile, ABC):
    """Profile that depends only on r / R, with r the distance from the pipe's axis; 0 beyond the wall."""

    centre: tuple[float, ...]
    """A point on the axis [cells from the domain's lower corner]."""
    axis: tuple[float, ...]
    """Direction of the axis; its length does not matter."""
    radius: float
    """R [cells]."""

    def __post_init__(self):
        if not self.radius > 0 or not np.linalg.norm(self.axis) > 0:
            raise ValueError(
                f"pipe profile with radius {self.radius} cells and axis {self.axis}: the radius and the length of the "
                "axis must be above 0"
            )

    def relative_radius(self, centres: np.ndarray) -> np.ndarray:
        """r / R, at most 1."""
        axis = np.asarray(self.axis) / np.linalg.norm(self.axis)
        away = centres - np.asarray(self.centre)
        away = away - (away @ axis)[:, None] * axis
        return np.minimum(np.linalg.norm(away, axis=1) / self.radius, 1.0)


@dataclass(frozen=True, kw_only=True)
class Poiseuille(PipeProfile):
    """Laminar profile 1 - (r / R)^2: 1 on the axis, 1/2 on average."""

    def factors(self, centres, shape, step):
        return 1.0 - self.relative_radius(centres) ** 2


@dataclass(frozen=True, kw_only=True)
class PowerProfile(PipeProfile):
    """Turbulent profile (1 - r / R)^(1 / n): 1 on the axis. Source: Schlichting, Boundary-Layer Theory, eq. 20.6."""

    n: float = 7.0
    """Exponent n: 6 at Re 4e3, 7 at 1e5, 10 at 3e6."""

    def factors(self, centres, shape, step):
        return (1.0 - self.relative_radius(centres)) ** (1.0 / self.n)


@dataclass(frozen=True, kw_only=True)
class Womersley(PipeProfile):
    """Re((1 - J_0(i^(3/2) alpha r / R) / J_0(i^(3/2) alpha)) e^(i omega t) / i), over its largest amplitude on the axis.

    Flow driven by a pressure gradient cos(omega t), in phase with it for small alpha; alpha = R sqrt(omega / nu).
    Source: Womersley, J. Physiol. 127 (1955) 553, eq. 8.
    """

    period: float
    """2 pi / omega [steps]."""
    viscosity: float
    """nu [cells^2 / step]."""

    steady = False

    @property
    def alpha(self) -> float:
        """Womersley number."""
        return self.radius * sqrt(2.0 * pi / self.period / self.viscosity)

    def factors(self, centres, shape, step):
        from scipy.special import jv

        k = self.alpha * 1j**1.5
        shape_of = (1.0 - jv(0, k * self.relative_radius(centres)) / jv(0, k)) / 1j
        peak = abs((1.0 - 1.0 / jv(0, k)) / 1j)
        return (shape_of / peak * np.exp(2j * pi * step / self.period)).real
