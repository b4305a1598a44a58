"""Constraints on the flow besides the drag, such as another force or the pressure drop; each costs one adjoint."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..errors import WindTunnelError
from ..flows import WindTunnelSetup
from ..observe import Force, Functional, PressureDrop


class FlowConstraint(ABC):
    """Flow constraint lower <= c(x) <= upper for a coefficient c of the flow around the design x: a frozen value."""

    name: str
    """Name in messages, histories and plots."""
    lower: float
    """Lower limit of c; -inf for none."""
    upper: float
    """Upper limit of c; inf for none."""
    tolerance: float
    """Violation up to which a design counts as feasible."""

    @abstractmethod
    def objective(self, plan: WindTunnelSetup) -> Functional:
        """Measured quantity [lattice units]."""

    @abstractmethod
    def coefficient(self, plan: WindTunnelSetup) -> float:
        """Factor from the measured quantity to c."""

    def require(self) -> None:
        """Raises WindTunnelError if the limits contradict each other or both are infinite."""
        if not (self.lower <= self.upper and math.isfinite(min(abs(self.lower), abs(self.upper)))):
            raise WindTunnelError(
                f"{self.name} has the limits {self.lower} to {self.upper}: pass at least one, and lower at or below "
                "upper"
            )


@dataclass(frozen=True, kw_only=True)
class ForceConstraint(FlowConstraint):
    """Force coefficient c = F . d / (1/2 rho u^2 A), for example a minimum lift or a zero side force."""

    direction: tuple[float, float, float]
    """Direction d, a unit vector."""
    lower: float = -math.inf
    upper: float = math.inf
    tolerance: float = 0.005
    name: str = "ForceConstraint"

    def objective(self, plan):
        return Force(plan.obstacle, self.direction)

    def coefficient(self, plan):
        return plan.drag_coefficient(1.0)


@dataclass(frozen=True, kw_only=True)
class PressureDropConstraint(FlowConstraint):
    """Pressure drop coefficient c = (p_1 - p_2) / (1/2 rho u^2), averaged over the second cell layer from inlet and outlet."""

    lower: float = -math.inf
    upper: float = math.inf
    tolerance: float = 0.005
    name: str = "PressureDropConstraint"

    def objective(self, plan):
        axis = plan.tunnel.axis
        return PressureDrop(axis, 1, plan.shape[axis] - 2)

    def coefficient(self, plan):
        return 1.0 / (0.5 * plan.tunnel.lattice_velocity**2)
