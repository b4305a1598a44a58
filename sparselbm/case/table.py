"""Settings of a case as rows of a table, which every command prints before a run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ..models import Waveform
from ..quantities import flow_rate_text, pressure_text
from .case import Case
from .entry import CasePart, Entry, spelt
from .parts import PARTS

_TEXTS = {"m3/s": flow_rate_text, "Pa": pressure_text}
"""Texts of numbers that have a clinical unit too."""


def settings_table(case: Case) -> dict[str, str]:
    """All settings of a case that are not the default, by the names of a TOML case, in SI units: one row per part or instance.

    An instance such as a body or a side has a row even if all its settings are the defaults.
    """
    rows = {}
    for part in PARTS:
        value = getattr(case, part.space)
        if isinstance(value, Mapping):
            rows |= {f"{part.space} {name}": _words(each) or "default" for name, each in value.items()}
        elif words := _words(value):
            rows[part.space] = words
    return rows


def _words(part: CasePart) -> str:
    """Names and values of the settings of a part that differ from the defaults."""
    found = [(name, getattr(part, name), known) for name, known in part.settings().items()]
    changed = [each for each in found if each[1] not in (each[2].default, None, {}, ())]
    return ", ".join(f"{spelt(name)} {_text(value, known)}" for name, value, known in changed)


def _text(value: Any, known: Entry) -> str:
    """A value with its unit."""
    unit = known.shown_unit
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Waveform):
        return f"up to {_number(value.peak, unit)}, {value}"
    if isinstance(value, int | float):
        return _number(value, unit)
    if isinstance(value, tuple):
        listed = ", ".join(f"{each:.5g}" if isinstance(each, float) else str(each) for each in value)
        return f"({listed}){f' {_raised(unit)}' if unit and isinstance(value[0], float) else ''}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} = {each}" for name, each in value.items())
    return str(value)


def _number(value: float, unit: str) -> str:
    return _TEXTS[unit](value) if unit in _TEXTS else f"{value:.6g} {_raised(unit)}".rstrip()


def _raised(unit: str) -> str:
    """The unit with carets: m3/s as m^3/s."""
    return re.sub(r"(?<=[a-z])(?=\d)", "^", unit)
