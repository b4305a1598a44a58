"""Files of time series, written line by line during the recording."""

import csv
import io
import json
import os
import warnings
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from time import monotonic

import numpy as np

from ...errors import OutputExistsError, ResultLostWarning
from ...files.lost_results import lost_alone, reason_of
from ...files.write import append_whole, replace_file
from .series import Series

_SYNC_SECONDS = 1.0
"""Smallest time between two flushes to the disk itself: the part of a series that a power failure, not a crash, can lose [s]."""


class SeriesFormat(ABC):
    """File format of time series. Numbers are written so that they are read back with the same bits."""

    suffix: str
    """File name extension, with its dot."""

    @abstractmethod
    def head(self, columns: Sequence[str]) -> str:
        """Lines before the first row, or an empty text."""

    @abstractmethod
    def line(self, columns: Sequence[str], step: int, row: Sequence[float]) -> str:
        """One row as one line, including the line end."""

    @abstractmethod
    def parse(self, lines: Sequence[str]) -> Series:
        """Series from complete lines."""

    def read(self, path: str | os.PathLike[str]) -> Series:
        """Reads a file, also of an interrupted run: a last line without line end is ignored.

        Raises ValueError if another line cannot be read.
        """
        lines = Path(path).read_text(encoding="utf-8").split("\n")[:-1]
        try:
            return self.parse(lines)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                f"{path} is not a series in the format {type(self).__name__}: {error}; restore the file if it was edited"
            ) from error


@dataclass(frozen=True)
class Csv(SeriesFormat):
    """Table with the header `step,NAME,...` and one line per row; NaN is written as nan."""

    suffix = ".csv"

    def head(self, columns):
        return _csv_line(["step", *columns])

    def line(self, columns, step, row):
        return _csv_line([step, *(repr(float(value)) for value in row)])

    def parse(self, lines):
        head, *rows = csv.reader(lines) if lines else [["step"]]
        if head[0] != "step" or any(len(row) != len(head) for row in rows):
            raise ValueError(f"the header {head} must begin with step, and every line must have {len(head)} values")
        return _series(head[1:], [int(row[0]) for row in rows], [[float(x) for x in row[1:]] for row in rows])


@dataclass(frozen=True)
class JsonLines(SeriesFormat):
    """One object per line, `{"step": 10, "NAME": 0.1}`, after one with the names, `{"columns": [...]}`; NaN becomes null."""

    suffix = ".jsonl"

    def head(self, columns):
        return json.dumps({"columns": list(columns)}) + "\n"

    def line(self, columns, step, row):
        values = (float(value) if isfinite(value) else None for value in row)
        return json.dumps({"step": step, **dict(zip(columns, values, strict=True))}) + "\n"

    def parse(self, lines):
        columns: list[str] = json.loads(lines[0])["columns"] if lines else []
        rows: list[dict] = [json.loads(line) for line in lines[1:]]
        values = [[nan if row[name] is None else float(row[name]) for name in columns] for row in rows]
        return _series(columns, [row["step"] for row in rows], values)


@dataclass(frozen=True)
class SeriesFolder:
    """Folder of the series of a recorder, with one file per monitor, `FOLDER/NAME.csv`."""

    folder: str | os.PathLike[str]
    """Path of the folder, which is created if it does not exist."""
    format: SeriesFormat = Csv()
    overwrite: bool = False
    """Whether existing files are replaced."""

    def path(self, name: str) -> Path:
        """Path of the file of a monitor."""
        return Path(self.folder) / f"{name}{self.format.suffix}"

    def open(self, name: str, columns: Sequence[str]) -> "SeriesFile":
        """Creates the file of a monitor. Raises OutputExistsError if it exists, unless `overwrite`."""
        path = self.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return SeriesFile(path, self.format, columns, overwrite=self.overwrite)

    def require_free(self, names: Sequence[str]) -> None:
        """Raises OutputExistsError before any file is created if one exists, unless `overwrite`."""
        taken = [str(self.path(name)) for name in names if self.path(name).exists()]
        if taken and not self.overwrite:
            raise OutputExistsError(f"{', '.join(taken)} already there: choose another folder, or pass overwrite=True.")

    def read(self, name: str) -> Series:
        """Series of a monitor, of a running, finished or interrupted run."""
        return self.format.read(self.path(name))


class SeriesFile:
    """File that grows by one line per row. Each line is passed to the operating system at once, so that it is not lost if the
    process ends.

    After a line that cannot be written, such as on a full disk, the file gets no others, so that there is no gap: it is written
    again when it is closed.
    """

    def __init__(self, path: Path, format: SeriesFormat, columns: Sequence[str], *, overwrite: bool = False):
        self._path, self._format, self._columns = path, format, tuple(columns)
        try:
            self._file = open(path, "wb" if overwrite else "xb", buffering=0)  # noqa: SIM115
        except FileExistsError as error:
            raise OutputExistsError(f"{path} is already there: choose another folder, or pass overwrite=True.") from error
        self._synced = -_SYNC_SECONDS
        self._is_behind = False
        self._write(format.head(columns))

    def add(self, step: int, row: Sequence[float]) -> None:
        """Appends a row."""
        self._write(self._format.line(self._columns, step, row))

    def restart(self, series: Series) -> None:
        """Replaces all rows by those of a series, after which the file is continued."""
        self._file.seek(0)
        self._file.truncate()
        self._is_behind = False
        self._write(self._text(series))

    def _text(self, series: Series) -> str:
        rows = zip(series.steps.tolist(), series.values.tolist(), strict=True)
        return "".join([self._format.head(self._columns), *(self._format.line(self._columns, *row) for row in rows)])

    def _write(self, text: str) -> None:
        if self._is_behind:
            return
        try:
            append_whole(self._file, text)
            if monotonic() - self._synced >= _SYNC_SECONDS:
                os.fsync(self._file.fileno())
                self._synced = monotonic()
        except OSError as error:
            self._is_behind = True
            warnings.warn(
                f"{self._path}: a row could not be written ({reason_of(error)}); the run goes on, and all rows are written at "
                "its end: make room on the disk", ResultLostWarning, stacklevel=3,
            )

    def close(self, series: Series | None = None) -> None:
        """Flushes to the disk and closes the file; a second call has no effect.

        `series`: all rows, from which a file is written again that is behind, or that was removed. If that fails, the lines that
        were written remain, with a ResultLostWarning.
        """
        if self._file.closed:
            return
        is_gone = not self._path.exists() or not os.path.samestat(self._path.stat(), os.fstat(self._file.fileno()))
        with lost_alone(f"{self._path}"):
            if series is not None and (self._is_behind or is_gone):
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with replace_file(self._path) as beside:
                    beside.write_text(self._text(series), encoding="utf-8", newline="")
            else:
                os.fsync(self._file.fileno())
        self._file.close()
        with suppress(OSError):
            if self._path.stat().st_size == 0:  # Not even its head could be written.
                self._path.unlink()


def _csv_line(values: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(values)
    return text.getvalue()


def _series(columns: Sequence[str], steps: Sequence[int], rows: Sequence[Sequence[float]]) -> Series:
    values = np.asarray(rows, dtype=np.float64).reshape(len(steps), len(columns))
    return Series(tuple(columns), np.asarray(steps, dtype=np.int64), values)
