"""Carreau-Yasuda fluids."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import inf

from ...lattice import Lattice
from ...trace.expression import exp, log
from ...units import Unit
from ..collision.model import Collision, require_local
from ..in_si import in_si
from .solve import MIN_STRESS, log_shear_rate
from .strain import strain_stress

_STEPS = 6
"""Newton steps: nu is accurate to 1e-11 for all allowed exponents, see tests/physics/test_power_law.py."""


@dataclass(frozen=True)
class Carreau(Collision):
    """Carreau-Yasuda fluid nu = nu_inf + (nu_0 - nu_inf) (1 + (lambda gamma)^a)^((n - 1) / a), around any collision.

    nu_0 is the simulation's `viscosity`; gamma = (2 S : S)^(1/2) is computed from the stress of the cell (see `solve`).
    Source: Yasuda, Armstrong & Cohen, Rheol. Acta 20 (1981) 163; Carreau's original law has a = 2.
    """

    collision: Collision
    relaxation_time: float = field(metadata=in_si(Unit(s=1)))
    """lambda [steps]: shear thinning sets in at shear rates of 1 / lambda."""
    power_index: float
    """n, dimensionless, from 0.2 to 1."""
    infinite_shear_viscosity: float = field(default=0.0, metadata=in_si(Unit(m=2, s=-1)))
    """nu_inf [cells^2 / step], the limit at infinite shear rate."""
    a: float = 2.0
    """Yasuda exponent, dimensionless, from 0.2 to 4: sharpness of the onset of shear thinning."""

    def __post_init__(self):
        require_local(self, self.collision)
        if not 0.2 <= self.power_index <= 1.0:
            raise ValueError(f"Carreau(power_index={self.power_index}): must be from 0.2 to 1; 1 is a Newtonian fluid")
        if not 0.0 < self.relaxation_time < inf:
            raise ValueError(f"Carreau(relaxation_time={self.relaxation_time}): must be above 0 steps")
        if not self.infinite_shear_viscosity >= 0.0:
            raise ValueError(f"Carreau(infinite_shear_viscosity={self.infinite_shear_viscosity}): must be at least 0")
        if not 0.2 <= self.a <= 4.0:
            raise ValueError(f"Carreau(a={self.a}): must be from 0.2 to 4; Carreau's original law has 2")

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        n, a, nu_inf = self.power_index, self.a, self.infinite_shear_viscosity
        thinning = viscosity - nu_inf

        def law(y):
            x = exp(a * (y + log(self.relaxation_time)))
            part = thinning * exp((n - 1.0) / a * log(1.0 + x))
            return nu_inf + part, (n - 1.0) * part * x / (1.0 + x)

        nu, _ = law(log_shear_rate(law, strain_stress(lattice, f, force), _STEPS, MIN_STRESS))
        return self.collision.collide(lattice, f, nu, force)

    def odd_relaxation(self, viscosity):
        return self.collision.odd_relaxation(viscosity)
