"""Runs of a given duration."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import SimulationError, require_positive
from ...files.restarts import NoRestarts, Restarts, Resumable
from ...models.schedule import SmoothStart
from ...observe.monitor import EverySeconds, Monitor, Recorder, Series, SeriesFolder
from ...solver import Simulation
from ...units import Units
from .value_statistics import WindowStatistics

SERIES = "time_series"
"""Name of the record of a run, and of its file."""
MOST_STEPS = 2**31 - 1
"""Largest number of steps of a run."""
_CHUNK = 100
"""Number of steps between two reports of progress."""


@dataclass(frozen=True)
class TransientResult:
    """Result of a run of a given duration."""

    series: Series
    """Recorded values in SI units, after the time [s]."""
    statistics: WindowStatistics | None
    """Statistics over the window; None if it has too few samples."""
    steps: int
    """Number of steps run."""
    run: TransientRun
    """The run."""

    @property
    def value(self) -> float:
        """The first value: its mean over the window of the statistics, or the last one without statistics; NaN without values."""
        if self.statistics is not None:
            return self.statistics.values[0].mean.value
        return float(self.series.values[-1, 1]) if len(self.series.columns) > 1 else math.nan

    def to_json(self) -> dict:
        """The result as plain values."""
        return {
            "steps": self.steps, "converged": False, "regime": "transient", "duration": self.run.duration,
            **({} if self.statistics is None else {"statistics": self.statistics.to_json()}),
        }

    @property
    def times(self) -> np.ndarray:
        """Times of the recorded values [s], (n,)."""
        return self.series.values[:, 0]


@dataclass(frozen=True, kw_only=True)
class TransientRun:
    """Run of a given duration, in SI units. Raises SimulationError for times that do not fit together."""

    duration: float
    """Simulated time [s]."""
    ramp: float | None = None
    """Time in which the velocities of all inlets and moving walls rise from 0 [s]: see `SmoothStart`. The flow is then at rest at
    first. None: they have their full values from the beginning, and the flow starts from its present state."""
    record_every: float | None = None
    """Interval of the recorded values [s]; None: a 200th of a flow-through time."""
    output_every: float | None = None
    """Interval at which fields are written and drawn [s]; None: only at the end."""
    statistics_from: float | None = None
    """Beginning of the statistics [s], which last until the end; None: half the duration."""
    playback_speed: float = 1.0
    """Simulated seconds per second of playback in a viewer."""

    def __post_init__(self):
        for name in ("duration", "ramp", "record_every", "output_every", "statistics_from", "playback_speed"):
            if (value := getattr(self, name)) is not None:
                require_positive(name, value, "" if name == "playback_speed" else "s", SimulationError)
        for name, remedy in (
            ("ramp", "use a shorter ramp"), ("record_every", "record more often"), ("output_every", "write more often"),
            ("statistics_from", "begin earlier"),
        ):
            value = getattr(self, name)
            if value is not None and not value < self.duration * (1.0 + 1e-9 * (name == "output_every")):
                raise SimulationError(
                    f"{name} is {value:g} s, but the run ends after the duration of {self.duration:g} s: {remedy}, or run longer"
                )

    @property
    def statistics_begin(self) -> float:
        """Beginning of the statistics [s]."""
        return 0.5 * self.duration if self.statistics_from is None else self.statistics_from

    @property
    def outputs(self) -> int:
        """Number of times at which fields are written, without the initial state."""
        return 1 if self.output_every is None else math.ceil(self.duration / self.output_every * (1.0 - 1e-9))

    def require(self, units: Units) -> None:
        """Raises SimulationError for intervals below a time step, and for more steps than can be counted."""
        step = units.time_step
        for name in ("duration", "ramp", "record_every", "output_every"):
            value = getattr(self, name)
            if value is not None and value < step:
                raise SimulationError(
                    f"{name} is {value:.4g} s, below the time step of {step:.4g} s: use at least that, or a smaller "
                    "lattice_velocity"
                )
        if not self.duration / step <= MOST_STEPS:
            raise SimulationError(
                f"duration is {self.duration:.4g} s, which is {self.duration / step:.3g} time steps of {step:.4g} s, limit "
                f"{MOST_STEPS:,}: use a shorter duration or a larger voxel_size"
            )

    def steps(self, units: Units) -> int:
        """Number of steps."""
        return max(1, round(units.time_to_lattice(self.duration)))

    def recording(self, units: Units, flow_through_steps: int) -> EverySeconds:
        """Schedule of the recorded values."""
        default = max(1, round(flow_through_steps / 200)) * units.time_step
        return EverySeconds(self.record_every or min(default, max(self.duration / 20.0, units.time_step)), units)

    def watch(
        self, simulation: Simulation, units: Units, values: Monitor, monitors: Mapping[str, Monitor],
        files: SeriesFolder | None, on_progress: Callable[[int, float], None], advance: Callable[[int], None] | None = None,
        restarts: Restarts = NoRestarts(),
    ) -> TransientResult:
        """Advances the simulation by the duration; `on_progress(steps, value)`. Raises SimulationError.

        `values`: the recorded values, the time first and then the reported one; `monitors`: further ones; `files`: folder of the
        series of `values`; `advance`: see `Recorder`; `restarts`: where the run is stored between groups of steps.
        """
        self.require(units)
        recorder = Recorder(simulation, {SERIES: values, **monitors}, files=files, advance=advance)
        ramp = _Ramp(recorder, 0 if self.ramp is None else max(1, round(units.time_to_lattice(self.ramp))))
        count, record = self.steps(units), recorder.records[SERIES]
        with recorder, restarts.part("recorder", recorder) as resumed, restarts.part("ramp", ramp):
            if not resumed:
                ramp.begin()
            while (done := simulation.steps - recorder.begin) < count:
                if done < ramp.steps:
                    ramp.run(min(ramp.steps - done, _CHUNK))
                else:
                    recorder.run(min(count - done, _CHUNK))
                restarts.point()
                on_progress(simulation.steps - recorder.begin, float(record.latest(record.columns[:2][-1], 1)[-1]))
        begin = recorder.begin + units.time_to_lattice(self.statistics_begin)
        statistics = WindowStatistics.of(record.series.since(math.ceil(begin)), units.time_step)
        return TransientResult(record.series, statistics, count, self)


class _Ramp(Resumable):
    """First steps of a run from rest, in which the velocities of all boundary conditions rise to their values."""

    def __init__(self, recorder: Recorder, steps: int):
        """`steps`: of the ramp; 0: there is none, and the run begins with the present state."""
        self.steps = steps
        """Number of steps."""
        self._recorder = recorder
        simulation = recorder.simulation
        d, conditions = simulation.lattice.dimension, simulation.physics.boundaries
        numbers = [(each.face.name, number) for each in conditions for number in each.parameters(d)]
        names = [f"{face}.{number.name}" for face, number in numbers if number.name.startswith("velocity_")]
        self._full = {name: simulation.parameter(name) for name in names}

    def begin(self) -> None:
        """Brings the flow to rest, if there is a ramp."""
        if self.steps:
            self._recorder.simulation.set_parameters(dict.fromkeys(self._full, 0.0))
            self._recorder.simulation.set_state(1.0, 0.0)
            self._recorder.begin = 0
            self._recorder.sample()

    def run(self, steps: int) -> None:
        """Runs the next steps."""
        recorder, start = self._recorder, SmoothStart(self.steps)
        simulation = recorder.simulation
        for step in range(simulation.steps + 1, simulation.steps + steps + 1):
            simulation.set_parameters({name: start(step) * value for name, value in self._full.items()})
            recorder.advance(1)
            recorder.sample()

    def saved(self):
        return {"full": self._full}

    def restore(self, state):
        self._full = state["full"]
