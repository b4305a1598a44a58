"""Interface of the commands to a flow set-up: report it, run it, report the results."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from ..flows import RunEstimate, SteadyRun
from ..observe import Restart
from ..results.draw import Drawing
from ..scene.usd import Scene


class Job(ABC):
    """A flow set-up, from `inspect` to the results of `run`."""

    @abstractmethod
    def numbers(self, forecast: RunEstimate) -> dict:
        """Properties of the set-up that `inspect` writes as JSON, in addition to the scene."""

    @abstractmethod
    def show(self, found: dict) -> None:
        """Prints the same as a table, and warnings."""

    @abstractmethod
    def claim(self, scene: Scene, folder: Path, *, overwrite: bool, draw: Sequence[Drawing]) -> None:
        """Creates the folder of the results. Raises OutputExistsError."""

    @abstractmethod
    def run(self, steady_run: SteadyRun, device: str, start: Restart | None) -> dict:
        """Runs the flow, from rest or from a restart; prints the summary, writes it into the folder and returns it."""

    @abstractmethod
    def line(self, summary: dict) -> str:
        """Line of this flow in a table of variants."""
