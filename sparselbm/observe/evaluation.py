"""Evaluation of functionals, now or over a window of steps."""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import warp as wp

from ..grid.memory import summed, sums_array
from ..kernels.observables import integral_kernel
from ..solver import Simulation
from ..units import Units
from .observable import Functional, Observable


class Sums:
    """Weighted sums of several observables over states, in one pass over the tiles that any of them needs."""

    def __init__(self, simulation: Simulation, observables: Sequence[Observable]):
        def tiles() -> np.ndarray:
            found = (each.tiles(simulation) for each in observables)
            return reduce(np.union1d, found, np.empty(0, dtype=np.int64)).astype(np.int64)

        self._sums = sums_array(simulation.domain, len(observables))
        self._sweep = simulation.passes.general(integral_kernel, tuple(observables), tiles=tiles)

    def add(self, state: wp.array, weight: float = 1.0, step: int | None = None) -> None:
        """Adds `weight` times the observables of the state after `step` steps, by default the steps of the simulation."""
        self._sweep(step=step, source=state, sums=self._sums, weight=weight)

    def take(self) -> np.ndarray:
        """The values, (number of observables,) float64 [lattice units]; begins again from 0."""
        values = summed(self._sums)
        self._sums.zero_()
        return values


class Evaluation:
    """Weighted sum of the values of a functional at states."""

    def __init__(self, simulation: Simulation, functional: Functional):
        self._functional, self._value = functional, 0.0
        self._sums = Sums(simulation, functional.sums)

    def add(self, state: wp.array, weight: float = 1.0, step: int | None = None) -> None:
        """Adds `weight` times J of the state after `step` steps, by default the steps of the simulation."""
        if self._functional.is_linear:
            self._sums.add(state, weight, step)
        else:
            self._sums.add(state, 1.0, step)
            self._value += weight * self._functional.of_sums(self._sums.take())[0]

    def take(self) -> float:
        """The sum [lattice units]; begins again from 0."""
        if self._functional.is_linear:
            return self._functional.of_sums(self._sums.take())[0]
        value, self._value = self._value, 0.0
        return value


class Slopes:
    """d J / d sums of a functional at states: how much each of its sums counts in a gradient of J."""

    def __init__(self, simulation: Simulation, functional: Functional):
        self._functional = functional
        self._sums = None if functional.is_linear else Sums(simulation, functional.sums)
        self._at: tuple[wp.array, int] | None = None
        self._slopes = functional.of_sums(np.zeros(len(functional.sums)))[1] if functional.is_linear else np.empty(0)

    def __call__(self, state: wp.array, step: int) -> np.ndarray:
        """At the state after `step` steps, (n,). The same array at the same step holds the same state."""
        if self._sums is not None and not (self._at and self._at[0] is state and self._at[1] == step):
            self._sums.add(state, 1.0, step)
            self._slopes = self._functional.of_sums(self._sums.take())[1]
            self._at = state, step
        return self._slopes


def evaluate(functional: Functional, simulation: Simulation, *, units: Units | None = None) -> float:
    """Value of a functional at the present state, in lattice units, or in SI with the `units` of the flow.

    The kernel is traced at each call, which takes some milliseconds: for a value at every step use one `Evaluation`. Raises
    ValueError for a functional without a unit if `units` are given.
    """
    factor = 1.0 if units is None else functional.si_factor(units, simulation.lattice.dimension)
    evaluation = Evaluation(simulation, functional)
    evaluation.add(simulation.state.populations)
    return factor * evaluation.take()
