"""Non-reflecting outlet that lets plane waves leave independently of the mean flow."""

from dataclasses import dataclass
from math import sqrt

from ...lattice import CS2
from ...lattice.moments import excess_density, momentum
from .condition import BoundaryCondition
from .face import Face
from .plane import (
    along_normal,
    density_parameter,
    known_density,
    require_density,
    resting_density,
    shear_free_momentum,
    with_momentum,
)

_CS = sqrt(CS2)


@dataclass(frozen=True)
class CharacteristicOutlet(BoundaryCondition):
    """Non-reflecting outlet by the incoming Riemann invariant W = u_n - c_s (1 - 1 / rho), with relaxation K:

    W = W_old + K c_s (1 - rho_out / rho) + b c_s D. Here D = 3/2 (S*_old - S) is the divergence of the momentum along the
    face, with S = sum_{c.n = 0} f and S* its value after the previous collision. b = 1/2 gives the condition of Engquist &
    Majda to second order in the angle of incidence, b = 0 to first order. With A = rho - 1 + rho u_n, known at the face,
    rho = (1 + A + c_s + K c_s rho_out) / (1 + W_old + c_s + K c_s) in closed form. 1 - 1 / rho replaces log rho, which is
    equal to second order in rho - 1. No viscous shear acts on the face (`plane.shear_free_momentum`), so vortices leave;
    the incoming populations follow from rho and j by `plane.with_momentum`. W + 3/2 b c_s S* is stored in the slot of the
    straight outgoing velocity. Flow may leave or enter. With b = 1/2, a steady divergence causes a pressure error (5 % of
    rho U^2 / 2 behind a cylinder at K = 0.02), and vortices require more viscosity: see `transverse`.

    `PressureOutlet` keeps p - c_s j_n, so a wave on a flow U is reflected by U / 2 c_s (4.3 % at 0.05); here it is not.
    Measured reflection of oblique waves at 30, 45 degrees: 0.9, 3.3 % with b = 1/2, 7.3, 15 % with b = 0.
    Slow flow between walls spreads where the shear ends (17 % of the largest u in Stokes flow): use `PressureOutlet`.

    Source: Thompson, J. Comput. Phys. 68 (1987) 1; Poinsot & Lele, J. Comput. Phys. 101 (1992) 104, for an isothermal gas;
    Engquist & Majda, Math. Comput. 31 (1977) 629, eq. 2.15; transverse terms: Yoo & Im, Combust. Theory Model. 11 (2007) 259.
    Parameter: `density` (rho_out; schedules and profiles multiply rho_out - 1).
    """

    face: Face
    density: float = 1.0
    """rho_out [lattice density]."""
    relaxation: float = 0.0005
    """K, the fraction of a pressure error that is removed per step.

    Measured reflection of Gaussian pulses with standard deviations of 4, 8, 16 cells: 0.5, 0.9, 1.7 % at 0.0005,
    0.2, 0.04, 0.01 % as K goes to 0. A pressure error decays over about 2.7 / K steps.
    """
    transverse: float = 0.0
    """b: 1/2 for oblique sound waves, 0 where vortices leave.

    In a channel behind a cylinder of 20 cells (U = 0.05, cumulants), b = 1/2 was unstable at Re 100 (nu = 0.0067) and
    1/4 at Re 200; 1/8 and 0 were stable at Re 400.
    """

    precedence = 3.0

    def __post_init__(self):
        require_density(self, self.density)
        if not 0.0 < self.relaxation <= 1.0:
            raise ValueError(
                f"CharacteristicOutlet(relaxation={self.relaxation}): must be in (0, 1]; 0.0005 suits most flows"
            )

    def parameters(self, dimension):
        return (density_parameter(self.density),)

    def fill(self, lattice, f, value, enters):
        known, K = known_density(lattice, self.face, f), self.relaxation
        W = f[self.face.straight(lattice)] - self._divergence * resting_density(lattice, self.face, f)
        excess = (known - W + K * _CS * value["density"]) / (1.0 + W + (1.0 + K) * _CS)
        j = shear_free_momentum(lattice, self.face, f, (known - excess) / (1.0 + excess))
        j[self.face.axis] = -self.face.inward * (known - excess)
        return with_momentum(lattice, self.face, f, j, enters)

    def memory(self, lattice, f, post, enters, normal):
        excess = excess_density(f)
        outward_flux = along_normal(self.face, momentum(lattice, f))
        W = (outward_flux - _CS * excess) / (1.0 + excess)
        kept = W + self._divergence * resting_density(lattice, self.face, post)
        return {lattice.opposites[self.face.straight(lattice)]: kept}

    @property
    def _divergence(self) -> float:
        """Factor 3/2 b c_s of S."""
        return 1.5 * self.transverse * _CS
