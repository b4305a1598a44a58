"""Flow in SI units that is run from its current state, and its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from time import perf_counter
from types import MappingProxyType
from typing import final

import numpy as np

from ..errors import GeometryError, SimulationError
from ..files.restarts import NoRestarts, Restarts
from ..lattice import CS2
from ..observe import Functional, OpeningFlows, evaluate
from ..observe.monitor import EverySteps, Monitor, Recorder, Schedule, Series, SeriesFolder
from ..solver import Simulation
from .motion.moving_bodies import BodyValues, MovingBodies
from .physics.flow_drive import DriveValues, FlowDrive
from .runs.finite import require_finite
from .runs.measurement import JointMeasurement, Measurement, ObservableMeasurement, OpeningMeasurement, forces_beside
from .runs.port_state import PortState, port_states, require_until
from .runs.recorded_values import values_in_time
from .runs.regime import Measured, PeriodicFlow
from .runs.scalar_values import release_observables, with_scalars
from .runs.steady_run import SteadyResult, SteadyRun
from .runs.transient_run import SERIES, TransientResult, TransientRun
from .runs.velocity_change import RESIDUALS, residuals
from .setup import FlowSetup

ProgressCallback = Callable[[str, int, float, float], None]
"""Progress callback: called with the phase ("flow" or "gradient"), steps completed, current value and speed [MLUPS]."""


@final
@dataclass(eq=False)
class Flow:
    """A flow that is run from its current state, made by `FlowSetup.build`."""

    setup: FlowSetup
    simulation: Simulation
    openings: OpeningFlows | None = None
    """Flow rates and pressures at the openings of an internal flow; None: the set-up has no openings."""
    bodies: MovingBodies | None = None
    """Bodies that move while the flow runs; None: there are none."""
    on_progress: ProgressCallback | None = None
    ends: Mapping[str, float] = field(default_factory=dict)
    """Last time [s] at which conditions in time have a value, by the name of the opening."""
    steady: SteadyResult | None = field(default=None, init=False)
    """Result of the last run, if it was to steady state."""
    transient: TransientResult | None = field(default=None, init=False)
    """Result of the last run, if it was of a given duration."""
    series: Series | None = field(default=None, init=False)
    """Time series of the last run in SI units; None: a run to steady state without files."""
    criterion: SteadyRun | None = field(default=None, init=False)
    """Convergence criterion of that run."""
    began: float = field(default_factory=perf_counter, init=False)
    """Time at which the flow was built, on the clock of `time.perf_counter` [s]."""

    @property
    def time(self) -> float:
        """Time since the initial state [s]."""
        return self.setup.units.time_to_si(self.simulation.steps)

    def run(self, duration: float) -> None:
        """Advances the flow by a duration [s], rounded to whole steps.

        Raises SimulationError if it is below half a step, and if the flow has become unstable; ScheduleError if a waveform ends
        before it.
        """
        require_until(self.ends, self.time + duration)
        steps = round(self.setup.units.time_to_lattice(duration))
        if steps < 1:
            raise SimulationError(
                f"the duration is {duration:.4g} s, below half a time step of {self.setup.units.time_step:.4g} s: pass at least "
                "one step"
            )
        self._advance(steps)

    def run_to_steady(
        self, observable: Functional | None = None, steady_run: SteadyRun | None = None, *, files: SeriesFolder | None = None,
        restarts: Restarts = NoRestarts(),
    ) -> SteadyResult:
        """Runs the flow until it is steady or periodic; the result has all values in their own units, and times in seconds.

        Monitored are the observable, all components of the force on the obstacle, the flow rates and pressures at all openings,
        and the releases and amounts of scalars. `observable`: None for the default objective of the set-up; in an internal flow
        the value is then the outflow relative to the inflow. `steady_run`: convergence criterion; None: that of the set-up.
        `files` and `restarts`: as in `run_transient`. Raises SimulationError if the flow is unstable, also at its last step, and
        for a value that is not finite; ScheduleError for a waveform without a period.
        """
        if self.bodies is not None:
            self.bodies.refuse_steady()
        require_until(self.ends, math.inf)
        self.criterion, report = steady_run or self.setup.steady_run, self.progress("flow")
        wanted = observable or self.setup.default_objective
        measurement, factors = with_scalars(self.simulation, self.setup.units, *self._measurement(wanted))
        with ExitStack() as opened:
            recorder, feedback = None, self.simulation.feedback
            if feedback is not None:
                opened.enter_context(feedback.towards_steady())
            if files is not None:
                monitors = {
                    SERIES: self.values(EverySteps(1)), RESIDUALS: residuals(self.criterion.interval, self.setup.units)
                }
                recorder = opened.enter_context(Recorder(self.simulation, monitors, files=files))
            found = self.criterion.watch(
                self.simulation, measurement, lambda steps, value: report(steps, factors[0] * value), recorder=recorder,
                restarts=restarts,
            )
        self.series = None if recorder is None else recorder.records[SERIES].series
        self.steady, self.transient = found.scaled(factors, self.setup.units.time_step), None
        require_finite(self.steady.value, wanted, self.simulation.steps)
        return self.steady

    def run_transient(
        self, transient_run: TransientRun, *, monitors: Mapping[str, Monitor] = MappingProxyType({}),
        files: SeriesFolder | None = None, restarts: Restarts = NoRestarts(),
    ) -> TransientResult:
        """Runs the flow for a duration; the result has the recorded values in SI units, and their statistics.

        `monitors`: recorded in addition, by name; `files`: folder to which the values are written while they are recorded, as
        `time_series.csv`, and residuals, unless bodies move; `restarts`: where the run is stored, to which the flow was added as
        a `FlowState`. Raises SimulationError for times that do not fit the time step, and if the flow is unstable; ScheduleError
        if a waveform ends before it.
        """
        require_until(self.ends, self.time + transient_run.duration)
        setup, report = self.setup, self.progress("flow")
        values = self.values(transient_run.recording(setup.units, setup.flow_through_steps))
        if files is not None and self.bodies is None:
            monitors = {**monitors, RESIDUALS: residuals(setup.steady_run.interval, setup.units)}
        self.transient = transient_run.watch(
            self.simulation, setup.units, values, monitors, files, report, self._advance, restarts
        )
        self.series, self.steady = self.transient.series, None
        return self.transient

    def _advance(self, steps: int) -> None:
        (self.simulation if self.bodies is None else self.bodies).run(steps)

    def values(self, every: Schedule) -> Monitor:
        """Monitor of the time [s] and of recorded values in SI units: `FlowSetup.recorded`, releases, openings, bodies, drive."""
        patches = {} if self.openings is None else self.openings.of_patches
        recorded = {**self.setup.recorded, **release_observables(self.simulation)}
        moving = () if self.bodies is None else (BodyValues(self.bodies, every),)
        drive = self.simulation.feedback
        driven = (DriveValues(drive, every),) if isinstance(drive, FlowDrive) else ()
        return values_in_time(recorded, patches, lambda: self.ports, self.setup.units, every, *moving, *driven)

    def _measurement(self, wanted: Functional | None) -> tuple[Measurement, tuple[float, ...]]:
        """Values that `run_to_steady` monitors, and the SI value of a lattice unit of each value."""
        openings = None if self.openings is None else OpeningMeasurement(self.openings)
        if wanted is None:
            assert openings is not None, "a set-up without a default objective has openings"
            return openings, (1.0,) * len(openings.names)
        others = self.setup.monitored or forces_beside(wanted, self.simulation.lattice.dimension)
        own = ObservableMeasurement(self.simulation, wanted, others)
        factors = tuple(value_factor(each, self.setup) for each in own.functionals)
        if openings is None:
            return own, factors
        return JointMeasurement(own, openings), (*factors, *(1.0,) * len(openings.names))

    def value(self, observable: Functional | None = None) -> float:
        """Returns the current value of an observable in its own unit; None: of the default objective of the set-up.

        Raises SimulationError for a value that is not finite.
        """
        wanted = observable or self.setup.default_objective
        if wanted is None:
            raise SimulationError("the set-up has no default objective: pass an observable, or read `ports`")
        found = value_factor(wanted, self.setup) * evaluate(wanted, self.simulation)
        require_finite(found, wanted, self.simulation.steps)
        return found

    def move(self, points: np.ndarray) -> None:
        """Moves the obstacle to the points [m], (n, 3).

        Raises an error of the set-up if they leave the domain, and GeometryError if the wall is on links.
        """
        self.setup.require_place(points)
        geometry = self.simulation.solids.find(self.setup.obstacle)
        if geometry is None:
            raise GeometryError(
                f"the wall of {self.setup.obstacle} is on links, which cannot be moved: build another flow with "
                "setup.build(points=...)"
            )
        geometry.move(points)
        self.simulation.update_geometry()

    @property
    def frequency(self) -> Measured | None:
        """Frequency of the last run [1/s]: of a periodic flow, or the dominant one of a window; None: there is none."""
        if self.transient is not None:
            return None if self.transient.statistics is None else self.transient.statistics.frequency
        regime = None if self.steady is None else self.steady.regime
        return regime.frequency if isinstance(regime, PeriodicFlow) else None

    @property
    def ports(self) -> dict[str, PortState]:
        """Current flow rates and pressures by opening; empty without openings."""
        if self.openings is None:
            return {}
        return port_states(*self.openings.take(), self.setup.units, self.reference_pressure)

    @property
    def reference_pressure(self) -> float:
        """Present pressure that corresponds to density 1 [Pa]; it varies with outlets that depend on the flow."""
        feedback = self.simulation.feedback
        return self.setup.reference_pressure if feedback is None else feedback.level

    @property
    def compression(self) -> float:
        """Largest |rho - 1| at an opening, which is about the relative error of pressure drops; 0 without openings."""
        if self.openings is None:
            return 0.0
        return max(abs(pressure) / CS2 for pressure in self.openings.take()[1].values())

    def progress(self, phase: str) -> Callable[[int, float], None]:
        """Returns a function that reports steps and a value to `on_progress`, with the speed since this call."""
        began, cells = perf_counter(), self.setup.cells

        def report(steps: int, value: float) -> None:
            if self.on_progress is not None:
                self.on_progress(phase, steps, value, steps * cells / max(perf_counter() - began, 1e-9) * 1e-6)

        return report


def value_factor(observable: Functional, setup: FlowSetup) -> float:
    """SI value per lattice unit of an observable; 1 if it has no unit, so that its value is in lattice units."""
    return 1.0 if observable.unit is None else observable.si_factor(setup.units, setup.bounds.shape[1])
