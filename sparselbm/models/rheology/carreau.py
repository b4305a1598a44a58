"""Carreau-Yasuda fluids."""

from collections.abc import Sequence
from dataclasses import dataclass

from ...lattice import Lattice
from ...trace.expression import exp, log
from ..collision.model import Collision, require_local
from .solve import LEAST_STRESS, log_shear_rate
from .strain import strain_stress

_STEPS = 6
"""Newton's steps: nu to 1e-11 for all exponents allowed, see tests/physics/test_power_law.py."""


@dataclass(frozen=True)
class Carreau(Collision):
    """nu = nu_inf + (nu_0 - nu_inf) (1 + (lambda gamma)^a)^((n - 1) / a), around any collision: collide with that nu.

    nu_0 is the simulation's `viscosity`; gamma = (2 S : S)^(1/2) follows from the stress of the cell (see `rheology`).
    Source: Yasuda, Armstrong & Cohen, Rheol. Acta 20 (1981) 163; Carreau's own law has a = 2.
    """

    collision: Collision
    time: float
    """lambda [steps]: shear rates above 1 / lambda are thinned."""
    exponent: float
    """n, dimensionless, within 0.2 and 1."""
    fastest: float = 0.0
    """nu_inf [cells^2 / step], at infinite shear rate."""
    yasuda: float = 2.0
    """a, dimensionless, within 0.2 and 4: how sharply the thinning sets in."""

    def __post_init__(self):
        require_local(self, self.collision)
        if not 0.2 <= self.exponent <= 1.0:
            raise ValueError(f"Carreau(exponent={self.exponent}): must lie within 0.2 and 1; 1 is a Newtonian fluid")
        if not (self.time > 0.0 and self.fastest >= 0.0):
            raise ValueError(
                f"Carreau(time={self.time}, fastest={self.fastest}): time must be above 0, fastest at least 0"
            )
        if not 0.2 <= self.yasuda <= 4.0:
            raise ValueError(f"Carreau(yasuda={self.yasuda}): must lie within 0.2 and 4; Carreau's own law has 2")

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        n, a, thinned = self.exponent, self.yasuda, viscosity - self.fastest

        def law(y):
            x = exp(a * (y + log(self.time)))
            part = thinned * exp((n - 1.0) / a * log(1.0 + x))
            return self.fastest + part, (n - 1.0) * part * x / (1.0 + x)

        nu, _ = law(log_shear_rate(law, strain_stress(lattice, f, force), _STEPS, LEAST_STRESS))
        return self.collision.collide(lattice, f, nu, force)
