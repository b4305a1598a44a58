"""What a validation case hands in: its grids, its values beside the published ones, its plot."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from sparselbm.solver import Simulation


@dataclass(frozen=True, kw_only=True)
class Published:
    """A published value and how close the finest grid must come."""

    value: float
    tolerance: float
    """Largest deviation from `value`, as a part of it, or with `absolute` in its unit."""
    absolute: bool = False
    low: float | None = None
    high: float | None = None
    """The range of the sources, where they differ."""
    coarse_tolerance: float | None = None
    """The same for the grid before the finest, where one is asked for."""

    def deviation(self, value: float) -> float:
        """What the tolerance limits."""
        return (value - self.value) / (1.0 if self.absolute else abs(self.value))


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A run: its resolution and what it cost."""

    label: str
    across: float
    """Cells along the length that is refined: it enters the order of convergence."""
    cells: int
    steps: int
    seconds: float
    """Processor seconds of all threads together."""


class Stopwatch:
    """Processor seconds since it was made: what other programs take on a shared machine does not count."""

    def __init__(self):
        self._began = time.process_time()

    def grid(self, label: str, across: float, simulation: Simulation, steps: int | None = None) -> Grid:
        """A simulation that has run, as a row's grid; `steps` where its own count was set back."""
        return Grid(
            label=label, across=across, cells=simulation.domain.fluid_cells,
            steps=simulation.steps if steps is None else steps, seconds=time.process_time() - self._began,
        )


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """One number on each grid, coarse to fine."""

    name: str
    values: Sequence[float]
    published: Published
    is_order: bool = False
    """Whether the value is itself an order of convergence."""
    half_speed: tuple[float, float] | None = None
    """Values at the lattice speed and at half of it, on one grid, where the Mach number matters."""
    held_to: float | None = None
    """Largest deviation on the finest grid that this wall has: about 1.5 times the measured one. It is narrower than the
    tolerance, so that a wall twice as bad fails, or wider where the wall is known to miss the tolerance."""
    first_order: bool = False
    """Whether the wall is a staircase, whose values are extrapolated with the first power of the cell size."""

    def judged(self) -> list[tuple[int, float]]:
        """Grids that a tolerance is given for, by index, with that tolerance."""
        coarse = self.published.coarse_tolerance
        return [(len(self.values) - 1, self.published.tolerance)] + (
            [] if coarse is None else [(len(self.values) - 2, coarse)]
        )

    def holds(self) -> bool:
        """Whether the finest grid is within what this wall is held to."""
        return self.held_to is None or abs(self.published.deviation(self.values[-1])) <= self.held_to

    def met(self) -> bool:
        """Whether every grid that is judged is within its tolerance; NaN is not."""
        return all(abs(self.published.deviation(self.values[k])) <= limit for k, limit in self.judged())


@dataclass(frozen=True)
class Curve:
    """One line, or one set of points, of a plot."""

    label: str
    x: Sequence[float]
    y: Sequence[float]
    points: bool = False
    """Published points rather than a line of ours."""
    limit: bool = False
    """What a tolerance allows."""


@dataclass(frozen=True, kw_only=True)
class Panel:
    """A plot's axes."""

    x: str
    y: str
    curves: Sequence[Curve]
    logarithmic: bool = False
    joined: bool = False
    """All parts of the case share this panel; curves of one label are joined into one."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A case, or one part of it such as a Reynolds number."""

    number: str
    """As in the list of cases: 6, 7b."""
    title: str
    part: str = ""
    setup: str
    """Domain, boundary conditions, collision, lattice speed: one or two sentences."""
    source: str
    grids: Sequence[Grid]
    quantities: Sequence[Quantity]
    panels: Sequence[Panel] = ()
    misses: dict[str, str] = field(default_factory=dict)
    """Why quantities that are known to miss their tolerance do so, by name."""

    @property
    def key(self) -> str:
        return f"{self.number} {self.part}".strip()


def extrapolated(quantity: Quantity, grids: Sequence[Grid]) -> float | None:
    """Value of a staircase at cells of size 0, with an error of first order over the two finest grids; else None."""
    if not quantity.first_order:
        return None
    (coarse, fine), ratio = quantity.values[-2:], grids[-1].across / grids[-2].across
    return float(fine + (fine - coarse) / (ratio - 1.0))


def order(quantity: Quantity, grids: Sequence[Grid]) -> float:
    """Order of convergence of the deviation from the published value, over the two finest grids; NaN for rounding errors."""
    coarse, fine = (abs(quantity.published.deviation(value)) for value in quantity.values[-2:])
    if quantity.is_order or min(coarse, fine) < 1e-3 * quantity.published.tolerance:
        return float("nan")
    return float(np.log(coarse / fine) / np.log(grids[-1].across / grids[-2].across))
