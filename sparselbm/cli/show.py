"""What is printed: tables, summaries, and the progress of long work."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ..design import Iterate
from ..flows import FlowSetup, SteadyRun
from ..flows.forecast import FORWARD_CROSSINGS, RUN_CROSSINGS
from .interrupt import Interruptible

out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)


def duration(seconds: float) -> str:
    """A time for people."""
    if seconds < 100.0:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60.0)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60.0:.1f} h"


def facts(title: str, rows: dict[str, str]) -> None:
    """A table of names and values, a line each: what is long, such as a path, stays whole."""
    if title:
        out.print(title, style="italic", highlight=False, markup=False)
    width = max(map(len, rows))
    for name, value in rows.items():
        out.print(f"{name:<{width}}  {value}", highlight=False, markup=False, soft_wrap=True)


def announce(plan: FlowSetup, device: str) -> None:
    """One line on what is about to run, and its warnings."""
    out.print(f"{plan.headline}, on {device}", highlight=False)
    show_warnings(plan)


def show_warnings(plan: FlowSetup) -> None:
    """What costs accuracy, though it can be run."""
    for warning in plan.warnings:
        err.print(f"Warning: {warning}", style="yellow", highlight=False, markup=False)


def warn_not_converged(summary: dict, steady_run: SteadyRun, what: str) -> None:
    """Says so where a run ended before its flow was at rest."""
    if not summary["converged"]:
        err.print(
            f"Warning: after {summary['steps']} steps {what} by more than {steady_run.tolerance:.1e} of itself: "
            "allow more --settle-steps, or the flow is not steady", style="yellow", highlight=False,
        )  # fmt: skip


class ProgressBar:
    """Bars for a run, or for an optimisation of some iterations; on a terminal only, lines come anyway."""

    def __init__(self, plan: FlowSetup, iterations: int = 0, *, quantity: str = "C_d"):
        self._plan = plan
        self._quantity = quantity
        self._bars = Progress(
            TextColumn("{task.description:<12}"), BarColumn(30), TextColumn("{task.fields[text]:<40}"),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=err, transient=True,
        )  # fmt: skip
        self._whole = self._bars.add_task("optimisation", total=iterations + 1, text="") if iterations else None
        self._part: TaskID | None = None
        self._what = ""
        self._crossings = RUN_CROSSINGS
        self._first: float | None = None
        self._interrupt = Interruptible()

    def __enter__(self) -> "ProgressBar":
        self._bars.start()
        self._interrupt.__enter__()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._interrupt.__exit__()
        self._bars.stop()

    def step(self, what: str, steps: int, value: float, rate: float) -> None:
        """Takes `TunnelFlow.on_progress`; Ctrl-C is heard here."""
        self._interrupt.check()
        if what != self._what or self._part is None or steps < self._bars.tasks[-1].completed:
            if self._part is not None:
                self._bars.remove_task(self._part)
                self._crossings = FORWARD_CROSSINGS
            self._what, self._part = what, self._bars.add_task(what, total=None, text="")
        # Nobody knows when a flow will be at rest: what past runs took is shown, and then a little more.
        expected = max(self._crossings * self._plan.flow_through_steps, steps + 100)
        self._bars.update(
            self._part, completed=steps, total=expected,
            text=f"step {steps}, {self._quantity} {value:.4f}, {rate:.1f} MLUPS",
        )  # fmt: skip

    def iteration(self, iterate: Iterate) -> None:
        """A line for an iteration."""
        record = iterate.record
        self._first = self._first or record.objective
        values = "".join(f"  {name} {value[0]:+.2e}" for name, value in record.constraints.items() if len(value) == 1)
        change = record.objective / self._first - 1.0
        self._bars.console.print(
            f"iteration {record.iteration:3d}  C_d {record.objective:.4f} ({change:+.1%}){values}  "
            f"{record.evaluations} evaluations, {duration(record.seconds)}", highlight=False,
        )  # fmt: skip
        if self._whole is not None:
            self._bars.update(
                self._whole,
                completed=record.iteration + 1,
                text=f"iteration {record.iteration}, C_d {record.objective:.4f}",
            )
