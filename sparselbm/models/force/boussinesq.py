"""Buoyancy force of a scalar on the flow."""

from dataclasses import dataclass, field

from ...units import Unit
from ..in_si import in_si
from ..model_parameter import ModelParameter, vector_parameters
from .model import BodyForce


@dataclass(frozen=True)
class Boussinesq(BodyForce):
    """Buoyancy F = -rho beta (phi - phi_0) g: fluid with phi above phi_0 is lighter and rises, against g.

    Parameters, prefixed by the scalar's name as in `heat.expansion`: `expansion`, `reference`, `gravity_x`, ...
    Source: Boussinesq, Theorie analytique de la chaleur 2 (1903); Gray & Giorgini, Int. J. Heat Mass Transf. 19 (1976) 545.
    """

    scalar: str
    """Name of the scalar phi."""
    expansion: float
    """beta [1 / phi]."""
    gravity: tuple[float, ...] = field(metadata=in_si(Unit(m=1, s=-2)))
    """g [cells / step^2], one value per axis."""
    reference: float = 0.0
    """phi_0."""

    def parameters(self, dimension):
        if len(self.gravity) != dimension:
            raise ValueError(f"Boussinesq(gravity={self.gravity}): give one value per axis, {dimension} of them")
        numbers = (
            ModelParameter("expansion", self.expansion, doc="volumetric expansion per unit of the scalar"),
            ModelParameter("reference", self.reference, doc="value of the scalar without buoyancy"),
            *vector_parameters("gravity", self.gravity, "xyz"[:dimension], "cells/step^2", "gravity"),
        )
        return tuple(number.of(self.scalar) for number in numbers)

    def fields(self, dimension):
        return {}

    def at(self, cell, before):
        beta, phi_0 = cell.parameter(f"{self.scalar}.expansion"), cell.parameter(f"{self.scalar}.reference")
        lift = cell.density * (beta * (phi_0 - cell.scalar(self.scalar)))
        return [lift * cell.parameter(f"{self.scalar}.gravity_{axis}") for axis in "xyz"[: len(before)]]
