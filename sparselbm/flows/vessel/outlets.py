"""Outlets of an internal flow: by pressure, by resistance and compliance of the vessels beyond, or by their share of the flow."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields

from ...errors import InternalFlowError
from ...models import Waveform
from ...quantities import pressure_text


class OutletCondition(ABC):
    """Condition at an outlet, through which fluid leaves or enters: a frozen value, a `LumpedOutlet` or a `FlowShareOutlet`.

    Only differences between the pressures of outlets act on an incompressible flow; their common part only
    shifts the pressures that are reported.
    """

    @abstractmethod
    def __str__(self) -> str:
        """The condition in words, for a table."""


class LumpedOutlet(OutletCondition, ABC):
    """Pressure of an outlet as a function of the flow Q through it, p = a + b Q, with a and b of the present time."""

    @abstractmethod
    def steady_law(self) -> tuple[float, float]:
        """a [Pa] and b [Pa s / m^3] of a steady flow."""

    @abstractmethod
    def law(self, state: float, time: float, interval: float) -> tuple[float, float, float]:
        """a, b and s: p = a + b Q at the end of an interval [s] in which Q flows; the state is then a + s Q.

        `state`: pressure [Pa] in the compliance at the beginning of the interval; `time`: its end [s].
        """

    @abstractmethod
    def settled(self, flow_rate: float) -> float:
        """State of a steady flow rate [m^3 / s]."""


@dataclass(frozen=True, kw_only=True)
class Outlet(LumpedOutlet):
    """Outlet with a prescribed pressure, constant or in time."""

    pressure: float | Waveform = 0.0
    """Pressure [Pa]; only differences between outlets drive the flow."""

    def __str__(self):
        if isinstance(self.pressure, Waveform):
            return f"pressure {pressure_text(self.pressure.mean)} on average, {self.pressure}"
        return f"pressure {pressure_text(self.pressure)}"

    def steady_law(self):
        return (self.pressure.mean if isinstance(self.pressure, Waveform) else self.pressure), 0.0

    def law(self, state, time, interval):
        if not isinstance(self.pressure, Waveform):
            return self.pressure, 0.0, 0.0
        # It acts until the next update: its value in the middle of that time is right on average.
        return self.pressure(min(time + 0.5 * interval, self.pressure.end)), 0.0, 0.0

    def settled(self, flow_rate):
        return 0.0


@dataclass(frozen=True, kw_only=True)
class ResistanceOutlet(LumpedOutlet):
    """Outlet with the flow resistance of the vessels beyond: p = p_d + R Q."""

    resistance: float
    """R [Pa s / m^3], above 0."""
    distal_pressure: float = 0.0
    """p_d [Pa], beyond the resistance."""

    def __post_init__(self):
        _require_finite(self, "resistance")

    def __str__(self):
        return f"resistance {self.resistance:.4g} Pa s/m^3, {pressure_text(self.distal_pressure)} beyond it"

    def steady_law(self):
        return self.distal_pressure, self.resistance

    def law(self, state, time, interval):
        return self.distal_pressure, self.resistance, 0.0

    def settled(self, flow_rate):
        return 0.0


@dataclass(frozen=True, kw_only=True)
class WindkesselOutlet(LumpedOutlet):
    """Three-element Windkessel: p = p_c + R_p Q, C dp_c / dt = Q - (p_c - p_d) / R_d.

    Exact for the flow of the end of each interval, so that it is stable for every interval. In steady flow
    p = p_d + (R_p + R_d) Q at any C.
    Source: Westerhof, Lankhaar & Westerhof, Med. Biol. Eng. Comput. 47 (2009) 131.
    """

    proximal_resistance: float
    """R_p [Pa s / m^3], above 0: usually the characteristic impedance of the vessel."""
    compliance: float
    """C [m^3 / Pa], above 0."""
    distal_resistance: float
    """R_d [Pa s / m^3], above 0."""
    distal_pressure: float = 0.0
    """p_d [Pa], beyond the distal resistance."""

    def __post_init__(self):
        _require_finite(self, "proximal_resistance", "compliance", "distal_resistance")

    def __str__(self):
        return (
            f"Windkessel, resistances {self.proximal_resistance:.4g} and {self.distal_resistance:.4g} Pa s/m^3, compliance "
            f"{self.compliance:.4g} m^3/Pa, {pressure_text(self.distal_pressure)} beyond it, time constant "
            f"{self.time_constant:.4g} s"
        )

    @property
    def time_constant(self) -> float:
        """R_d C [s]."""
        return self.distal_resistance * self.compliance

    def steady_law(self):
        return self.distal_pressure, self.proximal_resistance + self.distal_resistance

    def law(self, state, time, interval):
        kept = math.exp(-interval / self.time_constant)
        s = self.distal_resistance * (1.0 - kept)
        return self.distal_pressure + kept * (state - self.distal_pressure), s + self.proximal_resistance, s

    def settled(self, flow_rate):
        return self.distal_pressure + self.distal_resistance * flow_rate


@dataclass(frozen=True, kw_only=True)
class FlowShareOutlet(OutletCondition):
    """Outlet through which a prescribed share of the whole inflow leaves, at the pressure that this takes.

    Its pressure follows what the flow lacks, q = Q - share Q_in: p = p_I + Z q, dp_I / dt = Z q / T, with the acoustic impedance
    Z = rho c_s / A of the cap, so that it reflects no sound, and T of about twice the time in which sound crosses the vessel and
    returns. Flows and pressures are exact in steady flow, and in one that changes slowly beside T.
    """

    share: float
    """Share of the inflow, above 0 and at most 1."""

    def __post_init__(self):
        if not 0.0 < self.share <= 1.0:
            raise InternalFlowError(
                f"FlowShareOutlet(share={self.share!r}): it must be above 0 and at most 1, a part of the inflow"
            )

    def __str__(self):
        return f"{self.share:.4%} of the inflow"


def _require_finite(outlet: OutletCondition, *positive: str) -> None:
    """Raises InternalFlowError for numbers that are not finite, or not above 0."""
    for each in fields(outlet):  # type: ignore[arg-type]
        value = getattr(outlet, each.name)
        if not math.isfinite(value) or (each.name in positive and not value > 0.0):
            limit = " above 0" if each.name in positive else ""
            raise InternalFlowError(f"{type(outlet).__name__}({each.name}={value!r}): it must be a finite number{limit}")


def steady_flows(outlets: Mapping[str, OutletCondition], inflow: float) -> tuple[dict[str, float], float]:
    """Flow rate of each outlet [m^3 / s] and pressure in the vessel [Pa], if all resistance lies beyond the outlets.

    Outlets of a prescribed pressure have none and would take everything that others leave: they share it equally. The pressure is
    then theirs on average.
    """
    shares = {name: each.share * inflow for name, each in outlets.items() if isinstance(each, FlowShareOutlet)}
    rest = inflow - sum(shares.values())
    laws = {name: each.steady_law() for name, each in outlets.items() if isinstance(each, LumpedOutlet)}
    direct = [name for name, (_, b) in laws.items() if b == 0.0]
    through = {name: law for name, law in laws.items() if name not in direct}
    if direct:
        pressure = sum(laws[name][0] for name in direct) / len(direct)
    elif through:
        pressure = (rest + sum(a / b for a, b in through.values())) / sum(1.0 / b for _, b in through.values())
    else:
        pressure = 0.0
    flows = shares | {name: (pressure - a) / b for name, (a, b) in through.items()}
    flows |= {name: (inflow - sum(flows.values())) / len(direct) for name in direct} if direct else {}
    return {name: flows[name] for name in outlets}, pressure


def require_outlets(outlets: Mapping[str, OutletCondition]) -> None:
    """Raises InternalFlowError for shares of the flow that do not add up to what can leave."""
    shares = {name: each.share for name, each in outlets.items() if isinstance(each, FlowShareOutlet)}
    total, others = sum(shares.values()), [name for name in outlets if name not in shares]
    listed = ", ".join(f"{name} {share:g}" for name, share in shares.items())
    if total > 1.0 + 1e-6:
        raise InternalFlowError(
            f"the shares of the outlets add up to {total:g}, above the limit of 1 ({listed}): use smaller shares"
        )
    if shares and not others and total < 1.0 - 1e-6:
        raise InternalFlowError(
            f"the shares of the outlets add up to {total:g}, and there is no other outlet for the rest ({listed}): let them "
            "add up to 1, or give one of them a pressure in place of its share"
        )
    if others and total > 1.0 - 1e-6:
        raise InternalFlowError(
            f"the shares of the outlets add up to 1 ({listed}), which leaves nothing for {', '.join(others)}: use smaller shares"
        )
