"""Power-law fluids (Ostwald & de Waele)."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...trace.expression import exp, power, where
from ..collision.model import Collision, require_local
from .solve import LEAST_STRESS, log_shear_rate
from .strain import strain_stress

_STEPS = 5
"""Newton's steps: nu to 1e-11 for all exponents allowed and any stress, see tests/physics/test_power_law.py."""


@dataclass(frozen=True)
class PowerLaw(Collision):
    """nu = K gamma^(n - 1), within bounds, gamma = (2 S : S)^(1/2), around any collision: collide with that nu.

    gamma follows from the stress of the cell, which nu enters: see `rheology`. nu gamma grows with gamma, so that what
    solves the law without its bounds, bounded then, solves the law with them.
    Source: Gabbanelli, Drazer & Koplik, Phys. Rev. E 72 (2005) 046312; local stress: Boyd, Buick & Green,
    J. Phys. A 39 (2006) 14241.
    """

    collision: Collision
    exponent: float
    """n, dimensionless: below 1 shear thins, above 1 it thickens."""
    consistency: float | None = None
    """K [cells^2 step^(n - 2)]; None: the simulation's `viscosity` is K, and can be differentiated.

    The walls of obstacles, which depend a little on nu, take the simulation's `viscosity` in either case.
    """
    lowest: float = 1e-4
    """Least nu [cells^2 / step]."""
    highest: float = 1.0
    """Largest nu [cells^2 / step], which a fluid at rest has where n < 1."""

    def __post_init__(self):
        require_local(self, self.collision)
        if not 0.2 <= self.exponent <= 3.0:
            raise ValueError(f"PowerLaw(exponent={self.exponent}): must lie within 0.2 and 3; 1 is a Newtonian fluid")
        if self.consistency is not None and not self.consistency > 0.0:
            raise ValueError(f"PowerLaw(consistency={self.consistency}): must be above 0; None takes the viscosity")
        if not 0.0 < self.lowest < self.highest:
            raise ValueError(
                f"PowerLaw(lowest={self.lowest}, highest={self.highest}): give 0 < lowest < highest, such as 1e-4 and 1"
            )

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        K, n = viscosity if self.consistency is None else self.consistency, self.exponent

        def law(y):
            nu = K * exp((n - 1.0) * y)
            return nu, (n - 1.0) * nu

        nu, _ = law(log_shear_rate(law, strain_stress(lattice, f, force), _STEPS, self._least_stress(K)))
        nu = where(nu < self.lowest, self.lowest, where(nu > self.highest, self.highest, nu))
        return self.collision.collide(lattice, f, nu, force)

    def _least_stress(self, K):
        """Stress below which nu is far above its bound anyway: a hundred times, before numbers leave the range of fp32."""
        thins, beyond = self.exponent < 1.0, 100.0 * self.highest
        stress = power(beyond / K, 1.0 / where(thins, self.exponent - 1.0, -1.0)) * (2.0 * beyond + 1.0 / 3.0)
        return where(thins, where(stress > LEAST_STRESS, stress, LEAST_STRESS), LEAST_STRESS)
