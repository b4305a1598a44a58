"""Iterations of an optimisation as rows of history.csv."""

from __future__ import annotations

from pathlib import Path

from ..design.optimizer import DesignRecord
from ..files.restarts import Resumable
from ..files.state_file import array_of
from ..files.write import append_csv


class IterationTable(Resumable):
    """Records of all iterations, and their file, which grows by a row for each."""

    def __init__(self, path: Path):
        self._path, self._known = path, 0
        self.records: list[DesignRecord] = []
        """Records in the order of the iterations."""

    def add(self, record: DesignRecord) -> bool:
        """Adds an iteration; returns False for one of a resumed optimisation whose results have been written before."""
        self.records.append(record)
        if len(self.records) <= self._known:
            return False
        append_csv(self._path, record.row())
        return True

    def saved(self):
        return {"count": max(len(self.records), self._known), "file": array_of(self._path)}

    def restore(self, state):
        self._known = state["count"]
        self._path.unlink(missing_ok=True)
        if self._known:
            self._path.write_bytes(state["file"].tobytes())
