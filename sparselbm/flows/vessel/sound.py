"""Sound in a vessel with a waveform: how far its flow is from that of an incompressible fluid."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ...models import Waveform
from ...units import rounded_down

DEVIATION_DOUBTED_ABOVE = 0.01
"""Deviation of the flow from the waveform, relative to the variation of the waveform, above which a doubt is printed."""
_HARMONICS = 40
"""Harmonics of a waveform that are taken into account."""


def deviation(waveform: Waveform, crossing: float) -> float:
    """Root mean square of Q_out - Q_in over a period, relative to that of the variation of the waveform.

    For the harmonic n of Q_in, Q_out - Q_in = 2 Q_n (sin(n w L / 2 c_s))^2 e^(...) = (1 - cos(n w L / c_s)) |Q_n|: the solution of
    the wave equation in a tube of length L whose outlet has the pressure Z (Q_out - Q_in) of `OutletCoupling`, without friction.
    `crossing`: time L / c_s in which sound crosses the vessel [s]. A waveform without a period is taken to repeat, with a linear
    return to its beginning as long as itself.
    """
    if waveform.period is None:
        waveform = replace(waveform, period=2.0 * waveform.duration)
    assert waveform.period is not None
    amplitudes = np.abs(waveform.harmonics(_HARMONICS)[1:])
    lacking = 1.0 - np.cos(np.arange(1, _HARMONICS + 1) * 2.0 * np.pi * crossing / waveform.period)
    whole = np.linalg.norm(amplitudes)
    return float(np.linalg.norm(amplitudes * lacking) / whole) if whole else 0.0


def sound_doubts(waveforms: Mapping[str, Waveform], crossing: float, lattice_velocity: float) -> tuple[str, ...]:
    """Doubts about waveforms, by the name of the opening, that change while sound crosses the vessel.

    `crossing`: time in which it does [s]; in SI units it is in proportion to the `lattice_velocity`.
    """
    found = {name: deviation(each, crossing) for name, each in waveforms.items()}
    return tuple(
        f"the waveform at {name} {_duration(waveforms[name])}, {_length(waveforms[name]) / crossing:.3g} times the {crossing:.3g} s "
        f"in which sound crosses the vessel: flow rates and pressures deviate from those of an incompressible fluid by about "
        f"{share:.2g} of the variation of the waveform, above {DEVIATION_DOUBTED_ABOVE:g}. Use a lattice_velocity of "
        f"{_slower(waveforms[name], crossing, lattice_velocity):g} (now {lattice_velocity:.3g})"
        for name, share in found.items() if share > DEVIATION_DOUBTED_ABOVE
    )
