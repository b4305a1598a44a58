"""Values of the scalars of a flow that are monitored and recorded: releases and amounts."""

from __future__ import annotations

import numpy as np

from ...models.scalar import FixedValue, Scalar
from ...observe import Functional, ScalarIntegral, ScalarRelease
from ...observe.evaluation import Sums
from ...solver import Simulation
from ...units import Units
from .measurement import JointMeasurement, Measurement

_LEAST = 0.01
"""Smallest mean to which changes of an amount are relative, as a share of the largest specified value."""


def release_observables(simulation: Simulation) -> dict[str, Functional]:
    """Release rate of every body with a fixed value, by name [phi m^3/s]."""
    return {
        f"release of {scalar.name} by {body.obstacle}": ScalarRelease(scalar.name, body.obstacle)
        for scalar in simulation.physics.scalars for body in scalar.bodies
    }


class ScalarMeasurement(Measurement):
    """Release rates of the bodies, and the amount of every scalar in the flow above the value of the inflow.

    Changes of each value are relative to its own size; an amount near 0, such as that between a hot and a cold side, to a
    hundredth of the largest specified value in every cell.
    """

    def __init__(self, simulation: Simulation):
        releases = release_observables(simulation)
        amounts = {f"amount of {each.name}": ScalarIntegral(each.name) for each in simulation.physics.scalars}
        self.functionals = (*releases.values(), *amounts.values())
        self.names = (*releases, *amounts)
        cells = simulation.domain.fluid_cells
        least = [*[0.0] * len(releases), *(_LEAST * _range(each) * cells for each in simulation.physics.scalars)]
        self._simulation, self._least = simulation, np.maximum(least, 1e-300)
        self._sums = Sums(simulation, [each.sums[0] for each in self.functionals])

    def take(self):
        self._sums.add(self._simulation.state.populations)
        return np.array(self._sums.take(), dtype=np.float64)

    def scales(self, values):
        return np.maximum(np.abs(values).max(axis=0), self._least)


def with_scalars(
    simulation: Simulation, units: Units, flow: Measurement, factors: tuple[float, ...]
) -> tuple[Measurement, tuple[float, ...]]:
    """The values of a flow and, where it carries scalars, theirs; `factors`: SI value of a lattice unit of each value."""
    if not simulation.physics.scalars:
        return flow, factors
    carried = ScalarMeasurement(simulation)
    dimension = simulation.lattice.dimension
    return JointMeasurement(flow, carried), (*factors, *(each.si_factor(units, dimension) for each in carried.functionals))


def _range(scalar: Scalar) -> float:
    """Largest specified value, relative to that of the inflow."""
    conditions = (each.value for each in scalar.conditions if isinstance(each, FixedValue))
    return max((abs(float(value)) for value in (*conditions, *(each.value for each in scalar.bodies))), default=0.0)
