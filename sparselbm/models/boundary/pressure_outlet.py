"""Pressure outlet that lets sound waves leave."""

from dataclasses import dataclass, field
from math import sqrt

from ...lattice import CS2
from ...lattice.moments import excess_density, momentum
from ...units import Unit
from ..in_si import in_si
from ..model_parameter import vector_parameters
from .condition import BoundaryCondition
from .face import Face
from .plane import density_parameter, known_density, require_density, velocity_of
from .second_order import second_order

_CS = sqrt(CS2)


@dataclass(frozen=True)
class PressureOutlet(BoundaryCondition):
    """Outlet whose pressure relaxes to that of `density`, slowly enough for sound to leave (a discrete LODI relation).

    With n the outward normal, A = sum_{c.n = 0} f + 2 sum_{c.n = 1} f = rho - 1 + j_n is known at the face. The incoming
    characteristic J = c_s^2 (rho - 1) - c_s j_n relaxes at the rate K: J = J_old - K c_s^2 (rho - rho_out). Together they
    give rho and j_n; in a steady state rho = rho_out exactly. The flow leaves normal to the face, u_t = 0, or with the given
    `velocity` along it, and all populations are rebuilt from rho and u (see `second_order`): replacing only the incoming ones,
    as Zou & He do, is unstable at tau - 1/2 = 0.004. J is stored in the slot of the straight outgoing velocity.

    Source: Poinsot & Lele, J. Comput. Phys. 101 (1992) 104 (LODI); Latt et al., Phys. Rev. E 77 (2008) 056703.
    Parameters: `density` (rho_out; schedules and profiles multiply rho_out - 1), and `velocity_x`, ... where it is given.
    """

    face: Face
    density: float = 1.0
    """rho_out [lattice density]."""
    relaxation: float = 0.002
    """K, the fraction of a pressure error that is removed per step: c_s / 4 L for a channel of L cells (Poinsot & Lele).

    Measured reflection of a Gaussian pulse with a standard deviation of 8 cells: 1.7 % at 0.001, 3.4 % at 0.002,
    26 % at 0.02, 97 % at 1. A pressure error behind a wake decays over about 2.7 / K steps.
    """
    velocity: tuple[float, ...] | None = field(default=None, metadata=in_si(Unit(m=1, s=-1)))
    """Velocity with which an oblique stream leaves [cells / step], one value per axis; None: along the normal. The component
    across the face has no effect."""

    precedence = 3.0

    def __post_init__(self):
        require_density(self, self.density)
        if not 0.0 < self.relaxation <= 1.0:
            raise ValueError(
                f"PressureOutlet(relaxation={self.relaxation}): must be in (0, 1]; 0.002 suits most flows"
            )

    def parameters(self, dimension):
        stream = () if self.velocity is None else vector_parameters(
            "velocity", self.velocity, "xyz"[:dimension], "cells/step", "velocity along the face"
        )
        return (density_parameter(self.density), *stream)

    def fill(self, lattice, f, value, enters):
        known, kept, K = known_density(lattice, self.face, f), f[self.face.straight(lattice)], self.relaxation
        excess = (kept + K * CS2 * value["density"] + _CS * known) * (1.0 / (CS2 * (1.0 + K) + _CS))
        u = [0.0] * lattice.dimension if self.velocity is None else velocity_of(lattice, value)
        u[self.face.axis] = -self.face.inward * (known - excess) / (1.0 + excess)
        return second_order(lattice, f, excess, u, enters)

    def memory(self, lattice, f, post, enters, normal):
        outward_flux = momentum(lattice, f)[self.face.axis] * -self.face.inward
        return {lattice.opposites[self.face.straight(lattice)]: CS2 * excess_density(f) - _CS * outward_flux}
