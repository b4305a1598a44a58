"""Power-law fluids (Ostwald & de Waele)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from ...lattice import Lattice
from ...trace.expression import exp, power, where
from ...units import Unit
from ..collision.model import Collision, require_local
from ..in_si import in_si
from .solve import MIN_STRESS, log_shear_rate
from .strain import strain_stress

_STEPS = 5
"""Newton steps: nu is accurate to 1e-11 for all allowed exponents and any stress, see tests/physics/test_power_law.py."""


@dataclass(frozen=True)
class PowerLaw(Collision):
    """Power-law fluid nu = K gamma^(n - 1), between bounds, with gamma = (2 S : S)^(1/2), around any collision.

    gamma is computed from the stress of the cell, which depends on nu: see `solve`. nu gamma increases with gamma, so the
    bounded solution of the unbounded law is the solution of the bounded law.
    Source: Gabbanelli, Drazer & Koplik, Phys. Rev. E 72 (2005) 046312; local stress: Boyd, Buick & Green,
    J. Phys. A 39 (2006) 14241.
    """

    collision: Collision
    exponent: float
    """n, dimensionless: shear thinning below 1, shear thickening above 1."""
    consistency: float | None = field(
        default=None, metadata=in_si(lambda arguments: Unit(m=2, s=arguments["exponent"] - 2.0), is_required=True)
    )
    """K [cells^2 step^(n - 2)]; None: K is the simulation's `viscosity` and can be differentiated.

    The walls of obstacles, which depend slightly on nu, use the simulation's `viscosity` in either case.
    """
    min_viscosity: float = field(default=1e-4, metadata=in_si(Unit(m=2, s=-1)))
    """Lower bound of nu [cells^2 / step]."""
    max_viscosity: float = field(default=1.0, metadata=in_si(Unit(m=2, s=-1)))
    """Upper bound of nu [cells^2 / step], reached in a fluid at rest if n < 1."""

    def __post_init__(self):
        require_local(self, self.collision)
        if not 0.2 <= self.exponent <= 3.0:
            raise ValueError(f"PowerLaw(exponent={self.exponent}): must be from 0.2 to 3; 1 is a Newtonian fluid")
        if self.consistency is not None and not 0.0 < self.consistency < inf:
            raise ValueError(f"PowerLaw(consistency={self.consistency}): must be above 0 and finite; None uses the viscosity")
        if not 0.0 < self.min_viscosity < self.max_viscosity:
            raise ValueError(
                f"PowerLaw(min_viscosity={self.min_viscosity}, max_viscosity={self.max_viscosity}): "
                "0 < min_viscosity < max_viscosity must hold; 1e-4 and 1 suit most flows"
            )

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        K, n = viscosity if self.consistency is None else self.consistency, self.exponent

        def law(y):
            nu = K * exp((n - 1.0) * y)
            return nu, (n - 1.0) * nu

        nu, _ = law(log_shear_rate(law, strain_stress(lattice, f, force), _STEPS, self._min_stress(K)))
        nu = where(nu < self.min_viscosity, self.min_viscosity, where(nu > self.max_viscosity, self.max_viscosity, nu))
        return self.collision.collide(lattice, f, nu, force)

    def odd_relaxation(self, viscosity):
        return self.collision.odd_relaxation(viscosity)

    def _min_stress(self, K):
        """Stress below which nu exceeds its upper bound a hundredfold, chosen so that numbers stay in the range of fp32."""
        thins, beyond = self.exponent < 1.0, 100.0 * self.max_viscosity
        stress = power(beyond / K, 1.0 / where(thins, self.exponent - 1.0, -1.0)) * (2.0 * beyond + 1.0 / 3.0)
        return where(thins, where(stress > MIN_STRESS, stress, MIN_STRESS), MIN_STRESS)
