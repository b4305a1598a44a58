"""Sound in a vessel with waveforms: how far its flow is from that of an incompressible fluid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...models import Waveform

DEVIATION_DOUBTED_ABOVE = 0.02
"""Deviation of the flow from the waveform, relative to the variation of the waveform, above which a doubt is printed."""
_HARMONICS = 40
"""Number of harmonics of a waveform that count."""


def deviation(waveform: Waveform, crossing: float) -> float:
    """Root mean square of Q_out - Q_in over a period, relative to that of Q_in - mean(Q_in).

    The harmonic n has |Q_out - Q_in| = (1 - cos(n w L / c_s)) |Q_n|: the solution of the wave equation without friction in a tube
    of length L whose outlet has the pressure Z (Q_out - Q_in) of `OutletCoupling`. `crossing`: L / c_s, the time in which sound
    crosses the vessel [s]. A waveform without a period counts as one that returns to its beginning within its own duration.
    """
    repeated = waveform if waveform.period else replace(waveform, period=2.0 * waveform.duration)
    assert repeated.period is not None
    amplitudes = np.abs(repeated.harmonics(_HARMONICS)[1:])
    lacking = 1.0 - np.cos(np.arange(1, _HARMONICS + 1) * (2.0 * math.pi * crossing / repeated.period))
    whole = float(np.linalg.norm(amplitudes))
    return float(np.linalg.norm(amplitudes * lacking)) / whole if whole else 0.0


def sound_doubts(waveforms: Mapping[str, Waveform], crossing: float, lattice_velocity: float) -> tuple[str, ...]:
    """Doubts about waveforms, by the name of the opening, that change noticeably while sound crosses the vessel.

    `crossing`: time in which it does [s], which is in proportion to the `lattice_velocity`.
    """
    found = []
    for name, waveform in waveforms.items():
        share = deviation(waveform, crossing)
        if share > DEVIATION_DOUBTED_ABOVE:
            slower = 0.99 * lattice_velocity * _slowing(waveform, crossing)
            found.append(
                f"the waveform at {name} has {waveform}, and sound crosses the vessel in {crossing:.3g} s: flow rates deviate "
                f"from those of an incompressible fluid by about {share:.2g} of the variation of the waveform, above the limit of "
                f"{DEVIATION_DOUBTED_ABOVE:g}. Use a lattice_velocity of {slower:.2g} (now {lattice_velocity:.3g})"
            )
    return tuple(found)


def _slowing(waveform: Waveform, crossing: float) -> float:
    """Largest of the factors 0.95^k of the crossing at which the deviation is within its limit."""
    factor = 1.0
    while deviation(waveform, factor * crossing) > DEVIATION_DOUBTED_ABOVE:
        factor *= 0.95
    return factor
