"""Values that are monitored while a flow becomes steady."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping

import numpy as np

from ...observe import Force, Functional, Observable, OpeningFlows
from ...observe.evaluation import Sums
from ...solver import Simulation


class Measurement(ABC):
    """Several values of the present state, the reported one first."""

    names: tuple[str, ...]
    """Names of the values, (k,)."""

    @abstractmethod
    def take(self) -> np.ndarray:
        """The values now [lattice units], (k,) float64."""

    @abstractmethod
    def scales(self, values: np.ndarray) -> np.ndarray:
        """Size to which changes of each value are compared, (k,); `values`: recorded ones, (n, k)."""


class ObservableMeasurement(Measurement):
    """An observable and others, such as all components of a force, in one pass over their tiles.

    Changes of the observable are relative to its own size, those of the others to the largest of them; so are those of an
    observable that is a sum of them: a lift of 0 beside a drag is steady.
    """

    def __init__(self, simulation: Simulation, observable: Functional, others: Mapping[str, Functional]):
        own = [name for name, each in others.items() if each == observable]
        self.functionals: tuple[Functional, ...] = (observable, *(each for each in others.values() if each != observable))
        """The observable and the others, in the order of the values."""
        self.names = (own[0] if own else type(observable).__name__, *(name for name in others if name not in own))
        parts = [each for other in others.values() for each in other.sums]
        self._is_one_of_them = observable.is_linear and all(each in parts for each in observable.sums)
        sums: list[Observable] = []
        self._places = []
        for functional in self.functionals:
            sums += [each for each in functional.sums if each not in sums]
            self._places.append([sums.index(each) for each in functional.sums])
        self._simulation, self._sums = simulation, Sums(simulation, sums)

    def take(self):
        self._sums.add(self._simulation.state.populations)
        found = self._sums.take()
        return np.array([each.of_sums(found[places])[0] for each, places in zip(self.functionals, self._places)])

    def scales(self, values):
        sizes = np.abs(values).max(axis=0)
        if self._is_one_of_them:
            return np.full(len(sizes), sizes.max())
        return np.array([sizes[0], *[sizes[1:].max(initial=0.0)] * (len(sizes) - 1)])


def forces_beside(observable: Functional, dimension: int) -> dict[str, Functional]:
    """All components of the forces on the obstacles whose force is part of an observable, by name."""
    bodies = dict.fromkeys(each.obstacle for each in observable.sums if isinstance(each, Force))
    axes = np.eye(dimension).tolist()
    return {f"force_{'xyz'[k]} on {body}": Force(body, tuple(axes[k])) for body in bodies for k in range(dimension)}


class OpeningMeasurement(Measurement):
    """Outflow over inflow, and the share of each opening in the inflow and in the largest pressure."""

    def __init__(self, openings: OpeningFlows):
        self._openings = openings
        kinds = ("flow rate", "pressure")
        self.names = ("outflow over inflow", *(f"{kind} at {name}" for kind in kinds for name in openings.cells))

    def take(self):
        flows, pressures = (np.array([found[name] for name in self._openings.cells]) for found in self._openings.take())
        inflow = flows[flows > 0.0].sum()
        return np.concatenate([
            [-flows[flows < 0.0].sum() / inflow], flows / inflow, pressures / max(np.abs(pressures).max(), 1e-300)
        ])

    def scales(self, values):
        return np.full(values.shape[1], np.abs(values).max())


class JointMeasurement(Measurement):
    """The values of two measurements, those of the first one first."""

    def __init__(self, first: Measurement, second: Measurement):
        self._first, self._second = first, second
        self.names = (*first.names, *second.names)

    def take(self):
        return np.concatenate([self._first.take(), self._second.take()])

    def scales(self, values):
        count = len(self._first.names)
        return np.concatenate([self._first.scales(values[:, :count]), self._second.scales(values[:, count:])])
