"""Interfaces of design variables: x -> states of the flow, such as points of a body, and the transposed derivative."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np

from ...adjoint.targets import GradientInput
from ...flows import Flow, FlowSetup
from ...models.wall import BounceBack
from ..constraint import BoundConstraint, Constraint


class DesignVariables(ABC):
    """Design variables of a flow: a frozen value."""

    @abstractmethod
    def bind(self, setup: FlowSetup) -> BoundVariables:
        """Returns the variables of the flow of a set-up. Raises an error if the flow does not have them."""


class BoundVariables(ABC):
    """Design variables x of one flow, (size,), which determine states s(x) of the flow that a gradient exists for."""

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of design variables."""

    @property
    @abstractmethod
    def targets(self) -> tuple[GradientInput, ...]:
        """States s of the flow that the variables determine, in the order of `states`."""

    @abstractmethod
    def initial(self) -> np.ndarray:
        """Variables of the first design, (size,)."""

    @abstractmethod
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper bounds of the variables, two arrays of shape (size,), infinite if unbounded."""

    @abstractmethod
    def states(self, x: np.ndarray) -> tuple[np.ndarray, ...]:
        """Values s(x) of the states, such as points [m], (n, 3)."""

    @abstractmethod
    def pullback(self, x: np.ndarray, gradients: Sequence[np.ndarray]) -> np.ndarray:
        """Gradient d J / d x = sum (ds / dx)^T d J / d s, (size,), from the gradients with respect to the states."""

    @abstractmethod
    def apply(self, flow: Flow, x: np.ndarray) -> None:
        """Sets the states of a flow to s(x)."""

    @abstractmethod
    def build(self, setup: FlowSetup, x: np.ndarray, wall: BounceBack) -> Flow:
        """Returns a new flow of the design x, with another wall model, for a cross-check."""

    @abstractmethod
    def own_constraints(self) -> list[BoundConstraint]:
        """Constraints that belong to the variables."""

    @abstractmethod
    def constrained(self, constraint: Constraint) -> BoundConstraint:
        """Returns a shape constraint as a function of x. Raises ConstraintError if the variables have no shape."""

    @abstractmethod
    def on_grid(self, setup: FlowSetup) -> BoundVariables:
        """Returns the same variables on another grid. Raises ConstraintError if they depend on the grid."""

    @abstractmethod
    def unit_step(self, x: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Direction scaled to a unit step, which checks of gradients use: one cell, or a tenth of the range of a variable."""
