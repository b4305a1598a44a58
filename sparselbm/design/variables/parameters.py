"""Parameters of the models as design variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ...adjoint import Parameter
from ...errors import BoundsError, ConstraintError
from ...flows import Flow, FlowSetup
from ...models.wall import BounceBack
from ..constraint import BoundConstraint, Constraint
from .variables import BoundVariables, DesignVariables


@dataclass(frozen=True)
class ParameterVariables(DesignVariables):
    """Parameters of the models by name, such as `viscosity` or `x_min.velocity_x` [lattice units], within ranges."""

    ranges: Mapping[str, tuple[float, float, float]]
    """Smallest, first and largest value of each parameter [lattice units]."""

    def __post_init__(self):
        for name, (low, first, high) in self.ranges.items():
            if not -np.inf < low <= first <= high < np.inf or low == high:
                raise BoundsError(
                    f"{name} has the smallest, first and largest value {low}, {first}, {high}: pass finite numbers in this order"
                )
        if not self.ranges:
            raise BoundsError("ParameterVariables has 0 parameters: pass the range of at least 1")

    def bind(self, setup: FlowSetup) -> BoundParameters:
        """Returns the variables; a gradient raises AdjointError for parameters that the flow does not have."""
        return BoundParameters(dict(self.ranges))


@dataclass(frozen=True, eq=False)
class BoundParameters(BoundVariables):
    """Parameters of the models of a flow: s = x."""

    ranges: dict[str, tuple[float, float, float]]

    @property
    def size(self) -> int:
        return len(self.ranges)

    @property
    def targets(self) -> tuple[Parameter, ...]:
        return tuple(map(Parameter, self.ranges))

    def initial(self) -> np.ndarray:
        return np.array([first for _, first, _ in self.ranges.values()])

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        low, _, high = np.array(list(self.ranges.values())).T
        return low, high

    def states(self, x: np.ndarray) -> tuple[np.ndarray, ...]:
        """Values of the parameters [lattice units], each ()."""
        return tuple(x)

    def pullback(self, x: np.ndarray, gradients: Sequence[np.ndarray]) -> np.ndarray:
        return np.array([float(gradient) for gradient in gradients])

    def apply(self, flow: Flow, x: np.ndarray) -> None:
        flow.simulation.set_parameters(dict(zip(self.ranges, map(float, x), strict=True)))

    def build(self, setup: FlowSetup, x: np.ndarray, wall: BounceBack) -> Flow:
        flow = setup.build(wall=wall)
        self.apply(flow, x)
        return flow

    def own_constraints(self) -> list[BoundConstraint]:
        return []

    def constrained(self, constraint: Constraint) -> BoundConstraint:
        """Raises ConstraintError."""
        raise ConstraintError(
            f"{constraint} limits a shape, but the variables are the parameters {', '.join(self.ranges)}: pass constraints=()"
        )

    def on_grid(self, setup: FlowSetup) -> BoundParameters:
        """Raises ConstraintError, since values in lattice units change with the grid."""
        raise ConstraintError(
            f"the parameters {', '.join(self.ranges)} are in lattice units, which change with the grid: omit the grid check"
        )

    def unit_step(self, x: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Direction scaled so that no parameter changes by more than a tenth of its range."""
        low, high = self.bounds()
        return 0.1 * direction / np.abs(direction / (high - low)).max()
