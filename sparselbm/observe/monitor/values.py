"""Functionals recorded as time series."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...solver import Simulation
from ...units import Units
from ..evaluation import Sums
from ..observable import Functional
from .monitor import Monitor, Sampler
from .schedule import Schedule


class FunctionalMonitor(Monitor, ABC):
    """Monitor of functionals in lattice units, one column each."""

    @abstractmethod
    def functionals(self, simulation: Simulation) -> Mapping[str, Functional]:
        """The functionals by the names of their columns. Raises ValueError if they do not fit the simulation."""

    def columns(self, simulation):
        return tuple(self.functionals(simulation))

    def bind(self, simulation):
        return ValuesSampler(simulation, tuple(self.functionals(simulation).values()))


@dataclass(frozen=True)
class Values(Monitor):
    """Any functionals, by name: `Values({"drag": Force("body", (1.0, 0.0)), "flow": FlowRate(0, 12)}, EverySteps(50))`.

    With `units` the values are in SI, and the name of a column is followed by its unit: `drag [N]`, in two dimensions
    `drag [N/m]`. Raises ValueError when it is bound if `units` are given for a functional without a unit.
    """

    functionals: Mapping[str, Functional]
    """Functionals by the names of their columns."""
    every: Schedule
    units: Units | None = None
    """Units of the flow; None: values in lattice units."""

    def columns(self, simulation):
        if self.units is None:
            return tuple(self.functionals)
        return tuple(_with_unit(name, each, simulation.lattice.dimension) for name, each in self.functionals.items())

    def bind(self, simulation):
        functionals = tuple(self.functionals.values())
        if self.units is None:
            return ValuesSampler(simulation, functionals)
        factors = [each.si_factor(self.units, simulation.lattice.dimension) for each in functionals]
        return ValuesSampler(simulation, functionals, np.array(factors))


def _with_unit(name: str, functional: Functional, dimension: int) -> str:
    symbol = functional.unit.symbol(dimension) if functional.unit else ""
    return f"{name} [{symbol}]" if symbol else name


class ValuesSampler(Sampler):
    """Evaluates functionals in one pass over the tiles, each times its factor."""

    def __init__(self, simulation: Simulation, functionals: tuple[Functional, ...], factors: np.ndarray | float = 1.0):
        self._simulation, self._functionals, self._factors = simulation, functionals, factors
        self._sums = Sums(simulation, [each for functional in functionals for each in functional.sums])
        self._parts = np.cumsum([len(functional.sums) for functional in functionals])[:-1]

    def take(self):
        self._sums.add(self._simulation.state.populations)
        parts = np.split(self._sums.take(), self._parts)
        values = [functional.of_sums(part)[0] for functional, part in zip(self._functionals, parts, strict=True)]
        return tuple((self._factors * np.array(values)).tolist())
