"""Iterations of an optimisation as rows of history.csv."""

from __future__ import annotations

from pathlib import Path

from ..design.optimizer import DesignRecord
from ..files.lost_results import lost_alone
from ..files.restarts import Resumable
from ..files.state_file import array_of
from ..files.write import append_csv, replace_file


class IterationTable(Resumable):
    """Records of all iterations, and their file, which grows by a row for each."""

    def __init__(self, path: Path):
        self._path, self._known, self._written = path, 0, 0
        self.records: list[DesignRecord] = []
        """Records in the order of the iterations."""

    def add(self, record: DesignRecord) -> bool:
        """Adds an iteration; returns False for one of a resumed optimisation whose results have been written before.

        A row that cannot be written follows with the next one; a file that was removed is written again.
        """
        self.records.append(record)
        if len(self.records) <= self._known:
            return False
        with lost_alone(f"a row of {self._path.name}"):
            self._write()
        return True

    def _write(self) -> None:
        self._written = self._written if self._path.is_file() else 0
        self._path.parent.mkdir(parents=True, exist_ok=True)
        for record in self.records[self._written :]:
            append_csv(self._path, record.row())
            self._written += 1

    def saved(self):
        return {"count": max(len(self.records), self._known), "file": array_of(self._path)}

    def restore(self, state):
        self._known = state["count"]
        self._path.unlink(missing_ok=True)
        if self._known:
            content = state["file"].tobytes()
            self._written = max(content.count(b"\n") - 1, 0)
            with replace_file(self._path) as beside:
                beside.write_bytes(content)
