"""Cell densities as design variables: variables -> filter -> projection -> resistance."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...grid import Domain
from ..constraint import BoundConstraint
from .projection import Projection
from .resistance import Resistance
from .spread import Spread


@dataclass(frozen=True, kw_only=True)
class Density:
    """Fluid fraction rho of every cell of a region; all other cells are fluid.

    The components are frozen values, so that continuation is a sequence of `dataclasses.replace` calls.
    """

    resistance: Resistance
    spread: Spread | None = None
    """Filter, or a parametrisation with fewer variables than cells; None: one variable per cell."""
    projection: Projection | None = None
    region: Callable[[np.ndarray], np.ndarray] | None = None
    """Function of centres (n, d) [cells from the domain's lower corner] to the mask of designed cells (n,); None: all."""

    def bind(self, domain: Domain) -> "BoundDensity":
        """Binds the density to a domain. Raises ValueError if no cell is designed."""
        designed = domain.fluid.copy()
        if self.region is not None:
            designed[domain.fluid] = self.region(domain.cell_indices()[domain.fluid] + 0.5)
        if not designed.any():
            raise ValueError("the region of the Density has no cell of the domain: it is called with centres in cells")
        return BoundDensity(self, domain, designed)


class BoundDensity:
    """Density on a domain, with the transposed derivatives."""

    def __init__(self, design: Density, domain: Domain, designed: np.ndarray):
        self._design, self._domain = design, domain
        self.designed = designed
        """Mask of the designed cells, (n, cells) bool."""
        spread = design.spread
        self._spread = None if spread is None else spread.operator(domain.cell_indices()[designed].astype(np.float64))

    @property
    def size(self) -> int:
        """Number of design variables, each from 0 to 1."""
        return int(np.count_nonzero(self.designed)) if self._spread is None else self._spread.shape[1]

    def density(self, x: np.ndarray) -> np.ndarray:
        """Density rho of the designed cells, (m,)."""
        spread, projection = self._spread_out(x), self._design.projection
        return spread if projection is None else projection.at(spread)

    def field(self, x: np.ndarray) -> np.ndarray:
        """Density rho of all cells, (n, cells); 1 in fluid that is not designed, 0 outside."""
        rho = self._domain.fluid.astype(np.float64)
        rho[self.designed] = self.density(x)
        return rho

    def resistance(self, x: np.ndarray) -> np.ndarray:
        """Resistance alpha of all cells [lattice density / step], (n, cells)."""
        return np.where(self._domain.fluid, self._design.resistance.at(self.field(x)), 0.0)

    def pullback(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        """Gradient with respect to x, (size,), from v = d J / d alpha, (n, cells)."""
        return self._density_pullback(x, v[self.designed] * self._design.resistance.slope(self.density(x)))

    def at_most(self, share: float) -> BoundConstraint:
        """Constraint on the mean fluid fraction of the designed cells: mean rho / share <= 1. Raises ValueError."""
        if not 0.0 < share < 1.0:
            raise ValueError(f"at_most({share}): the share of the designed cells must be above 0 and below 1")
        each = np.full(np.count_nonzero(self.designed), 1.0 / np.count_nonzero(self.designed) / share)
        return BoundConstraint(
            "fluid", np.full(1, -np.inf), np.ones(1), lambda x: np.array([each @ self.density(x)]),
            lambda x: self._density_pullback(x, each)[None], linear=self._design.projection is None,
        )

    def _spread_out(self, x: np.ndarray) -> np.ndarray:
        return x if self._spread is None else self._spread.matvec(x)

    def _density_pullback(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        projection = self._design.projection
        v = v if projection is None else v * projection.slope(self._spread_out(x))
        return v if self._spread is None else self._spread.rmatvec(v)
