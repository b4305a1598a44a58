"""Coupling of a flow to the models beyond its outlets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from ...errors import SimulationError
from ...lattice import CS2
from ...models import Waveform
from ...observe import OpeningFlows
from ...solver import Simulation
from ...solver.feedback import Feedback
from ...units import SOUND_SPEED, Units
from ..compression import COMPRESSION_ERROR_ABOVE
from .outlets import FlowShareOutlet, LumpedOutlet, Outlet, OutletCondition, steady_flows

INTERVAL = 10
"""Steps between two updates: sound takes 10 from an opening to the middle of the section in which its flow is measured."""
SCALE = 0.01
"""Density perturbation by which the stored factors of the outlets are multiplied."""
_CROSSINGS = 4.0
"""T of the coupling, in times in which sound crosses the vessel."""


@dataclass
class _Port:
    """An outlet during the run; pressures [Pa]."""

    condition: OutletCondition
    impedance: float
    """Z = rho c_s / A [Pa s / m^3]."""
    state: float = 0.0
    """Pressure in the compliance; of a share of the flow p_I."""
    applied: float = 0.0
    """pi: prescribed pressure relative to the level."""
    wanted: float = 0.0
    """eta: pressure of the model relative to the level, at the last update."""

    @property
    def floats(self) -> bool:
        """Whether its pressure is the one that gives a flow rate: it has no level of its own."""
        return isinstance(self.condition, FlowShareOutlet)


class OutletCoupling(Feedback):
    """Pressures at the outlets that follow the flow through them: p_i = h_i, with h_i = a_i + b_i Q_i of each `OutletCondition`.

    In an incompressible flow only differences between outlets act. The level p_0 that all have in common is therefore kept out of
    the lattice, where it would compress the fluid: the flow gets pi_i = p_i - p_0, and `level` is added where pressures are
    reported. One outlet alone does not act on the flow at all. p_0 is such that the mean of pi_i is the acoustic
    Z (sum Q_i - Q_in), Z = rho c_s / sum A_i, which vanishes in an incompressible flow and lets the sound of a changing inflow
    out: after a jump it is gone once it has crossed the vessel and returned, where a fixed mean would reflect it whole.

    A flow answers a change of pi_i at once by the acoustic -1 / Z_i, so that p_i = a_i + b_i Q_i of the last step would be
    unstable for b_i > Z_i. Instead, every `INTERVAL` steps, implicit in that answer,

        (1 + b_i / Z_i + e) (pi_i' - pi_i) = eta_i - eta_i,old + e (eta_i - pi_i), eta_i = h_i - p_0, e = interval / T,

    which reflects little sound, and has pi_i = eta_i in steady flow; T is four times the time in which sound crosses the vessel.
    """

    interval = INTERVAL

    def __init__(
        self, simulation: Simulation, openings: OpeningFlows, field: str, outlets: Mapping[str, OutletCondition],
        areas: Mapping[str, float], inflow: Callable[[float], float], mean_inflow: float, units: Units,
    ):
        """`field`: that of the outlets' density; `areas`: of their caps [m^2]; `inflow`: whole inflow [m^3 / s] at a time [s].

        Compliances begin with the pressure that they have at `mean_inflow`, so that a pulsating flow need not fill them.
        """
        self._simulation, self._openings, self._field, self._units = simulation, openings, field, units
        self._inflow = inflow
        speed = SOUND_SPEED * units.voxel_size / units.time_step
        self._share = INTERVAL / (_CROSSINGS * max(simulation.domain.shape) / SOUND_SPEED)
        flows, self.level = steady_flows(outlets, mean_inflow)
        self._ports = {name: _Port(each, units.density * speed / areas[name]) for name, each in outlets.items()}
        for name, port in self._ports.items():
            if isinstance(port.condition, LumpedOutlet):
                a, b = port.condition.steady_law()
                port.state = port.condition.settled(flows[name])
                port.applied = port.wanted = a + b * flows[name] - self.level
        self._total = units.density * speed / sum(areas.values())
        self._common = 0.0
        self._is_steady = False
        self._apply()

    @property
    def varies(self) -> bool:
        """Whether a pressure is prescribed in time."""
        return any(isinstance(getattr(port.condition, "pressure", None), Waveform) for port in self._ports.values())

    def update(self):
        flows, _ = self._openings.take()
        area = self._units.voxel_size**2
        rates = {name: -self._units.velocity_to_si(flows[name]) * area for name in self._ports}
        time, interval = self._units.time_to_si(self._simulation.steps), self._units.time_to_si(INTERVAL)
        inflow, e, laws = self._inflow(time), self._share, {}
        for name, port in self._ports.items():
            laws[name] = self._law(port, rates[name], inflow, time, interval)
        self._common = 0.5 * (self._total * (sum(rates.values()) - inflow) + self._common)
        # The mean of pi' over the outlets with a level of their own is to be this: that gives p_0.
        firm = [name for name, port in self._ports.items() if not port.floats]
        weights = {name: 1.0 / (1.0 + b / self._ports[name].impedance + e) for name, (_, b) in laws.items()}
        if firm:
            total = sum(
                port.applied + weights[name] * (laws[name][0] * (1.0 + e) - port.wanted - e * port.applied)
                for name, port in self._ports.items() if name in firm
            )
            self.level = (total - len(firm) * self._common) / ((1.0 + e) * sum(weights[name] for name in firm))
        for name, port in self._ports.items():
            wanted = laws[name][0] - (0.0 if port.floats else self.level)
            port.applied += weights[name] * (wanted - port.wanted + e * (wanted - port.applied))
            port.wanted = wanted
        if not firm:  # Only differences act.
            mean = sum(port.applied for port in self._ports.values()) / len(self._ports)
            for port in self._ports.values():
                port.applied += self._common - mean
        self._require_small()
        self._apply()

    def _law(self, port: _Port, rate: float, inflow: float, time: float, interval: float) -> tuple[float, float]:
        """h and b of an outlet with a flow rate; its state is brought to the present time."""
        condition = port.condition
        if isinstance(condition, FlowShareOutlet):
            lacking = rate - condition.share * inflow
            port.state += self._share * port.impedance * lacking
            return port.state + port.impedance * lacking, port.impedance * (1.0 + self._share)
        assert isinstance(condition, LumpedOutlet), "an outlet has a law, or a share of the flow"
        if self._is_steady:
            a, b = condition.steady_law()
            port.state = condition.settled(rate)
            return a + b * rate, b
        a, b, s = condition.law(port.state, time, interval)
        port.state = a + s * rate
        return a + b * rate, b

    @contextmanager
    def towards_steady(self) -> Iterator[None]:
        """Without compliances, whose flow vanishes in steady flow: R_d C may be many times as long as the flow needs by itself.

        Where a pressure varies in time there is no steady state, and nothing changes.
        """
        self._is_steady = not self.varies
        try:
            yield
        finally:
            self._is_steady = False

    @property
    def refusal(self):
        following = [name for name, port in self._ports.items() if port.floats or not _is_constant(port.condition)]
        if following:
            conditions = "; ".join(f"{name}: {self._ports[name].condition}" for name in following)
            return (
                f"the pressures at outlets depend on the flow or on time ({conditions}), which a gradient does not follow: use "
                "Outlet(pressure=...) with the pressures that this flow has reached"
            )
        return (
            "the inflow varies in time, and the pressures at the outlets follow its sound to let it out, which a gradient does "
            "not follow: set flow.simulation.feedback = None before the first step, which holds the prescribed pressures; sound "
            "is then reflected, so let the inflow change slowly"
        )

    @property
    def memory(self):
        values = {"level": self.level, "common": self._common}
        for name, port in self._ports.items():
            values |= {f"{name} {part}": getattr(port, part) for part in ("state", "applied", "wanted")}
        return values

    def recall(self, memory):
        self.level, self._common = memory["level"], memory["common"]
        for name, port in self._ports.items():
            port.state, port.applied, port.wanted = (memory[f"{name} {part}"] for part in ("state", "applied", "wanted"))
        self._apply()

    def _require_small(self) -> None:
        """Raises SimulationError for pressures that would compress the fluid by too much."""
        for name, port in self._ports.items():
            excess = abs(self._units.pressure_to_lattice(port.applied)) / CS2
            if not excess < COMPRESSION_ERROR_ABOVE:
                raise SimulationError(
                    f"the pressure at {name} is {port.applied:.4g} Pa from the mean of all outlets after "
                    f"{self._simulation.steps} steps, which compresses the fluid by {excess:.0%}, limit "
                    f"{COMPRESSION_ERROR_ABOVE:.0%}: check the units of resistances and pressures, or use a "
                    "smaller lattice_velocity"
                )

    def _apply(self) -> None:
        """Sets the densities at the outlets."""
        factors = np.zeros(self._simulation.domain.fluid.shape)
        for name, port in self._ports.items():
            excess = self._units.pressure_to_lattice(port.applied) / CS2
            factors[tuple(self._openings.cells[name].T)] = excess / SCALE
        self._simulation.set_field(self._field, factors)


def _is_constant(condition: OutletCondition) -> bool:
    return isinstance(condition, Outlet) and not isinstance(condition.pressure, Waveform)
