"""Where results are written, and how often restart files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..entry import CasePart, entry
from ..kinds import NUMBER, TEXT


@dataclass(frozen=True, kw_only=True)
class CaseOutput(CasePart):
    """Where results are written, and how often restart files."""

    space: ClassVar[str] = "output"

    folder: str | None = entry(
        TEXT,
        None,
        "Folder of the results, inside the case's folder; optimize and gradcheck append their names to it. Not set: "
        "results/NAME_OF_THE_CASE in the working directory.",
        option=False,
    )
    restart_every: float = entry(
        NUMBER, 10.0, "Interval of wall time at which a restart file is written [min], from which --resume continues an "
        "interrupted run bit for bit; inf: none.", above=0.0,
    )
