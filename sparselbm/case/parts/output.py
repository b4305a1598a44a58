"""Where results are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..entry import CasePart, entry
from ..kinds import TEXT


@dataclass(frozen=True, kw_only=True)
class CaseOutput(CasePart):
    """Where results are written."""

    space: ClassVar[str] = "output"

    folder: str | None = entry(
        TEXT,
        None,
        "Folder of the results, inside the case's folder; optimize and gradcheck append their names to it. Not set: "
        "results/NAME_OF_THE_CASE in the working directory.",
        option=False,
    )
