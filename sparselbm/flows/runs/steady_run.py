"""Runs to steady state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite

import numpy as np

from ...errors import SimulationError
from ...files.restarts import NoRestarts, Restarts, Resumable
from ...observe import Functional
from ...observe.monitor import Recorder
from ...solver import Simulation
from .field_change import FieldChange, FieldHistory
from .history import History
from .measurement import Measurement, ObservableMeasurement, forces_beside
from .regime import DriftingFlow, FlowRegime, PeriodicFlow, SteadyFlow
from .until import Until, ValuesSettled

_WINDOW = 3
"""Number of intervals over which values are compared: three eighths of a crossing, as the period of a wake is about one, and at
its crests a value hardly changes."""
_GOLDEN = 0.6180339887498949
_FIELDS_EVERY = 7
"""Number of samples after which the velocity field is recorded."""
_SERIES_EVERY = 4
"""Number of samples after which a row of a time series is recorded."""


@dataclass(frozen=True)
class SteadyResult:
    """Result of a run to steady state."""

    value: float
    """Observable [lattice units], in its own unit where `Flow.run_to_steady` returns the result: at the end, or for a periodic
    flow its mean over whole periods."""
    steps: int
    """Number of steps run."""
    change: float
    """Largest drift of a monitored value over an interval, or half its range about this drift, over the last three intervals,
    relative to its size."""
    regime: FlowRegime
    """`SteadyFlow`, `PeriodicFlow` or `DriftingFlow`."""
    field: FieldChange
    """Largest change of the velocity over the last interval, and its place."""

    @property
    def converged(self) -> bool:
        """Whether the flow is steady."""
        return isinstance(self.regime, SteadyFlow)

    def scaled(self, factors: tuple[float, ...], time_step: float) -> SteadyResult:
        """The same with each monitored value in another unit, and times in units of which a step has `time_step`."""
        regime = self.regime.scaled(factors, time_step)
        return replace(self, value=factors[0] * self.value, regime=regime)

    def to_json(self) -> dict:
        """The result as plain values, without the observable."""
        found = {"steps": self.steps, "converged": self.converged, **self.regime.to_json()}
        if isfinite(self.field.share):
            found |= {"field_change": self.field.share, "field_change_at": list(self.field.at)}
        return found


@dataclass(frozen=True, kw_only=True)
class SteadyRun:
    """Convergence criterion: over three successive intervals all monitored values stay within +- `tolerance` of a straight line
    that changes by less than `tolerance` over an interval.

    Monitored are the observable and all components of the forces beside it, at several unevenly spaced instants of each interval,
    so that no period is hidden. A flow whose values repeat themselves over four periods is periodic. An interval should be about
    an eighth of the time in which the flow crosses the domain (see `of_crossing`).
    """

    tolerance: float = 1e-3
    """Largest drift over an interval, and largest deviation from it, relative to the size of the observable, or of the force for
    its components."""
    interval: int = 100
    """Steps per interval, at least 2."""
    max_steps: int = 5000
    """Largest number of steps, at least one interval."""
    max_periodic_steps: int | None = None
    """Largest number of steps of a flow that oscillates, for its periods to be measured; None: `max_steps`."""
    samples: int = 20
    """Number of instants per interval, or every step of a short one."""
    until: Until = field(default_factory=ValuesSettled)
    """Whether the velocity has to be steady everywhere too: `FieldSettled()`."""

    def __post_init__(self):
        for name in ("tolerance", "interval", "max_steps"):
            if not getattr(self, name) > 0:
                raise SimulationError(f"{name} is {getattr(self, name)!r}: it must be above 0")
        for name, least in (("interval", 2), ("samples", 2)):
            if getattr(self, name) < least:
                raise SimulationError(
                    f"{name} is {getattr(self, name)!r}, but a change needs {least} samples per interval: use {least} or more"
                )
        if self.max_steps < self.interval:
            raise SimulationError(
                f"max_steps is {self.max_steps}, below the interval of {self.interval} steps: use at least {self.least_steps}, "
                "since convergence takes four intervals"
            )
        if self.longest < self.max_steps:
            raise SimulationError(
                f"max_periodic_steps is {self.longest}, below max_steps, {self.max_steps}: use at least that, or None"
            )

    @property
    def least_steps(self) -> int:
        """Number of steps after which a flow can be steady: the first interval has no value at its beginning."""
        return (_WINDOW + 1) * self.interval

    @property
    def longest(self) -> int:
        """Largest number of steps of any flow."""
        return self.max_steps if self.max_periodic_steps is None else self.max_periodic_steps

    @classmethod
    def of_crossing(cls, steps: int) -> SteadyRun:
        """Criterion for a flow that crosses its domain in `steps` steps: eight intervals per crossing, at most ten crossings, or
        twenty if the flow oscillates."""
        interval = 50 * max(1, round(steps / 400))
        return cls(interval=interval, max_steps=80 * interval, max_periodic_steps=160 * interval)

    def run(
        self, simulation: Simulation, observable: Functional, on_progress: Callable[[int, float], None] | None = None,
        *, monitored: Mapping[str, Functional] | None = None,
    ) -> SteadyResult:
        """Advances the simulation to steady state; `on_progress(steps, value)` is called per interval. Raises SimulationError.

        `monitored`: further observables by name; None: all components of the forces of which one is part of the observable.
        """
        others = forces_beside(observable, simulation.lattice.dimension) if monitored is None else monitored
        return self.watch(simulation, ObservableMeasurement(simulation, observable, others), on_progress)

    def watch(
        self, simulation: Simulation, measurement: Measurement, on_progress: Callable[[int, float], None] | None = None,
        *, recorder: Recorder | None = None, restarts: Restarts = NoRestarts(),
    ) -> SteadyResult:
        """Advances the simulation until measured values are steady or periodic, or the largest number of steps is reached.

        `recorder`: of time series, which is sampled five times per interval; `restarts`: where the run is stored after each
        interval.
        """
        record, regime = _Record(self, simulation, measurement, recorder), None
        with restarts.part("steady run", record) as resumed:
            if not resumed:
                record.begin()
            while regime is None:
                limit = self.max_steps if record.steps < self.max_steps else self.longest
                record.advance(self._instants(record.steps, min(record.steps + self.interval, limit)))
                regime = self._regime(record.history, record.field_change)
                if regime is None:
                    restarts.point()
                if on_progress is not None:
                    on_progress(record.steps, record.value)
        value = regime.mean.value if isinstance(regime, PeriodicFlow) else record.value
        return SteadyResult(value, record.steps, self._change(record.history), regime, record.field_change)

    def _instants(self, begin: int, end: int) -> list[int]:
        """Steps of the samples of an interval, the last one its end; they are unevenly spaced by the golden ratio."""
        count = min(self.samples, end - begin)
        places = [(k - 0.5 * (k * _GOLDEN % 1.0)) / count for k in range(1, count)]
        return sorted({begin + max(1, round(place * (end - begin))) for place in places} | {end})

    def _change(self, history: History) -> float:
        """Largest change over the last intervals; infinite before."""
        if history.steps[0] > history.steps[-1] - _WINDOW * self.interval:
            return float("inf")
        return float(history.since(history.steps[-1] - _WINDOW * self.interval).changes(self.interval).max())

    def _regime(self, history: History, field: FieldChange) -> FlowRegime | None:
        """The regime after an interval; None: further steps are needed."""
        steps, change = int(history.steps[-1]), self._change(history)
        if change < self.tolerance:
            if self.until.is_reached(field.share, self.tolerance):
                return SteadyFlow()
        elif isfinite(change) and (periodic := history.periodic(self.tolerance)) is not None:
            return periodic
        if steps < self.max_steps:
            return None
        oscillates = history.since(0.5 * steps).is_oscillating
        return DriftingFlow(oscillates) if steps >= self.longest or not oscillates else None


class _Record(Resumable):
    """Samples of a run so far; steps count from its beginning."""

    def __init__(self, run: SteadyRun, simulation: Simulation, measurement: Measurement, recorder: Recorder | None):
        self._run, self._simulation, self._measurement, self._recorder = run, simulation, measurement, recorder
        self._begin, self._fields = simulation.steps, FieldHistory(simulation)
        self._at: list[int] = []
        self._values: list[np.ndarray] = []

    def begin(self) -> None:
        """Records the time series' first row."""
        if self._recorder is not None:
            self._recorder.sample()

    def saved(self):
        recorded = {} if self._recorder is None else self._recorder.saved()
        return {
            "begin": self._begin, "at": self._at, "values": np.array(self._values), "fields": self._fields.saved(),
            "recorder": recorded,
        }

    def restore(self, state):
        self._begin, self._at, self._values = state["begin"], state["at"], list(state["values"])
        self._fields.restore(state["fields"])
        if self._recorder is not None:
            self._recorder.restore(state["recorder"])

    @property
    def steps(self) -> int:
        """Number of steps run."""
        return self._at[-1] if self._at else 0

    @property
    def value(self) -> float:
        """Last value of the observable."""
        return float(self._values[-1][0])

    def advance(self, instants: list[int]) -> None:
        """Runs to the last of these steps, and records a sample at each."""
        for k, instant in enumerate(instants, start=1):
            self._simulation.run(instant - self.steps)
            self._at.append(instant)
            self._values.append(self._measurement.take())
            if k % _FIELDS_EVERY == 0 or instant == instants[-1]:
                self._fields.add()
            if self._recorder is not None and (k % _SERIES_EVERY == 0 or instant == instants[-1]):
                self._recorder.sample()

    @property
    def history(self) -> History:
        """All samples."""
        values = np.array(self._values)
        scales = self._measurement.scales(values[-_WINDOW * self._run.samples :])
        return History(self._measurement.names, np.array(self._at), values, scales)

    @property
    def field_change(self) -> FieldChange:
        """Change of the velocity over the last interval."""
        return self._fields.change(self._begin + self.steps - self._run.interval)
