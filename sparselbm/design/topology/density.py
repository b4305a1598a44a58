"""Densities of cells as design variables: variables -> spread -> projection -> resistance."""

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
    """rho, the share of fluid, of every cell of a region; the other cells are fluid.

    The stages are values, so that continuation is a sequence of `dataclasses.replace`d ones.
    """

    resistance: Resistance
    spread: Spread | None = None
    """A filter, or fewer variables than cells; None: each variable is a cell's own."""
    projection: Projection | None = None
    region: Callable[[np.ndarray], np.ndarray] | None = None
    """From centres in cells from the domain's lower corner, (n, d), to which cells are designed, (n,) bool; None: all."""

    def bind(self, domain: Domain) -> "BoundDensity":
        """The design on a domain. Raises ValueError where no cell is designed."""
        designed = domain.fluid.copy()
        if self.region is not None:
            designed[domain.fluid] = self.region(domain.cell_indices()[domain.fluid] + 0.5)
        if not designed.any():
            raise ValueError("the region of a Density holds no cell of the domain: it gets centres in cells")
        return BoundDensity(self, domain, designed)


class BoundDensity:
    """A density on a domain, with the transposes of its derivatives."""

    def __init__(self, design: Density, domain: Domain, designed: np.ndarray):
        self._design, self._domain = design, domain
        self.designed = designed
        """Which cells are designed, (n, cells) bool."""
        spread = design.spread
        self._spread = None if spread is None else spread.operator(domain.cell_indices()[designed].astype(np.float64))

    @property
    def size(self) -> int:
        """Number of design variables, each from 0 to 1."""
        return int(np.count_nonzero(self.designed)) if self._spread is None else self._spread.shape[1]

    def density(self, x: np.ndarray) -> np.ndarray:
        """rho of the designed cells, (m,)."""
        spread, projection = self._spread_out(x), self._design.projection
        return spread if projection is None else projection.at(spread)

    def field(self, x: np.ndarray) -> np.ndarray:
        """rho of all cells, (n, cells); 1 in fluid that is not designed, 0 outside."""
        rho = self._domain.fluid.astype(np.float64)
        rho[self.designed] = self.density(x)
        return rho

    def resistance(self, x: np.ndarray) -> np.ndarray:
        """alpha of all cells [lattice density / step], (n, cells)."""
        return np.where(self._domain.fluid, self._design.resistance.at(self.field(x)), 0.0)

    def pullback(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        """The gradient to x, (size,), from v = d J / d alpha, (n, cells)."""
        return self._density_pullback(x, v[self.designed] * self._design.resistance.slope(self.density(x)))

    def at_most(self, share: float) -> BoundConstraint:
        """The constraint that at most this share of the designed cells is fluid: mean rho / share <= 1. Raises ValueError."""
        if not 0.0 < share < 1.0:
            raise ValueError(f"at_most({share}): give a share of the designed cells above 0 and below 1")
        each = np.full(np.count_nonzero(self.designed), 1.0 / np.count_nonzero(self.designed) / share)
        return BoundConstraint(
            "fluid", np.full(1, -np.inf), np.ones(1), lambda x: np.array([each @ self.density(x)]),
            lambda x: self._density_pullback(x, each)[None], linear=self._design.projection is None,
        )  # fmt: skip

    def _spread_out(self, x: np.ndarray) -> np.ndarray:
        return x if self._spread is None else self._spread.matvec(x)

    def _density_pullback(self, x: np.ndarray, v: np.ndarray) -> np.ndarray:
        projection = self._design.projection
        v = v if projection is None else v * projection.slope(self._spread_out(x))
        return v if self._spread is None else self._spread.rmatvec(v)
