"""Interface of the commands to a flow set-up: report it, run it, report the results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from ..flows import Flow, RunEstimate, SteadyRun
from ..observe import Functional, Restart
from ..results.draw import Drawing
from ..scene.usd import Scene


class Job(ABC):
    """A flow set-up, from `inspect` to the results of `run`."""

    @abstractmethod
    def numbers(self, estimate: RunEstimate) -> dict:
        """Properties of the set-up that `inspect` writes as JSON, in addition to the scene."""

    @abstractmethod
    def show(self, found: dict) -> None:
        """Prints the same as a table, and warnings."""

    @abstractmethod
    def claim(self, scene: Scene, folder: Path, *, overwrite: bool, draw: Sequence[Drawing]) -> None:
        """Creates the folder of the results. Raises OutputExistsError."""

    @abstractmethod
    def run(self, steady_run: SteadyRun, start: Restart | None, objective: Functional | None) -> dict:
        """Runs the flow, from its initial state or from a restart; prints the summary, writes it into the folder and returns it.

        `objective`: an observable of the user's own, which is evaluated at the end.
        """

    @abstractmethod
    def line(self, summary: dict) -> str:
        """Line of this flow in a table of variants."""


def measured(flow: Flow, objective: Functional | None) -> dict:
    """Name and current value of the user's own objective, for the summary; empty without one."""
    return {} if objective is None else {"objective": type(objective).__name__, "objective_value": flow.value(objective)}


def measured_fact(summary: dict) -> dict[str, str]:
    """The same as a row of the printed table."""
    return {summary["objective"]: f"{summary['objective_value']:.5g}"} if "objective_value" in summary else {}
