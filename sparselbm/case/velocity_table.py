"""Reads the velocity over an inlet from a CSV file."""

from __future__ import annotations

import csv

from ..errors import CaseError, WindTunnelError
from ..files.reading import refusals
from ..flows import VelocityTable
from .source import Source

_COLUMNS = ("x", "y", "z", "u", "v", "w")


def read_table(file: str, place: str, source: Source) -> VelocityTable:
    """The table of a CSV file with a header and the columns x, y, z [m], u, v, w [m/s], in any order.

    `file`: relative to the case's folder. Raises CaseError for a missing file, missing columns and values that are no numbers.
    """
    path = source.path_of(file, place)
    with refusals(path, CaseError), path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.DictReader(stream, skipinitialspace=True)
        missing = [name for name in _COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            names = ", ".join(missing)
            raise CaseError(f"{place}: {path.name} lacks the columns {names}: give a header with {','.join(_COLUMNS)}")
        found = []
        for number, row in enumerate(rows, start=2):
            try:
                found.append(tuple(float(row[name]) for name in _COLUMNS))
            except (TypeError, ValueError):
                raise CaseError(f"{place}: {path.name}, line {number}, is {row}: give six finite numbers") from None
    try:
        return VelocityTable(tuple(each[:3] for each in found), tuple(each[3:] for each in found))
    except WindTunnelError as error:
        raise CaseError(f"{place}: {path.name}: {error}") from None
