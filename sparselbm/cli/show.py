"""Printed output: tables, summaries and the progress of a run."""

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from ..case import Case
from ..case.table import settings_table
from ..design import Iterate
from ..flows import FlowSetup
from ..flows.runs.run_estimate import FORWARD_CROSSINGS, RUN_CROSSINGS
from .exits import spoken
from .interrupt import Interruptible

out, err = Console(soft_wrap=True), Console(stderr=True, soft_wrap=True)


def duration(seconds: float) -> str:
    """A duration with a suitable unit."""
    if seconds < 100.0:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60.0)
    return f"{minutes} min" if minutes < 100 else f"{minutes / 60.0:.1f} h"


def facts(title: str, rows: dict[str, str]) -> None:
    """Prints a table of names and values, one line each; long values such as paths are not wrapped."""
    if title:
        out.print(title, style="italic", highlight=False, markup=False)
    width = max(map(len, rows))
    for name, value in rows.items():
        out.print(f"{name:<{width}}  {value}", highlight=False, markup=False, soft_wrap=True)


def show_next(folder: Path) -> None:
    """Prints what can be done with the results in a folder."""
    out.print(
        f"\nNext: sparselbm view {folder} --serve    (in the browser; the stage above opens in any USD viewer)\n"
        f"      sparselbm export {folder} --to vdb,vti,glb,csv", highlight=False, markup=False, soft_wrap=True,
    )


def show_settings(case: Case) -> None:
    """Prints all settings of a case that are not the default: `inspect` and `run` print the same."""
    if rows := settings_table(case):
        facts("\nSettings in SI units", rows)


def announce(setup: FlowSetup) -> None:
    """Prints one line about the run, its sizes and reference quantities, and every doubt about it."""
    out.print(f"{setup.headline}, on {setup.device}", highlight=False)
    facts("", setup.dimensions)
    show_doubts(setup.doubts)


def show_doubts(doubts: Sequence[str]) -> None:
    """Prints doubts about a set-up or a scene, in the names of the command line."""
    for doubt in doubts:
        err.print(f"Warning: {spoken(doubt)}", style="yellow", highlight=False, markup=False)


class ProgressBar:
    """Progress bars of a run or an optimisation, on a terminal only; a line per iteration is always printed."""

    def __init__(self, setup: FlowSetup, iterations: int = 0, *, quantity: str, steps: int | None = None):
        """`quantity`: name of the reported value; `steps`: number of steps of the run, None: not known."""
        self._plan, self._steps = setup, steps
        self._quantity = quantity
        self._bars = Progress(
            TextColumn("{task.description:<12}"), BarColumn(30), TextColumn("{task.fields[text]:<52}"),
            TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn(), console=err, transient=True,
        )
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

    @property
    def is_stopping(self) -> bool:
        """Whether the next `step` raises KeyboardInterrupt."""
        return self._interrupt.asked

    def step(self, what: str, steps: int, value: float, rate: float) -> None:
        """Progress callback of `Flow`; Ctrl-C takes effect here."""
        self._interrupt.check()
        if what != self._what or self._part is None or steps < self._bars.tasks[-1].completed:
            if self._part is not None:
                self._bars.remove_task(self._part)
                self._crossings = FORWARD_CROSSINGS
            self._what, self._part = what, self._bars.add_task(what, total=None, text="")
        # The number of steps to steady state is not known: the bar is scaled by that of typical runs.
        expected = self._steps or max(self._crossings * self._plan.flow_through_steps, steps + 100)
        units = self._plan.units
        end = "" if self._steps is None else f" of {units.time_to_si(float(self._steps)):.4g}"
        self._bars.update(
            self._part, completed=steps, total=expected,
            text=f"{units.time_to_si(float(steps)):.4g}{end} s, step {steps}, {self._quantity} {value:.4f}, {rate:.1f} MLUPS",
        )

    def iteration(self, iterate: Iterate) -> None:
        """Prints a line for an iteration."""
        record = iterate.record
        self._first = self._first or record.objective
        values = "".join(f"  {_in_words(name)} {value[0]:+.3%}" for name, value in record.constraints.items() if len(value) == 1)
        change = (record.objective - self._first) / abs(self._first)
        self._bars.console.print(
            f"iteration {record.iteration:3d}  {self._quantity} {record.objective:.4f} ({change:+.1%}){values}  "
            f"{record.evaluations} evaluations, {duration(record.seconds)}", highlight=False,
        )
        if self._whole is not None:
            self._bars.update(
                self._whole,
                completed=record.iteration + 1,
                text=f"iteration {record.iteration}, {self._quantity} {record.objective:.4f}",
            )


def _in_words(name: str) -> str:
    """The name of a class in words: FixedVolume is "fixed volume"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
