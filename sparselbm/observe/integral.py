"""A user's own objective."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .observable import Observable


@dataclass(frozen=True)
class Integral(Observable):
    """J = sum_x h(rho, u), for a function of density and velocity written with arithmetic, `where` and `sqrt`.

    `Integral(lambda rho, u: rho**2)` is the sum of rho^2. The function is traced at each evaluation that begins: variables that
    it refers to have the values that they then have.
    """

    function: Callable
    """h(rho, u): u is a list with one value per axis [lattice units]."""

    def integrand(self, cell):
        return self.function(cell.density, cell.velocity)

    def tiles(self, simulation):
        return np.arange(simulation.domain.tile_count)
