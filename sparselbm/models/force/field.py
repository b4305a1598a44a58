"""A force that differs from cell to cell."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..model_parameter import ModelParameter
from .model import BodyForce


@dataclass(frozen=True)
class ForceField(BodyForce):
    """F = strength f(x), with f from a function of the cells' centres.

    Parameter: `force_strength`, which a schedule can vary in time.
    """

    function: Callable[[np.ndarray], np.ndarray]
    """f: from centres in cells from the domain's lower corner, (..., d), to forces, (..., d)."""
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
