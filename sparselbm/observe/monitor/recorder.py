"""Recorder that runs a simulation while monitors record it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...files.restarts import Resumable
from ...solver import Simulation
from .monitor import Monitor
from .series import Series, SeriesRecord
from .series_files import SeriesFolder
from .stop import StopCondition


@dataclass(frozen=True)
class Recorded:
    """Result of a recorded run."""

    steps: int
    """Number of steps run."""
    stopped: bool
    """Whether a `StopCondition` ended the run."""


class Recorder(Resumable):
    """Advances a simulation between the instants at which its monitors are recorded.

    `monitors`: by the names of their records and files. `files`: folder to which the series are written while they are recorded;
    monitors without columns have no file. Bodies may move during the recording. Raises ValueError for a monitor that does not
    fit the simulation and OutputExistsError for existing files, both before any step.

    Columns of records are `Signal`s with their statistics, such as `recorder.records["body"]["lift_coefficient"].rms`.
    """

    def __init__(
        self, simulation: Simulation, monitors: Mapping[str, Monitor], *, files: SeriesFolder | None = None,
        advance: Callable[[int], None] | None = None,
    ):
        """`advance`: advances the simulation by a number of steps, such as with moving bodies; None: `simulation.run`."""
        if files is not None:
            files.require_free(tuple(name for name, each in monitors.items() if each.columns(simulation)))
        self.simulation = simulation
        self.begin = simulation.steps
        """Step at which the recording begins."""
        self.advance = advance or simulation.run
        self._monitors = dict(monitors)
        columns = {name: monitor.columns(simulation) for name, monitor in monitors.items()}
        self._samplers = {name: monitor.bind(simulation) for name, monitor in monitors.items()}
        self.records: dict[str, SeriesRecord] = {name: SeriesRecord(each) for name, each in columns.items()}
        """Records by name."""
        self._files = {name: files.open(name, each) for name, each in columns.items() if each} if files is not None else {}

    def run(self, steps: int, *, stop: StopCondition | None = None) -> Recorded:
        """Runs the steps; the initial state is recorded as well if it is due.

        Raises SimulationError if the flow diverges; everything recorded until then remains in records and files.
        """
        simulation = self.simulation
        first, end = simulation.steps, simulation.steps + steps
        self._require(steps, stop)
        stopped = self.sample() and stop is not None and stop.reached(self.records)
        while simulation.steps < end and not stopped:
            self.advance(min(end, self._next_instant()) - simulation.steps)
            stopped = self.sample() and stop is not None and stop.reached(self.records)
        simulation.check_stability()
        return Recorded(simulation.steps - first, stopped)

    def _require(self, steps: int, stop: StopCondition | None) -> None:
        if steps < 1:
            raise ValueError(f"the number of steps is {steps}, but must be at least 1")
        if stop is not None:
            stop.require(self.records)
        last = max((record.last_step for record in self.records.values()), default=-1)
        if last > self.simulation.steps:
            raise ValueError(
                f"recorded up to step {last}, but the simulation is at step {self.simulation.steps}: create another recorder"
            )

    def _next_instant(self) -> int:
        now = self.simulation.steps
        return min((monitor.every.next_after(now) for monitor in self._monitors.values()), default=now + 10**9)

    def sample(self) -> bool:
        """Records every monitor that is due and not yet recorded; returns whether there was any. For time loops of the user."""
        now, found = self.simulation.steps, False
        for name, monitor in self._monitors.items():
            if monitor.every.next_after(now - 1) == now and self.records[name].last_step < now:
                row = self._samplers[name].take()
                self.records[name].add(now, row)
                if name in self._files:
                    self._files[name].add(now, row)
                found = True
        return found

    def saved(self):
        return {
            "begin": self.begin,
            "records": {
                name: {"steps": (series := record.series).steps, "values": series.values} for name, record in self.records.items()
            },
            "samplers": {name: each.saved() for name, each in self._samplers.items() if isinstance(each, Resumable)},
        }

    def restore(self, state):
        self.begin = state["begin"]
        for name, found in state["records"].items():
            series = Series(self.records[name].columns, found["steps"], found["values"])
            self.records[name].restore(series)
            if name in self._files:
                self._files[name].restart(series)
        for name, each in self._samplers.items():
            if isinstance(each, Resumable):
                each.restore(state["samplers"][name])

    def close(self) -> None:
        """Flushes and closes the files; the records remain available."""
        for name, file in self._files.items():
            file.close(self.records[name].series)

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
