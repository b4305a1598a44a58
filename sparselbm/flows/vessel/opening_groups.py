"""Openings of a vessel: flow rates and velocities of its inlets, and what its outlets need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...errors import InternalFlowError
from ...geometry import SurfaceQuery
from ...geometry.cap import Cap
from ...geometry.closing import joined
from ...models import Waveform
from ...models.boundary import LinkPressure, Patch, Tabulated
from ...observe import OpeningFlows
from ...solver import Simulation
from ...units import MACH_ERROR_ABOVE, SOUND_SPEED, Units, is_below
from ..physics.scalars import FlowScalar
from ..runs.port_state import OUTLETS
from .cap_profiles import WomersleyInflow, require_round
from .inflow import InletGroup
from .openings import Inlet, ones, peak_of, value_at
from .outlet_coupling import OutletCoupling
from .outlets import Outlet, OutletCondition, require_outlets, steady_flows

_RATES_APART = 100.0
"""Largest quotient of the mean velocities of two inlets; a slower flow is lost in the rounding and in the sound of the other."""

_INSTANTS = 200
"""Times in a period at which pressures are compared."""


@dataclass(frozen=True, eq=False)
class VesselOpenings:
    """Caps with their conditions, by the name of the opening."""

    caps: Mapping[str, Cap]
    conditions: Mapping[str, Inlet | OutletCondition]
    scalars: tuple[FlowScalar, ...] = ()
    """Scalars that the flow carries."""

    @cached_property
    def inlets(self) -> dict[str, Inlet]:
        """Inlets by name."""
        return {name: each for name, each in self.conditions.items() if isinstance(each, Inlet)}

    @cached_property
    def outlets(self) -> dict[str, OutletCondition]:
        """Outlets by name."""
        return {name: each for name, each in self.conditions.items() if isinstance(each, OutletCondition)}

    @cached_property
    def rates(self) -> dict[str, float | Waveform]:
        """Flow rate of each inlet [m^3 / s], constant or in time."""
        return {name: inlet.rate(self.caps[name].area) for name, inlet in self.inlets.items()}

    @cached_property
    def flow_rates(self) -> dict[str, float]:
        """Largest flow rate of each inlet [m^3 / s]."""
        return {name: peak_of(rate) for name, rate in self.rates.items()}

    def inflow(self, time: float) -> float:
        """Flow rate of all inlets [m^3 / s] at a time [s]."""
        return sum(value_at(rate, time) for rate in self.rates.values())

    @property
    def mean_inflow(self) -> float:
        """Flow rate of all inlets [m^3 / s] on average; of waveforms without a period at the beginning."""
        rates = self.rates.values()
        return sum(rate.mean if isinstance(rate, Waveform) and rate.period else value_at(rate, 0.0) for rate in rates)

    @cached_property
    def swiftest(self) -> str:
        """Name of the inlet with the largest u D_h."""
        return max(self.inlets, key=lambda name: self.flow_rates[name] / self.caps[name].perimeter)

    @cached_property
    def largest_velocity(self) -> float:
        """Largest velocity [m / s] of any inlet at its peak, or of the mean over all outlets."""
        rates, caps = self.flow_rates, self.caps
        peaks = [rates[name] / caps[name].area * each.profile.peak(caps[name]) for name, each in self.inlets.items()]
        return max(*peaks, sum(self.flow_rates.values()) / sum(self.caps[name].area for name in self.outlets))

    @property
    def growth(self) -> float:
        """Largest velocity of the developed flow behind an inlet, over the largest velocity of all openings."""
        inlets = [(rate, self.caps[name]) for name, rate in self.flow_rates.items()]
        peaks = (rate / cap.area * (cap.developed_peak if cap.is_flat else 2.0) for rate, cap in inlets)
        return max(peaks) / self.largest_velocity

    @property
    def waveforms(self) -> dict[str, Waveform]:
        """Values in time, by the name of the opening."""
        given = {
            name: each.waveform if isinstance(each, Inlet) else getattr(each, "pressure", None)
            for name, each in self.conditions.items()
        }
        return {name: each for name, each in given.items() if isinstance(each, Waveform)}

    @property
    def ends(self) -> dict[str, float]:
        """Last time [s] at which each waveform without a period has a value."""
        return {name: each.end for name, each in self.waveforms.items() if math.isfinite(each.end)}

    @property
    def pressures(self) -> Mapping[str, float] | None:
        """Pressure of each outlet [Pa]; None if one depends on the flow or on time."""
        found = {name: each.pressure for name, each in self.outlets.items() if isinstance(each, Outlet)}
        fixed = {name: value for name, value in found.items() if not isinstance(value, Waveform)}
        return fixed if len(fixed) == len(self.outlets) else None

    @property
    def extreme_pressures(self) -> dict[str, float]:
        """Pressures of the outlets where these are prescribed [Pa], at the time at which they differ most."""
        given = {name: each.pressure for name, each in self.outlets.items() if isinstance(each, Outlet)}
        waves = [each for each in given.values() if isinstance(each, Waveform)]
        times = {0.0, *(time for each in waves for time in each.times)}
        times.update(k / _INSTANTS * (each.period or each.end) for each in waves for k in range(_INSTANTS))
        found = ({name: _within(each, time) for name, each in given.items()} for time in sorted(times))
        return max(found, key=lambda values: max(values.values()) - min(values.values())) if given else {}

    @property
    def are_coupled(self) -> bool:
        """Whether the pressures at the outlets follow the flow, or a varying inflow, whose sound they let out."""
        return self.pressures is None or bool(self.waveforms)

    @cached_property
    def reference_pressure(self) -> float:
        """Pressure that corresponds to density 1 at the beginning [Pa]: the lowest prescribed one, or that of `steady_flows`."""
        fixed = self.pressures
        return min(fixed.values()) if fixed is not None else steady_flows(self.outlets, self.mean_inflow)[1]

    @property
    def pressure_differences(self) -> dict[str, float]:
        """Pressure of each outlet relative to the reference [Pa]; 0 for those that depend on the flow, as all begin alike."""
        fixed = self.pressures or {}
        return {name: fixed[name] - self.reference_pressure if name in fixed else 0.0 for name in self.outlets}

    @property
    def outflow_doubts(self) -> tuple[str, ...]:
        """Doubt about an outlet whose mean velocity, by resistances and shares alone, is a hundredth of another's or less."""
        means = self._outlet_velocities
        fast, slow = (choose(means, key=lambda name: abs(means[name]), default="") for choose in (max, min))
        if not means or not is_below(_RATES_APART * abs(means[slow]), abs(means[fast])):
            return ()
        return (
            f"the mean velocity at {slow} will be about {abs(means[slow]):.3g} m/s, less than a {_RATES_APART:g}th of that at "
            f"{fast} ({abs(means[fast]):.3g} m/s), and is lost in its rounding: check the units of resistances, pressures and "
            "shares, or make the slower outlet a wall",
        )

    @cached_property
    def _outlet_velocities(self) -> dict[str, float]:
        """Mean velocity out of each outlet [m / s] by resistances and shares alone; none where all pressures are prescribed."""
        if all(isinstance(each, Outlet) for each in self.outlets.values()):
            return {}
        flows, _ = steady_flows(self.outlets, self.mean_inflow)
        return {name: flow / self.caps[name].area for name, flow in flows.items()}

    def require_valid(self) -> None:
        """Raises InternalFlowError for inlets and outlets that contradict each other."""
        for name, inlet in self.inlets.items():
            if isinstance(inlet.profile, WomersleyInflow):
                require_round(self.caps[name], name)
        means = {name: rate / self.caps[name].area for name, rate in self.flow_rates.items()}
        fast, slow = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
        if is_below(_RATES_APART, means[fast] / means[slow]):
            raise InternalFlowError(
                f"the mean velocity at {fast} is {means[fast]:.4g} m/s, {means[fast] / means[slow]:.3g} times that at {slow} "
                f"({means[slow]:.4g} m/s), above the limit of {_RATES_APART:g}: check the units, or make the slower inlet a wall"
            )
        require_outlets(self.outlets)

    def require_slow_outlets(self, lattice_velocity: float) -> None:
        """Raises InternalFlowError for outlets through which pressures and resistances drive a flow faster than Mach 0.3."""
        means = self._outlet_velocities
        name = max(means, key=lambda name: abs(means[name]), default="")
        mach = abs(means.get(name, 0.0)) / self.largest_velocity * lattice_velocity / SOUND_SPEED
        if is_below(MACH_ERROR_ABOVE, mach):
            raise InternalFlowError(
                f"the outlet {name} is {self.outlets[name]}, which lets {means[name]:.3g} m/s out at the pressures of the other "
                f"outlets, a Mach number of {mach:.2g} on the lattice, above the limit of {MACH_ERROR_ABOVE:g}: check the units "
                "of pressures, resistances and shares"
            )

    def require_on_surface(self, surface: SurfaceQuery, name: str, voxel_size: float) -> None:
        """Raises InternalFlowError for a cap that is away from the surface `name`."""
        for opening, cap in self.caps.items():
            faces = np.linalg.norm(cap.mesh.area_vectors, axis=1)
            away = np.abs(surface.signed_distance(np.mean(cap.mesh.corners, axis=0)))
            if faces[away > 0.5 * voxel_size].sum() > 0.5 * faces.sum():
                raise InternalFlowError(
                    f"{opening} is {np.average(away, weights=faces):.4g} m away from the surface of {name}, above the "
                    f"limit of {0.5 * voxel_size:.4g} m (half a cell): move the cap to the end of the surface"
                )

    @cached_property
    def groups(self) -> list[InletGroup]:
        """Inlets that share a patch."""
        carried = {name: tuple(each.value_at(name) for each in self.scalars) for name in self.inlets}
        return InletGroup.all_of(self.inlets, self.caps, carried)

    def outlet_condition(self, excess: float) -> LinkPressure:
        """All outlets as one opening, so that the kernels do not depend on their number; `excess`: scale of rho - 1 there."""
        patch = Patch(OUTLETS, joined([self.caps[name].mesh for name in self.outlets]))
        return LinkPressure(patch, 1.0 + excess, profile=Tabulated(ones) if excess else None)

    def caps_by_patch(self) -> dict[str, dict[str, Cap]]:
        """Caps of each patch."""
        groups: dict[str, dict[str, Cap]] = {group.name: dict(group.caps) for group in self.groups}
        return groups | {OUTLETS: {name: self.caps[name] for name in self.outlets}}

    @property
    def patches(self) -> dict[str, str]:
        """Name of the patch of each opening."""
        return {name: patch for patch, caps in self.caps_by_patch().items() for name in caps}

    def coupled(self, simulation: Simulation, openings: OpeningFlows, units: Units) -> OutletCoupling:
        """Coupling of a simulation to outlets whose pressure depends on the flow or on time, with `SCALE` as scale of rho - 1."""
        areas = {name: self.caps[name].area for name in self.outlets}
        field, mean = f"{OUTLETS}.density", self.mean_inflow
        return OutletCoupling(simulation, openings, field, self.outlets, areas, self.inflow, mean, units)

    def initial_rates(self, units: Units) -> dict[str, float]:
        """Flow rate into the vessel [cells^3 / step] at the beginning: of each inlet, and of each outlet but the largest if
        these are known from what lies beyond them."""
        rates = {name: value_at(rate, 0.0) for name, rate in self.rates.items()}
        if self.are_coupled and len(self.outlets) > 1:
            flows = steady_flows(self.outlets, self.inflow(0.0))[0]
            free = max(self.outlets, key=lambda name: (isinstance(self.outlets[name], Outlet), flows[name]))
            rates |= {name: -flow for name, flow in flows.items() if name != free}
        return {name: units.velocity_to_lattice(rate) / units.voxel_size**2 for name, rate in rates.items()}


def is_developed(openings: VesselOpenings) -> bool:
    """Whether the flow of all inlets does not develop any further."""
    return all(inlet.profile.is_developed for inlet in openings.inlets.values())


def _within(pressure: float | Waveform, time: float) -> float:
    """Pressure [Pa] at a time [s], or at the end of a waveform that is nearest to it."""
    if isinstance(pressure, Waveform) and pressure.period is None:
        time = min(max(time, pressure.times[0]), pressure.end)
    return value_at(pressure, time)
