"""Body force that varies from cell to cell."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..model_parameter import ModelParameter
from .model import BodyForce


@dataclass(frozen=True)
class ForceField(BodyForce):
    """Body force F = strength f(x), with f a function of the cell centres.

    Parameter: `force_strength`, which can be varied in time by a schedule.
    """

    function: Callable[[np.ndarray], np.ndarray]
    """Function f of centres (..., d) [cells from the domain's lower corner], returning forces (..., d)."""
    strength: float = 1.0

    def parameters(self, dimension):
        return (ModelParameter("force_strength", self.strength, doc="factor of the force field"),)

    def fields(self, dimension):
        def component(k):
            return lambda domain: np.asarray(self.function(domain.cell_indices() + 0.5))[..., k]

        return {f"force_field_{axis}": component(k) for k, axis in enumerate("xyz"[:dimension])}

    def at(self, cell, before):
        strength = cell.parameter("force_strength")
        return [strength * cell.field(name) for name in self.fields(len(before))]
