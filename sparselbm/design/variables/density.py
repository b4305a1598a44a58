"""Density field of a porous medium as design variables, for topology optimisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...adjoint import Field
from ...errors import ConstraintError, SimulationError
from ...flows import Flow, FlowSetup
from ...models.wall import BounceBack
from ..constraint import BoundConstraint, Constraint
from ..topology import BoundDensity, Density
from .variables import BoundVariables, DesignVariables


@dataclass(frozen=True)
class DensityVariables(DesignVariables):
    """Fluid fraction of every cell of a region, which acts on the flow through a resistance (`Brinkman` drag)."""

    density: Density
    fluid: float
    """Largest mean fluid fraction of the designed cells, and the fluid fraction of the first design."""

    def bind(self, setup: FlowSetup) -> BoundDensityVariables:
        """Returns the variables. Raises SimulationError for a flow without a resistance field, GeometryError and BoundsError."""
        simulation = setup.build().simulation
        if "resistance" not in simulation.physics.fields:
            raise SimulationError(
                "the simulation has no resistance field, through which a density acts: pass it force=Brinkman(...), "
                "above 0 everywhere"
            )
        return BoundDensityVariables(self.density.bind(simulation.domain), self.fluid)


@dataclass(frozen=True, eq=False)
class BoundDensityVariables(BoundVariables):
    """Density field of a flow, each variable from 0 to 1."""

    density: BoundDensity
    fluid: float

    @property
    def size(self) -> int:
        return self.density.size

    @property
    def targets(self) -> tuple[Field]:
        return (Field("resistance"),)

    def initial(self) -> np.ndarray:
        """Uniform variables at the allowed fluid fraction."""
        return np.full(self.size, self.fluid)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        return np.zeros(self.size), np.ones(self.size)

    def states(self, x: np.ndarray) -> tuple[np.ndarray]:
        """Resistance of all cells [lattice density / step], (n, cells)."""
        return (self.density.resistance(x),)

    def pullback(self, x: np.ndarray, gradients: Sequence[np.ndarray]) -> np.ndarray:
        (of_resistance,) = gradients
        return self.density.pullback(x, of_resistance)

    def apply(self, flow: Flow, x: np.ndarray) -> None:
        flow.simulation.set_field("resistance", self.density.resistance(x))

    def build(self, setup: FlowSetup, x: np.ndarray, wall: BounceBack) -> Flow:
        flow = setup.build(wall=wall)
        self.apply(flow, x)
        return flow

    def own_constraints(self) -> list[BoundConstraint]:
        """Upper limit of the fluid fraction."""
        return [self.density.at_most(self.fluid)]

    def constrained(self, constraint: Constraint) -> BoundConstraint:
        """Raises ConstraintError."""
        raise ConstraintError(f"{constraint} limits a shape, but the variables are a density field: pass constraints=()")

    def on_grid(self, setup: FlowSetup) -> BoundDensityVariables:
        """Raises ConstraintError, since each variable belongs to a cell."""
        raise ConstraintError("a density field belongs to the cells of one grid: omit the grid check")

    def unit_step(self, x: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Direction scaled so that no variable changes by more than 0.1."""
        return 0.1 * direction / np.abs(direction).max()
