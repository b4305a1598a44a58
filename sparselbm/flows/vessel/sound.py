"""Sound in a vessel with waveforms: how far its flow is from that of an incompressible fluid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...geometry import TriangleMesh
from ...models import Waveform

DEVIATION_DOUBTED_ABOVE = 0.02
"""Deviation of the flow from the waveform, relative to the variation of the waveform, above which a doubt is printed."""
_HARMONICS = 40
"""Number of harmonics of a waveform that count."""
_LARGEST = 300.0
"""Largest imaginary part of an angle whose cosine is taken, far beyond that at which the deviation is whole."""


@dataclass(frozen=True)
class Tube:
    """A round tube with the size of a vessel."""

    crossing: float
    """L / c_s: time in which sound crosses it [s]."""
    friction: float
    """R^2 / nu: time in which friction spreads over its radius [s]."""

    @classmethod
    def of(cls, surface: TriangleMesh, crossing: float, viscosity: float) -> Tube:
        """The tube with a radius of twice the volume of a vessel over its surface; `crossing` [s], `viscosity` [m^2 / s]."""
        return cls(crossing, (2.0 * surface.volume / surface.area) ** 2 / viscosity)

    def deviation(self, waveform: Waveform) -> float:
        """Root mean square of Q_out - Q_in over a period, relative to that of Q_in - mean(Q_in), for Q_in as the waveform.

        For a harmonic of frequency w it is |(1 - cos k) / (cos k + i m sin k)|, k = w L / (c_s m),
        m^2 = 1 - 2 J_1(z) / (z J_0(z)), z = i^(3/2) R sqrt(w / nu): the wave equation in the tube, whose outlet has the pressure
        Z (Q_out - Q_in) of `OutletCoupling`. Without friction, m = 1, it is 1 - cos(w L / c_s). A waveform without a period
        counts as one that returns to its beginning within its own duration.

        Source: Womersley, Phil. Mag. 46 (1955) 199, for rigid walls and a compressible fluid.
        """
        from scipy.special import jve

        repeated = waveform if waveform.period else replace(waveform, period=2.0 * waveform.duration)
        assert repeated.period is not None
        amplitudes = np.abs(repeated.harmonics(_HARMONICS)[1:])
        w = np.arange(1, _HARMONICS + 1) * (2.0 * math.pi / repeated.period)
        z = 1j**1.5 * np.sqrt(w * self.friction)
        m = np.sqrt(1.0 - 2.0 * jve(1, z) / (z * jve(0, z)))
        k = w * self.crossing / m
        k = k.real + 1j * np.clip(k.imag, -_LARGEST, _LARGEST)
        lacking = np.abs((1.0 - np.cos(k)) / (np.cos(k) + 1j * m * np.sin(k)))
        whole = float(np.linalg.norm(amplitudes))
        return float(np.linalg.norm(amplitudes * lacking)) / whole if whole else 0.0


def sound_doubts(waveforms: Mapping[str, Waveform], tube: Tube, lattice_velocity: float) -> tuple[str, ...]:
    """Doubts about waveforms, by the name of the opening, that change noticeably while sound crosses the vessel, which takes a
    time in proportion to the `lattice_velocity`."""
    found = []
    for name, waveform in waveforms.items():
        share = tube.deviation(waveform)
        if share > DEVIATION_DOUBTED_ABOVE:
            slower = 0.99 * lattice_velocity * _slowing(waveform, tube)
            found.append(
                f"the waveform at {name} has {waveform}, and sound crosses the vessel in {tube.crossing:.3g} s: flow rates "
                f"deviate from those of an incompressible fluid by about {share:.2g} of the variation of the waveform, above the "
                f"limit of {DEVIATION_DOUBTED_ABOVE:g}. Use a lattice_velocity of {slower:.2g} (now {lattice_velocity:.3g})"
            )
    return tuple(found)


def _slowing(waveform: Waveform, tube: Tube) -> float:
    """Largest of the factors 0.95^n of the crossing at which the deviation is within its limit."""
    factor = 1.0
    while replace(tube, crossing=factor * tube.crossing).deviation(waveform) > DEVIATION_DOUBTED_ABOVE:
        factor *= 0.95
    return factor
