"""Values of a flow in SI units that are recorded over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...files.restarts import Resumable
from ...observe import Functional
from ...observe.monitor import Monitor, Sampler, Schedule, Values
from ...solver import Simulation
from ...units import Units
from .port_state import OUTLETS, PortState

TIME = "time [s]"
"""Name of the first column."""


@dataclass(frozen=True)
class InTime(Monitor):
    """Values of several monitors beside each other, after the time since the initial state [s]: column `time [s]`."""

    parts: Sequence[Monitor]
    """The monitors, whose own schedules do not matter."""
    units: Units
    every: Schedule

    def columns(self, simulation):
        return (TIME, *(name for part in self.parts for name in part.columns(simulation)))

    def bind(self, simulation):
        return _InTimeSampler(simulation, self.units, [part.bind(simulation) for part in self.parts])


class _InTimeSampler(Sampler, Resumable):
    def __init__(self, simulation: Simulation, units: Units, parts: Sequence[Sampler]):
        self._simulation, self._units, self._parts = simulation, units, parts

    def saved(self):
        return {"parts": [part.saved() if isinstance(part, Resumable) else {} for part in self._parts]}

    def restore(self, state):
        for part, found in zip(self._parts, state["parts"], strict=True):
            if isinstance(part, Resumable):
                part.restore(found)

    def take(self):
        time = self._units.time_to_si(self._simulation.steps)
        return (time, *(value for part in self._parts for value in part.take()))


@dataclass(frozen=True)
class PortValues(Monitor):
    """Pressure drop [Pa] (see `pressure_drop`), and flow rate [m^3/s] and pressure [Pa] at each opening."""

    ports: Callable[[], Mapping[str, PortState]]
    """Present state of the openings, such as `lambda: flow.ports`."""
    inlets: tuple[str, ...]
    outlets: tuple[str, ...]
    every: Schedule

    def columns(self, simulation):
        names = (*self.inlets, *self.outlets)
        rates, pressures = (f"flow rate {name} [m^3/s]" for name in names), (f"pressure {name} [Pa]" for name in names)
        return ("pressure drop [Pa]", *rates, *pressures)

    def bind(self, simulation):
        return _PortSampler(self)


class _PortSampler(Sampler):
    def __init__(self, monitor: PortValues):
        self._monitor = monitor

    def take(self):
        monitor = self._monitor
        found = monitor.ports()
        inlets, outlets = ([found[name] for name in names] for names in (monitor.inlets, monitor.outlets))
        every = [*inlets, *outlets]
        rates, pressures = [each.flow_rate for each in every], [each.pressure for each in every]
        return (pressure_drop(inlets, outlets), *rates, *pressures)


def values_in_time(
    functionals: Mapping[str, Functional], patches: Mapping[str, tuple[str, ...]], ports: Callable[[], Mapping[str, PortState]],
    units: Units, every: Schedule, *others: Monitor,
) -> Monitor:
    """Monitor of the time, of functionals with their units, of the openings of an internal flow by name of the patch, and of
    others."""
    parts: list[Monitor] = [Values(functionals, every, units)] if functionals else []
    if patches:
        inlets = tuple(name for patch, names in patches.items() if patch != OUTLETS for name in names)
        parts.append(PortValues(ports, inlets, patches[OUTLETS], every))
    return InTime((*parts, *others), units, every)


def pressure_drop(inlets: Sequence[PortState], outlets: Sequence[PortState]) -> float:
    """Mean pressure at the inlets minus that at the outlets, weighted by the flow rates [Pa]."""
    means = [
        np.average([each.pressure for each in ports], weights=[abs(each.flow_rate) + 1e-300 for each in ports])
        for ports in (inlets, outlets)
    ]
    return float(means[0] - means[1])
