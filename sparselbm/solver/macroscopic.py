"""Macroscopic fields of the present state."""

import functools

import numpy as np
import warp as wp

from ..grid.memory import sums_array, tile_array, tile_view
from ..kernels.amounts import mass_kernel
from ..kernels.moments import moments_kernel
from ..kernels.observables import force_field_kernel
from ..kernels.scalars import scalar_kernel
from ..kernels.sweep import Sweep
from .passes import Passes
from .state import State


class MacroscopicFields:
    """Density, velocity, scalars and forces of the present state, computed when they are asked for."""

    def __init__(self, passes: Passes, state: State):
        self.passes, self.state = passes, state
        self.domain = passes.domain

    @functools.cached_property
    def _moments(self) -> Sweep:
        return self.passes.general(moments_kernel)

    def moments(self) -> wp.array:
        """Density and velocity, `[tile][1 + d][cell]`."""
        moments = self._array(1 + self.domain.dimension)
        self._moments(source=self.state.populations, target=moments)
        return moments

    def density(self) -> np.ndarray:
        """rho of every cell, (n, cells); 1 outside the fluid."""
        return self._view(self.moments())[:, 0]

    def velocity(self) -> np.ndarray:
        """u of every cell [cells / step], (n, cells, d); 0 outside the fluid."""
        return np.moveaxis(self._view(self.moments())[:, 1:], 1, -1)

    def scalar(self, name: str) -> np.ndarray:
        """phi of every cell, (n, cells); 0 outside the fluid. Raises ValueError if there is no such scalar."""
        values = self._array(1)
        self.passes.general(scalar_kernel, name)(source=self.state.populations, target=values)
        return self._view(values)[:, 0].copy()

    def force_field(self) -> np.ndarray:
        """Force of the fluid on the solid in every cell [lattice force], (n, cells, d)."""
        forces = self._array(self.domain.dimension)
        sweep = self.passes.general(force_field_kernel, tiles=lambda: self.passes.tiles_of_obstacles)
        sweep(source=self.state.populations, target=forces)
        return np.moveaxis(self._view(forces), 1, -1)

    def excess_mass(self) -> float:
        """Sum over the fluid of rho - 1 [lattice mass]."""
        sums = sums_array(self.domain, 1)
        self.passes.general(mass_kernel)(source=self.state.populations, sums=sums)
        return float(sums.numpy().sum())

    def _array(self, components: int) -> wp.array:
        return tile_array(self.domain, components, self.passes.target.precision)

    def _view(self, array: wp.array) -> np.ndarray:
        return tile_view(self.domain, array, array.shape[1])
