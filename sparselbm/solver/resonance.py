"""Periods of boundary conditions at which sound resonates in a domain."""

from collections.abc import Callable, Mapping

from ..grid import Domain
from ..lattice import CS2
from ..models import Harmonic, Waveform
from ..models.boundary import Womersley
from ..models.physics import Physics


def longest_resonance(domain: Domain) -> float:
    """Longest period [steps] at which sound resonates: 4 L / c_s in a tube that is closed at one end and open at the other."""
    return 4.0 * max(domain.shape) / CS2**0.5


def short_periods(domain: Domain, physics: Physics, schedules: Mapping[str, Callable[[int], float]]) -> dict[str, float]:
    """Periods [steps] below the longest resonance, by the name of the opening whose condition varies."""
    periods = {name: s.period for name, s in schedules.items() if isinstance(s, Harmonic | Waveform) and s.period is not None}
    of_faces = {b.face.name: t for b in physics.boundaries for name, t in periods.items() if name.startswith(f"{b.face.name}.")}
    of_faces |= {b.face.name: b.profile.period for b in physics.boundaries if isinstance(b.profile, Womersley)}
    return {name: period for name, period in of_faces.items() if period < longest_resonance(domain)}
