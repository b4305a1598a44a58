"""The same force everywhere."""

from dataclasses import dataclass

from .model import BodyForce


@dataclass(frozen=True)
class UniformForce(BodyForce):
    """F = G, such as gravity or a mean pressure gradient. Parameters: `force_x`, `force_y`, `force_z`."""

    force: tuple[float, ...]
    """G, one value an axis [lattice momentum / cell / step]."""

    def parameters(self, dimension):
        return {f"force_{axis}": G for axis, G in zip("xyz"[:dimension], self.force, strict=True)}

    def fields(self, dimension):
        return {}

    def at(self, cell, before):
        return [cell.parameter(name) for name in self.parameters(len(before))]
