"""Time series of kinetic energy, dissipation and enstrophy."""

from dataclasses import dataclass

from ...solver import Simulation
from ..dissipation import Dissipation
from ..kinetic_energy import KineticEnergy
from .monitor import Monitor, Sampler
from .schedule import Schedule
from .values import ValuesSampler
from .velocity_gradients import VelocityGradients


@dataclass(frozen=True)
class FlowIntegrals(Monitor):
    """Sums over the fluid [lattice units]: columns `kinetic_energy`, `dissipation`, `enstrophy`, `dissipation_by_gradients`.

    E = sum rho u.u / 2; D = sum 2 rho nu S : S, with S from the non-equilibrium populations (`Dissipation`) and from differences
    of the velocity (`VelocityGradients`); sum |curl u|^2 / 2. Without forces and without inflow or outflow, dE / dt = -D.
    """

    every: Schedule

    def columns(self, simulation):
        return ("kinetic_energy", "dissipation", "enstrophy", "dissipation_by_gradients")

    def bind(self, simulation):
        return _FlowSampler(simulation)


class _FlowSampler(Sampler):
    def __init__(self, simulation: Simulation):
        self._sums = ValuesSampler(simulation, (KineticEnergy(), Dissipation()))
        self._gradients = VelocityGradients(simulation)

    def take(self):
        return (*self._sums.take(), *self._gradients.enstrophy_and_dissipation())
