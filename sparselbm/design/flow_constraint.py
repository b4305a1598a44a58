"""Limits on what the flow does besides the drag: another force, the pressure drop. Each costs an adjoint of its own."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..errors import WindTunnelError
from ..flows import WindTunnelSetup
from ..observe import Force, Observable, PressureDrop


class FlowConstraint(ABC):
    """lower <= c(x) <= upper for a coefficient c of the flow around the design x: a frozen value."""

    name: str
    """What messages, histories and plots call it."""
    lower: float
    """Least coefficient; -inf for none."""
    upper: float
    """Largest coefficient; inf for none."""
    tolerance: float
    """How far beyond a limit a design still counts as feasible."""

    @abstractmethod
    def objective(self, plan: WindTunnelSetup) -> Observable:
        """What is measured [lattice units]."""

    @abstractmethod
    def coefficient(self, plan: WindTunnelSetup) -> float:
        """c for one lattice unit of it."""

    def require(self) -> None:
        """Raises TunnelError for limits that exclude each other, or limit nothing."""
        if not (self.lower <= self.upper and math.isfinite(min(abs(self.lower), abs(self.upper)))):
            raise WindTunnelError(
                f"{self.name} has the limits {self.lower} to {self.upper}: pass at least one, and lower at or below upper"
            )


@dataclass(frozen=True, kw_only=True)
class ForceConstraint(FlowConstraint):
    """c = F . d / (1/2 rho u^2 A): a lift that must be kept, a side force that must not arise."""

    direction: tuple[float, float, float]
    """d, a unit vector."""
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
    """c = (p_1 - p_2) / (1/2 rho u^2), means over the second layer of cells from the inlet and from the outlet."""

    lower: float = -math.inf
    upper: float = math.inf
    tolerance: float = 0.005
    name: str = "PressureDropConstraint"

    def objective(self, plan):
        axis = plan.tunnel.axis
        return PressureDrop(axis, 1, plan.shape[axis] - 2, area=plan.cells / plan.shape[axis])

    def coefficient(self, plan):
        return 1.0 / (0.5 * plan.tunnel.lattice_velocity**2)
