"""Dimensionless coefficients of the flow past a body, as observables of a wind tunnel."""

from dataclasses import dataclass

from ..observe import Force, Observable, PressureDrop


@dataclass(frozen=True)
class ForceCoefficient(Observable):
    """Force coefficient C = F . d / (1/2 rho u^2 A), with A the frontal area of the undeformed obstacle; along the flow C_d."""

    force: Force
    """Component F . d of the force on a body [lattice force]."""

    def integrand(self, cell):
        return self.force.integrand(cell)

    def tiles(self, simulation):
        return self.force.tiles(simulation)

    def coefficient(self, setup):
        """C per lattice unit of force, in the wind tunnel of a set-up."""
        return setup.drag_coefficient(1.0)


@dataclass(frozen=True)
class PressureDropCoefficient(Observable):
    """Pressure drop coefficient c = (p_1 - p_2) / (1/2 rho u^2), with u the velocity of the incoming flow."""

    drop: PressureDrop
    """Pressure drop p_1 - p_2 between two layers of cells [lattice pressure]."""

    def integrand(self, cell):
        return self.drop.integrand(cell)

    def tiles(self, simulation):
        return self.drop.tiles(simulation)

    def coefficient(self, setup):
        """c per lattice unit of pressure, in the wind tunnel of a set-up."""
        return 1.0 / (0.5 * setup.options.lattice_velocity**2)
