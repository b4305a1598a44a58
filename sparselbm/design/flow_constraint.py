"""Constraints on the flow besides the objective, such as a force or the pressure drop; each costs one adjoint solution."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..errors import ConstraintError
from ..flows import FlowCoefficient, FlowSetup, WindTunnelSetup
from ..observe import Functional, PressureDrop


class FlowConstraint(ABC):
    """Constraint lower <= c(x) <= upper on an observable c of the flow of the design x: a frozen value."""

    name: str
    """Name in messages, histories and plots."""
    lower: float
    """Lower limit of c; -inf for none."""
    upper: float
    """Upper limit of c; inf for none."""
    tolerance: float
    """Violation up to which a design counts as feasible."""

    @abstractmethod
    def observable(self, setup: FlowSetup) -> Functional:
        """Returns c for the flow of a set-up. Raises ConstraintError if the flow does not have it."""

    def require(self) -> None:
        """Raises ConstraintError if the limits contradict each other or both are infinite."""
        if not (self.lower <= self.upper and math.isfinite(min(abs(self.lower), abs(self.upper)))):
            raise ConstraintError(
                f"{self.name} has the limits {self.lower} to {self.upper}: pass at least one, and lower at or below "
                "upper"
            )


@dataclass(frozen=True, kw_only=True)
class ObservableConstraint(FlowConstraint):
    """Constraint on any observable, in its own unit."""

    of: Functional
    """Observable c."""
    lower: float = -math.inf
    upper: float = math.inf
    tolerance: float = 0.005
    name: str = "ObservableConstraint"

    def observable(self, setup: FlowSetup) -> Functional:
        return self.of


@dataclass(frozen=True, kw_only=True)
class ForceConstraint(FlowConstraint):
    """Force coefficient c = F . d / (1/2 rho u^2 A) of the obstacle, for example a minimum lift or a zero side force."""

    direction: tuple[float, float, float]
    """Direction d, a unit vector."""
    lower: float = -math.inf
    upper: float = math.inf
    tolerance: float = 0.005
    name: str = "ForceConstraint"

    def observable(self, setup: FlowSetup) -> Functional:
        return _tunnel(self, setup).force_coefficient(self.direction)


@dataclass(frozen=True, kw_only=True)
class PressureDropConstraint(FlowConstraint):
    """Pressure drop coefficient c = (p_1 - p_2) / (1/2 rho u^2), averaged over the second cell layer from inlet and outlet."""

    lower: float = -math.inf
    upper: float = math.inf
    tolerance: float = 0.005
    name: str = "PressureDropConstraint"

    def observable(self, setup: FlowSetup) -> Functional:
        tunnel = _tunnel(self, setup)
        stream = tunnel.options.stream
        ends = (1, tunnel.shape[stream.axis] - 2)[:: 1 if stream.inlet.end == 0 else -1]
        reference = 0.5 * tunnel.options.density * tunnel.units.velocity**2
        return FlowCoefficient(PressureDrop(stream.axis, *ends), reference)



def _tunnel(constraint: FlowConstraint, setup: FlowSetup) -> WindTunnelSetup:
    if not isinstance(setup, WindTunnelSetup):
        raise ConstraintError(
            f"{constraint.name} needs a wind tunnel, but the set-up is {type(setup).__name__}: use an ObservableConstraint"
        )
    return setup
