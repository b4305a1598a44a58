"""Runs that end right after a restart file, and their results without what differs between two runs."""

import json

from sparselbm.files.restarts import RestartWriter

NOT_RESULTS = {"seconds", "wall_time", "options", "machine"}
"""Names in summaries whose values are wall times, describe the machine, or say that a run was resumed."""
_WRITE = RestartWriter._write


class KilledError(BaseException):
    """End of a process right after it has written a restart file."""


def kill_after(patch, count):
    """Raises KilledError after a number of restart files; 0 or None: never. Returns a list with an entry for each file.

    `patch`: pytest's monkeypatch.
    """
    written = []

    def wrapped(writer):
        _WRITE(writer)
        written.append(1)
        if len(written) == count:
            raise KilledError

    patch.setattr(RestartWriter, "_write", wrapped)
    return written


def results_in(folder):
    """Summary without wall times, and the contents of all series, histories and fields."""
    names = [path.name for pattern in ("*.csv", "*.nvdb") for path in folder.glob(pattern)]
    files = {name: _rows(folder / name) if name == "history.csv" else (folder / name).read_bytes() for name in names}
    return {"summary": _without(json.loads((folder / "summary.json").read_text())), **files}


def _without(value):
    if isinstance(value, dict):
        return {name: _without(each) for name, each in value.items() if name not in NOT_RESULTS}
    return [_without(each) for each in value] if isinstance(value, list) else value


def _rows(path):
    """Rows of history.csv without the wall time."""
    head, *rows = [line.split(",") for line in path.read_text().splitlines()]
    return [[each for name, each in zip(head, row, strict=True) if name != "seconds"] for row in rows]
