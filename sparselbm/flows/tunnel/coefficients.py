"""Dimensionless coefficients of a flow."""

from dataclasses import dataclass

from ...observe import Functional
from ...observe.combination import Delegated
from ...observe.unit import DIMENSIONLESS
from ...units import Units


@dataclass(frozen=True)
class FlowCoefficient(Delegated):
    """Coefficient J = A / reference, such as C_d = F . e / (1/2 rho u^2 A).

    The reference is in SI units, so that J is the same quantity on every grid. Its value in lattice units is that of A;
    `observe.Coefficient` has a reference in lattice units.
    """

    functional: Functional
    """A, with a unit."""
    reference: float
    """Reference value in the SI unit of A."""

    unit = DIMENSIONLESS

    @property
    def formula(self):
        return self.functional

    def si_factor(self, units: Units, dimension: int) -> float:
        return self.functional.si_factor(units, dimension) / self.reference
