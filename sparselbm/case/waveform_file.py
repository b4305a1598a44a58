"""Waveforms from CSV files."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping

from ..errors import CaseError, ScheduleError, UnitsError
from ..files.reading import refusals
from ..models import Waveform
from ..quantities import example, quantity
from .source import Source

_HEADING = re.compile(r"\s*([A-Za-z_]+)\s*(?:\[(.*)\])?\s*$")


def read_waveform(
    file: str, quantities: Mapping[str, str], period: float | None, place: str, source: Source
) -> tuple[str, Waveform]:
    """Name of the quantity in a file, and its values in time, in SI units.

    The first line is like `time [s], flowRate [mL/s]`, with both units; `quantities`: units by the names that the second column
    may have. Further lines have a time and a value each; those that begin with # count for nothing. The file is relative to the
    case's folder.
    Raises CaseError with place, line, value and remedy.
    """
    path = source.path_of(file, place)
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CaseError(f"{place}: {path} cannot be read as text: {error}; save it as CSV") from None
    with refusals(path, CaseError):
        rows = [(k, row) for k, row in enumerate(csv.reader(lines), start=1) if row and not row[0].lstrip().startswith("#")]
    wanted = " or ".join(f"time [s], {name} [{unit}]" for name, unit in quantities.items())
    if not rows:
        raise CaseError(f"{place}: {path} has no lines: begin with {wanted}, and give a time and a value on each further line")
    name, factors = _heading(rows[0][1], quantities, f"{place}: {path}, line {rows[0][0]}", wanted)
    values = [_numbers(row, f"{place}: {path}, line {k}") for k, row in rows[1:]]
    try:
        return name, Waveform(
            tuple(factors[0] * time for time, _ in values), tuple(factors[1] * value for _, value in values), period
        )
    except ScheduleError as error:
        raise CaseError(f"{place}: {path}: {error}") from None


def _heading(row: list[str], quantities: Mapping[str, str], place: str, wanted: str) -> tuple[str, tuple[float, float]]:
    """Name of the quantity, and the SI values of the units of time and quantity."""
    found = [_HEADING.match(each) for each in row]
    if len(found) != 2 or found[0] is None or found[1] is None or found[0][1] != "time" or found[1][1] not in quantities:
        raise CaseError(f"{place} is {', '.join(row)!r}: it must name both columns, as in {wanted}")
    units = ("s", found[0][2]), (quantities[found[1][1]], found[1][2])
    for column, (unit, given) in zip(("time", found[1][1]), units):
        if not given:
            raise CaseError(
                f"{place} is {', '.join(row)!r}: the column {column} has no unit; write it in brackets, such as {column} "
                f"[{example(unit).split()[-1]}]"
            )
    try:
        time, value = (quantity(f"1 {given}", unit) for unit, given in units)
    except UnitsError as error:
        raise CaseError(f"{place} is {', '.join(row)!r}: {error}") from None
    return found[1][1], (time, value)


def _numbers(row: list[str], place: str) -> tuple[float, float]:
    """Time and value of a line."""
    try:
        time, value = map(float, row)
    except ValueError:
        shown = ", ".join(each.strip() for each in row)
        raise CaseError(f"{place} is {shown!r}: give a time and a value, separated by a comma") from None
    return time, value
