"""Values of the scalars of a flow that are monitored and recorded: releases and amounts."""

from __future__ import annotations

import numpy as np

from ...models.scalar import FixedInflow, FixedValue, Scalar, ScalarBody
from ...observe import Functional, ScalarContent, ScalarIntegral, ScalarRelease
from ...observe.evaluation import Sums
from ...solver import Simulation
from ...units import Units
from .measurement import JointMeasurement, Measurement

_LEAST = 0.01
"""Smallest mean to which changes of an amount are relative, as a share of the largest specified value."""


def release_observables(simulation: Simulation) -> dict[str, Functional]:
    """Release rate of every body with a fixed value and of every body that conducts, by name [phi m^3/s]."""
    return {
        _release(scalar, body): ScalarRelease(scalar.name, body.obstacle)
        for scalar in simulation.physics.scalars for body in scalar.bodies
    }


def _release(scalar: Scalar, body: ScalarBody) -> str:
    return f"release of {scalar.name} by {body.obstacle}"


class ScalarMeasurement(Measurement):
    """Release rates of the bodies with a fixed value, and the amount of every scalar above the value of the inflow in the flow
    and in the bodies that conduct it, whose release rates may end at 0.

    Changes of each value are relative to its own size; an amount near 0, such as that between a hot and a cold side, to a
    hundredth of the largest specified value in every cell.
    """

    def __init__(self, simulation: Simulation):
        scalars = simulation.physics.scalars
        releases = {_release(each, body): ScalarRelease(each.name, body.obstacle) for each in scalars for body in each.held}
        contents = [(each, ScalarContent(each.name, body.obstacle)) for each in scalars for body in each.conducting]
        amounts: dict[str, Functional] = {f"amount of {each.name}": ScalarIntegral(each.name) for each in scalars}
        amounts |= {f"amount of {each.name} in {content.obstacle}": content for each, content in contents}
        self.functionals = (*releases.values(), *amounts.values())
        self.names = (*releases, *amounts)
        ranges = [_LEAST * _range(each) * simulation.domain.fluid_cells for each in (*scalars, *(each for each, _ in contents))]
        least = [*[0.0] * len(releases), *ranges]
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
    conditions = (each.value for each in scalar.conditions if isinstance(each, FixedInflow | FixedValue))
    return max((abs(float(value)) for value in (*conditions, *(each.value for each in scalar.held))), default=0.0)
