"""Numbers computed from the state of a flow: sums over cells, and functions of such sums."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from ..kernels.cell import Cell
from ..solver import Simulation
from ..trace.expression import Expression
from ..units import Units
from .region import EVERYWHERE, Region
from .unit import Unit


class Functional(ABC):
    """Number J = g(s_1, ..., s_n) of a flow's state, a function of sums over cells: a frozen value.

    Every functional can be evaluated in lattice units and in SI (`evaluate`), recorded over time (`monitor.Values`), and used as
    the objective of a gradient or as a constraint. A sum over cells itself is an `Observable`.
    """

    unit: Unit | None
    """SI unit of J; None: not known, so that J has a value in lattice units only."""
    is_linear: bool
    """Whether g is linear, so that its slopes are constants."""

    @property
    @abstractmethod
    def sums(self) -> tuple[Observable, ...]:
        """s_1, ..., s_n."""

    @abstractmethod
    def of_sums(self, sums: np.ndarray) -> tuple[float, np.ndarray]:
        """J and d J / d s, (n,), for values of the sums, (n,); NaN where J is not defined."""

    def si_factor(self, units: Units, dimension: int) -> float:
        """SI value of one lattice unit of J. Raises ValueError if the unit is not known."""
        if self.unit is None:
            raise ValueError(
                f"{type(self).__name__} has no unit and cannot be converted to SI: give it one, such as "
                "sparselbm.observe.unit.FORCE, or use its value in lattice units"
            )
        return self.unit.factor(units, dimension)


class Observable(Functional, ABC):
    """Sum over cells, J = sum_x h(x), of an integrand h that each cell knows.

    A new observable is a frozen dataclass with the method `integrand`. It can also define `unit`, the SI unit of the sum, and
    `where`, the cells that are summed: as a class attribute, as a field or as a property.
    """

    unit: Unit | None = None
    where: Region = EVERYWHERE
    is_linear = True

    @abstractmethod
    def integrand(self, cell: Cell) -> Expression:
        """h from the members of `cell` [lattice units]."""

    def summand(self, cell: Cell) -> Expression:
        """h in the cells that are summed, 0 elsewhere."""
        return self.where.share(cell) * self.integrand(cell)

    @property
    def sums(self):
        return (self,)

    def of_sums(self, sums):
        return float(sums[0]), np.ones(1)

    def tiles(self, simulation: Simulation) -> np.ndarray:
        """Indices of the tiles that hold all cells that are summed."""
        return self.where.tiles(simulation)
