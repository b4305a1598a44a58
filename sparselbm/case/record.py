"""Settings of a case as plain values, for the summary of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from ..models import Waveform
from .case import Case
from .entry import CasePart, spelt
from .parts import PARTS


def settings_of(case: Case) -> dict[str, Any]:
    """All settings in SI units, by the names of a TOML case; settings that are not set are left out."""
    return {part.space: found for part in PARTS if (found := _values(getattr(case, part.space)))}


def _values(part: CasePart | Mapping[str, CasePart]) -> dict[str, Any]:
    if isinstance(part, Mapping):
        return {name: _values(each) for name, each in part.items()}
    values = {spelt(each.name): getattr(part, each.name) for each in fields(part)}  # type: ignore[arg-type]
    plain = {name: asdict(value) if isinstance(value, Waveform) else value for name, value in values.items()}
    return {name: value for name, value in plain.items() if value not in (None, {}, ())}
