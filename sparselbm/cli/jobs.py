"""What the commands do with a plan, whatever flows: say what it is, run it, tell what was found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path

from ..flows import RunEstimate, SteadyRun
from ..observe import Restart
from ..results.draw import Drawing
from ..scene.usd import Scene


class Job(ABC):
    """A plan on its way from `inspect` to the results of `run`."""

    @abstractmethod
    def numbers(self, forecast: RunEstimate) -> dict:
        """What `inspect` writes as JSON, beside what was read."""

    @abstractmethod
    def show(self, found: dict) -> None:
        """The same as a table, and warnings."""

    @abstractmethod
    def claim(self, scene: Scene, folder: Path, *, overwrite: bool, draw: Sequence[Drawing]) -> None:
        """Makes the folder of the results. Raises OutputExistsError."""

    @abstractmethod
    def run(self, steady_run: SteadyRun, device: str, start: Restart | None) -> dict:
        """The flow, from rest or from another one, to its summary, which is told and written into the folder."""

    @abstractmethod
    def line(self, summary: dict) -> str:
        """What a table of variants says of one."""
