"""Velocity profiles at the inlets of a vessel."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from ...errors import InternalFlowError
from ...geometry.cap import Cap

_ROUND = 0.01
"""Largest deviation of the rim of a round cap from a circle, relative to its radius."""


class CapProfile(ABC):
    """Profile of the velocity over a cap: a frozen value."""

    is_developed: bool
    """Whether the flow does not develop any further behind the inlet."""

    @abstractmethod
    def __str__(self) -> str:
        """The profile in words, for a table."""

    @abstractmethod
    def speeds(self, cap: Cap, points: np.ndarray, voxel_size: float) -> np.ndarray:
        """Velocity of the steady flow along the normal at points (k, 3) [m], relative to its mean over the cap, (k,)."""

    @abstractmethod
    def peak(self, cap: Cap) -> float:
        """Largest velocity over the cap, relative to the mean."""


@dataclass(frozen=True)
class UniformInflow(CapProfile):
    """The same velocity everywhere, except within about half a cell of the wall.

    It falls to 0 there in proportion to the developed flow: with a jump at the rim, the wall took up 1.3 % to 1.8 % of the flow
    at 12 cells across. At a curved cap it is uniform throughout.
    """

    is_developed = False

    def __str__(self):
        return "uniform"

    def speeds(self, cap, points, voxel_size):
        if not cap.is_flat:
            return np.ones(len(points))
        return np.minimum(cap.developed(points) * cap.hydraulic_diameter / (4.0 * voxel_size), 1.0)

    def peak(self, cap):
        return 1.0


@dataclass(frozen=True)
class LaminarInflow(CapProfile):
    """Fully developed laminar flow through the cap's own shape: see `Cap.developed`. Its shape is the same at all times."""

    is_developed = True

    def __str__(self):
        return "laminar"

    def speeds(self, cap, points, voxel_size):
        return cap.developed(points)

    def peak(self, cap):
        return cap.developed_peak


@dataclass(frozen=True)
class WomersleyInflow(CapProfile):
    """Fully developed pulsating flow through a round cap, for a periodic flow rate Q(t) = Re sum_n Q_n e^(i n w t).

    u(r, t) = Re sum_n Q_n / A phi_n(r) e^(i n w t), phi_0 = 2 (1 - (r / R)^2),
    phi_n = (1 - J_0(k_n r / R) / J_0(k_n)) / (1 - 2 J_1(k_n) / (k_n J_0(k_n))), k_n = i^(3/2) R sqrt(n w / nu).
    The rest of the waveform beyond these harmonics, such as at a jump, enters uniformly, so that the flow rate is exact at every
    step.

    Source: Womersley, J. Physiol. 127 (1955) 553.
    """

    harmonics: int = 12
    """Number of harmonics."""

    is_developed = True

    def __post_init__(self):
        if not 1 <= self.harmonics <= 200:
            raise InternalFlowError(f"WomersleyInflow(harmonics={self.harmonics}): give 1 to 200 of them")

    def __str__(self):
        return f"Womersley's ({self.harmonics} harmonics)"

    def speeds(self, cap, points, voxel_size):
        return cap.developed(points)

    def peak(self, cap):
        return cap.developed_peak

    def shapes(self, cap: Cap, points: np.ndarray, frequency: float, viscosity: float) -> np.ndarray:
        """phi_n at points (k, 3) [m] for n = 0, 1, ..., (harmonics + 1, k) complex; `frequency`: w [1 / s]; nu [m^2 / s].

        J_0(k r / R) / J_0(k) = e^(|Im k r / R| - |Im k|) times the quotient of scaled functions, which do not overflow.
        """
        from scipy.special import jve

        radius = 0.5 * cap.hydraulic_diameter
        away = points - cap.mesh.centroid
        away = away - (away @ cap.normal)[:, None] * cap.normal
        r = np.minimum(np.linalg.norm(away, axis=1) / radius, 1.0)
        found = np.empty((self.harmonics + 1, len(points)), dtype=complex)
        found[0] = 2.0 * (1.0 - r**2)
        for n in range(1, self.harmonics + 1):
            k = 1j**1.5 * radius * np.sqrt(n * frequency / viscosity)
            inner = jve(0, k * r) / jve(0, k) * np.exp(np.abs((k * r).imag) - np.abs(k.imag))
            found[n] = (1.0 - inner) / (1.0 - 2.0 * jve(1, k) / (k * jve(0, k)))
        return found


def require_round(cap: Cap, name: str) -> None:
    """Raises InternalFlowError for a cap on which Womersley's profile does not exist."""
    radius = 0.5 * cap.hydraulic_diameter
    away = np.linalg.norm(cap.mesh.points - cap.mesh.centroid, axis=1)
    off = abs(away.max() / radius - 1.0)
    if not cap.is_flat or off > _ROUND or abs(cap.area / (np.pi * radius**2) - 1.0) > _ROUND:
        raise InternalFlowError(
            f"{name} has a Womersley profile, but it is not a flat, round cap: its rim is up to {off:.1%} of its radius "
            f"away from a circle, above the limit of {_ROUND:.0%}. Use a laminar profile"
        )
