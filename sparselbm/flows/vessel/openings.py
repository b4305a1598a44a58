"""Inlets of an internal flow, and its openings as rows of a table."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ...errors import InternalFlowError
from ...geometry.cap import Cap
from ...models import Waveform
from ...quantities import flow_rate_text
from ...units import CELLS_WARNING_BELOW, coarse_error, finer_voxel_size, is_below
from .cap_profiles import CapProfile, UniformInflow, WomersleyInflow
from .outlets import OutletCondition


@dataclass(frozen=True, kw_only=True)
class Inlet:
    """Inlet cap with inflow along its normal, at a mean velocity or a flow rate, constant or in time."""

    velocity: float | Waveform | None = None
    """Mean velocity over the cap [m / s]."""
    flow_rate: float | Waveform | None = None
    """Flow rate [m^3 / s], instead of the velocity."""
    profile: CapProfile = field(default_factory=UniformInflow)
    """Velocity over the cap: `UniformInflow`, `LaminarInflow` or `WomersleyInflow`."""

    def __post_init__(self):
        given = [value for value in (self.velocity, self.flow_rate) if value is not None]
        numbers = [value.peak if isinstance(value, Waveform) else value for value in given]
        if len(given) != 1 or not 0.0 < numbers[0] < math.inf:
            raise InternalFlowError(
                f"the inlet has the velocity {self.velocity} and the flow rate {self.flow_rate}: pass exactly one of "
                "them, above 0"
            )
        if isinstance(self.profile, WomersleyInflow) and (self.waveform is None or self.waveform.period is None):
            raise InternalFlowError(
                "the inlet has a Womersley profile, but no periodic waveform: give its flow rate as a Waveform with a period, or "
                "use a laminar profile"
            )

    def __str__(self) -> str:
        """The condition in words, for a table."""
        waveform, is_rate = self.waveform, self.flow_rate is not None
        peak = peak_of(self.flow_rate if is_rate else self.velocity)  # type: ignore[arg-type]
        largest = flow_rate_text(peak) if is_rate else f"{peak:.5g} m/s on average"
        in_words = f"{largest}, {self.profile} profile"
        return in_words if waveform is None else f"up to {in_words}, {waveform}"

    @property
    def waveform(self) -> Waveform | None:
        """The velocity or the flow rate in time; None: constant."""
        given = self.velocity if self.flow_rate is None else self.flow_rate
        return given if isinstance(given, Waveform) else None

    def rate(self, area: float) -> float | Waveform:
        """Flow rate [m^3 / s] through a cap with an area [m^2]."""
        if self.flow_rate is not None:
            return self.flow_rate
        assert self.velocity is not None
        return self.velocity.scaled(area) if isinstance(self.velocity, Waveform) else self.velocity * area


def peak_of(value: float | Waveform) -> float:
    """Largest absolute value in time."""
    return value.peak if isinstance(value, Waveform) else abs(value)


def value_at(value: float | Waveform, time: float) -> float:
    """Value at a time [s]."""
    return value(time) if isinstance(value, Waveform) else value


def internal_dimensions(
    bounds: np.ndarray, caps: Mapping[str, Cap], conditions: Mapping[str, Inlet | OutletCondition], reference: str
) -> dict[str, str]:
    """Rows of a table: size of the surface between two corners [m], its openings with their conditions, and the length of the
    Reynolds number.

    `reference`: name of the opening whose hydraulic diameter that length is.
    """
    return {
        "size": f"{' x '.join(f'{x:.4g}' for x in np.ptp(bounds, axis=0))} m",
        **{
            f"{'inlet' if isinstance(conditions[name], Inlet) else 'outlet'} {name}":
            f"{cap.area:.4g} m^2, hydraulic diameter {cap.hydraulic_diameter:.4g} m, {conditions[name]}"
            for name, cap in caps.items()
        },
        "reference length": f"{caps[reference].hydraulic_diameter:.4g} m, hydraulic diameter of {reference}",
    }


def coarse_openings(cells_across: float, voxel_size: float) -> tuple[str, ...]:
    """Doubt about a narrowest opening of too few cells; empty if there are enough."""
    if not is_below(cells_across, CELLS_WARNING_BELOW):
        return ()
    finer = finer_voxel_size(voxel_size, cells_across, CELLS_WARNING_BELOW)
    return (
        f"the narrowest opening is {cells_across:.5g} cells across, below {CELLS_WARNING_BELOW:g}: pressure drops, wall shear "
        f"and flow rates of outlets are wrong by up to about {coarse_error(cells_across):.0%}. Use a voxel_size of {finer:.3g} m",
    )


def require_links(caps: Mapping[str, Cap], areas: Mapping[str, np.ndarray], voxel_size: float) -> None:
    """Raises InternalFlowError for a cap whose links cover too little or too much of it; `areas`: of its cells [cells^2]."""
    for name, cap in caps.items():
        share = areas[name].sum() * voxel_size**2 / cap.area
        if not 0.7 < share < 1.3:
            raise InternalFlowError(
                f"the links through {name} cover {share:.0%} of its area, but 70 % to 130 % is required: let it "
                "end on the rim of the surface, or use smaller voxels"
            )


def ones(centres: np.ndarray) -> np.ndarray:
    """Placeholder profile for values that are known once the links are."""
    return np.ones(len(centres))
