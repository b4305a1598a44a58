"""Observables from a function of the user's own."""

from collections.abc import Callable
from dataclasses import dataclass

from .observable import Observable
from .region import EVERYWHERE, Region
from .unit import Unit


@dataclass(frozen=True)
class Integral(Observable):
    """J = sum_x h(rho, u), for a function of density and velocity written with arithmetic, `where` and `sqrt`.

    `Integral(lambda rho, u: rho**2)` is the sum of rho^2. The function is traced whenever an evaluation is created, with the
    values that the variables it refers to have then.
    """

    function: Callable
    """h(rho, u): u is a list with one value per axis [lattice units]."""
    unit: Unit | None = None
    """SI unit of the sum, the unit of h times `unit.VOLUME`; None: lattice units only."""
    where: Region = EVERYWHERE
    """The cells that are summed."""

    def integrand(self, cell):
        return self.function(cell.density, cell.velocity)


@dataclass(frozen=True)
class CellIntegral(Observable):
    """J = sum_x h(cell), for a function of everything that a cell knows, such as its position, velocity and scalars.

    `CellIntegral(lambda cell: cell.centre(0) * cell.density)` is the first moment of the mass. The function is traced as that of
    an `Integral` is.
    """

    function: Callable
    """h(cell), see `kernels.cell.Cell` [lattice units]."""
    unit: Unit | None = None
    """SI unit of the sum, the unit of h times `unit.VOLUME`; None: lattice units only."""
    where: Region = EVERYWHERE
    """The cells that are summed."""

    def integrand(self, cell):
        return self.function(cell)
