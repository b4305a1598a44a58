"""Time series: rows of values by step."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..signal import Signal


@dataclass(frozen=True, eq=False)
class Series:
    """Recorded values, complete or read back from a file."""

    columns: tuple[str, ...]
    """Names of the values."""
    steps: np.ndarray
    """Steps at which they were recorded, (n,) int64."""
    values: np.ndarray
    """Values, (n, columns) float64, in lattice units or in the unit of the column."""

    def __getitem__(self, column: str) -> Signal:
        """One column as a signal. Raises KeyError for a name that is not recorded."""
        if column not in self.columns:
            raise KeyError(f"no column {column!r}: the columns are {', '.join(self.columns)}")
        return Signal(self.steps, self.values[:, self.columns.index(column)])

    def since(self, step: int) -> "Series":
        """The part of the series from a step on."""
        later = self.steps >= step
        return Series(self.columns, self.steps[later], self.values[later])

    def __len__(self) -> int:
        return len(self.steps)


class SeriesRecord:
    """Series during the recording."""

    def __init__(self, columns: Sequence[str]):
        self.columns = tuple(columns)
        self._steps: list[int] = []
        self._rows: list[tuple[float, ...]] = []

    def add(self, step: int, row: Sequence[float]) -> None:
        """Adds a row. Raises ValueError for a row that is not later than the last."""
        if self._steps and step <= self._steps[-1]:
            raise ValueError(f"a row of step {step} after the row of step {self._steps[-1]}: begin another record")
        self._steps.append(step)
        self._rows.append(tuple(row))

    @property
    def last_step(self) -> int:
        """Step of the last row, -1 before the first."""
        return self._steps[-1] if self._steps else -1

    @property
    def series(self) -> Series:
        """Series of all rows so far."""
        values = np.asarray(self._rows, dtype=np.float64).reshape(len(self._rows), len(self.columns))
        return Series(self.columns, np.asarray(self._steps, dtype=np.int64), values)

    def restore(self, series: Series) -> None:
        """Continues from the rows of a series."""
        self._steps, self._rows = series.steps.tolist(), [tuple(row) for row in series.values.tolist()]

    def __getitem__(self, column: str) -> Signal:
        return self.series[column]

    def latest(self, column: str, count: int) -> np.ndarray:
        """At most the last `count` values of a column."""
        k = self.columns.index(column)
        return np.array([row[k] for row in self._rows[-count:]])

    def __len__(self) -> int:
        return len(self._steps)
