"""Uniform body force."""

from dataclasses import dataclass, field

from ...units import Unit
from ..in_si import in_si
from ..model_parameter import vector_parameters
from .model import BodyForce


@dataclass(frozen=True)
class UniformForce(BodyForce):
    """Uniform force F = G, such as gravity or a mean pressure gradient. Parameters: `force_x`, `force_y`, `force_z`."""

    force: tuple[float, ...] = field(metadata=in_si(Unit(kg=1, m=-2, s=-2)))
    """G, one value per axis [lattice momentum / cell / step]."""

    def parameters(self, dimension):
        return vector_parameters("force", self.force, "xyz"[:dimension], "lattice momentum/cell/step", "body force")

    def fields(self, dimension):
        return {}

    def at(self, cell, before):
        return [cell.parameter(number.name) for number in self.parameters(len(before))]
