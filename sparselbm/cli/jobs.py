"""Interface of the commands to a flow set-up: report it, run it, report the results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ..files.restarts import RestartWriter
from ..flows import (
    Flow,
    FlowSetup,
    FlowState,
    RunEstimate,
    SteadyResult,
    SteadyRun,
    TransientResult,
    TransientRun,
    scalar_facts,
    scalar_results,
)
from ..observe import Functional, Restart
from ..results import OverTime
from ..results.draw import Drawing
from ..scene.usd import Scene
from .exits import RunInterruptedError
from .restarts import continued
from .show import ProgressBar, out


class Job(ABC):
    """A flow set-up, from `inspect` to the results of `run`."""

    plotted: ClassVar[tuple[str, str]]
    """Key of the summary that a sweep plots, and the label of its axis."""

    @abstractmethod
    def numbers(self, estimate: RunEstimate) -> dict:
        """Properties of the set-up that `inspect` writes as JSON, in addition to the scene."""

    @abstractmethod
    def show(self, found: dict) -> None:
        """Prints the same as a table, and every doubt."""

    @abstractmethod
    def claim(
        self, scene: Scene, folder: Path, run: SteadyRun | TransientRun, *, overwrite: bool, draw: Sequence[Drawing],
        origin: Mapping[str, Any], resume: bool,
    ) -> None:
        """Creates the folder of the results of a run. `origin`: for the summary, see `ResultsWriter`; `resume`: whether the run
        in it is continued.

        Raises OutputExistsError, and OutputFolderError if the frames of the run do not fit on the disk.
        """

    @abstractmethod
    def run(
        self, run: SteadyRun | TransientRun, start: Restart | None, objective: Functional | None, restarts: RestartWriter
    ) -> dict:
        """Runs the flow, from its initial state or from a restart; prints the summary, writes it into the folder and returns it.

        `run`: to steady state, or for a duration; `objective`: an observable of the user's own, which is evaluated at the end;
        `restarts`: of the run, which may be resumed from them.
        """

    @abstractmethod
    def line(self, summary: dict) -> str:
        """Line of this flow in the table of a sweep."""


def run_flow(
    setup: FlowSetup, run: SteadyRun | TransientRun, start: Restart | None, written: OverTime, restarts: RestartWriter, *,
    quantity: str,
) -> tuple[Flow, SteadyResult | TransientResult]:
    """Builds the flow of a set-up and runs it, with a progress bar for the reported `quantity`, while it is recorded.

    Raises RunInterruptedError after Ctrl-C or SIGTERM.
    """
    flow = setup.build()
    if start is not None:
        start.begin(flow.simulation, setup.units)
    if restarts.add("flow", FlowState(flow)):
        at = f"at step {flow.simulation.steps}, {flow.time:.5g} s"
        out.print(f"Resumed {at}, from {restarts.source}.", highlight=False, markup=False, soft_wrap=True)
    steps = None if isinstance(run, SteadyRun) else run.steps(setup.units)
    with ProgressBar(setup, quantity=quantity, steps=steps) as work:
        flow.on_progress, restarts.urgent = work.step, lambda: work.is_stopping
        try:
            if isinstance(run, SteadyRun):
                return flow, flow.run_to_steady(steady_run=run, files=written.files, restarts=restarts)
            monitors = written.monitors(flow, run)
            restarts.add("results", written)
            return flow, flow.run_transient(run, monitors=monitors, files=written.files, restarts=restarts)
        except KeyboardInterrupt:
            raise RunInterruptedError(f"Interrupted at {flow.time:.5g} s.{continued(restarts)}") from None


def numerical_facts(setup: FlowSetup, reynolds: float, found: dict) -> dict[str, str]:
    """Rows of the table of `inspect` that every set-up has: time step, Reynolds and Mach number, collision, speed."""
    return {
        "time step": f"{setup.units.time_step:.4g} s",
        "Reynolds number": f"{reynolds:g} (viscosity {setup.units.viscosity:.4g} m^2/s)",
        "Mach number": f"{setup.units.mach:.3f}",
        "relaxation time": f"{setup.units.tau:.4f} steps",
        "collision": f"{found['collision']} on {found['lattice']} ({found['method_reason']})",
        **({"models": ", ".join(found["models"])} if "models" in found else {}),
        "expected speed": f"{found['expected_mlups']:.0f} MLUPS (memory copy {found['copy_gbs']:.1f} GB/s)",
    }


def measured(flow: Flow, objective: Functional | None) -> dict:
    """Results of the scalars, and name and current value of the user's own objective, for the summary; empty without them."""
    scalars = scalar_results(flow)
    own = {} if objective is None else {"objective": type(objective).__name__, "objective_value": flow.value(objective)}
    return {**({"scalars": scalars} if scalars else {}), **own}


def measured_fact(summary: dict) -> dict[str, str]:
    """The same as rows of the printed table."""
    own = {summary["objective"]: f"{summary['objective_value']:.5g}"} if "objective_value" in summary else {}
    return scalar_facts(summary) | own
