"""Boundary conditions at the openings of an internal flow."""

import math

from ..models.boundary import BoundaryCondition, LinkPressure, Patch, Tabulated, VelocityInlet
from .openings import ones


def opening_conditions(
    inlets: Patch, outlets: Patch, lattice_velocity: float, excess: float
) -> tuple[BoundaryCondition, ...]:
    """Velocity inlet and pressure outlet, whose values at each cap are set once its links are known.

    `lattice_velocity`: largest velocity of all openings; `excess`: largest density perturbation rho - 1 behind an outlet.
    """
    u = lattice_velocity / math.sqrt(3.0)
    return (
        VelocityInlet(inlets, (u, u, u), profile=Tabulated(ones)),
        LinkPressure(outlets, 1.0 + excess, profile=Tabulated(ones) if excess else None),
    )
