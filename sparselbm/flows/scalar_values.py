"""Values of the scalars of a flow that are monitored and recorded: releases and amounts."""

from __future__ import annotations

import numpy as np

from ..observe import Functional, ScalarIntegral, ScalarRelease
from ..observe.evaluation import Sums
from ..solver import Simulation
from .measurement import Measurement


def release_observables(simulation: Simulation) -> dict[str, Functional]:
    """Release rate of every body with a fixed value, by name [phi m^3/s]."""
    return {
        f"release of {scalar.name} by {body.obstacle}": ScalarRelease(scalar.name, body.obstacle)
        for scalar in simulation.physics.scalars for body in scalar.bodies
    }


class ScalarMeasurement(Measurement):
    """Release rates of the bodies, and the amount of every scalar in the flow above the value of the inflow.

    Changes of each value are relative to its own size.
    """

    def __init__(self, simulation: Simulation):
        releases = release_observables(simulation)
        amounts = {f"amount of {each.name}": ScalarIntegral(each.name) for each in simulation.physics.scalars}
        self.functionals = (*releases.values(), *amounts.values())
        self.names = (*releases, *amounts)
        self._simulation = simulation
        self._sums = Sums(simulation, [each.sums[0] for each in self.functionals])

    def take(self):
        self._sums.add(self._simulation.state.populations)
        return np.array(self._sums.take(), dtype=np.float64)

    def scales(self, values):
        return np.abs(values).max(axis=0) + 1e-300
