"""Multiple relaxation time collision (d'Humieres)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...lattice import Lattice
from ...lattice.bases import hermite_moments, hermite_populations
from ...lattice.departure import departure, guo_source
from ...lattice.equilibrium import equilibrium
from ...lattice.moments import macroscopic
from ...units import Unit
from ..in_si import in_si
from .model import Collision, relaxation_rate
from .relaxation import bulk_rate, check_rates, relaxed


@dataclass(frozen=True)
class MRT(Collision):
    """MRT collision f* = f^eq + S / 2 + M^-1 (1 - Lambda) M n, with n = f - f^eq + S / 2: BGK if all rates are omega.

    M transforms to Hermite moments; on D2Q9 and D3Q27 these are the Gram-Schmidt moments of 1, c, cc, ... weighted by w.
    Lambda is diagonal: omega for the shear stress, the rate of the bulk viscosity for its trace, and one rate per higher
    order. Halfway walls lie exactly halfway if 3 nu (1 / rate - 1 / 2) = 3 / 16 with the rate of the third order.
    Source: d'Humieres et al., Phil. Trans. R. Soc. A 360 (2002) 437; weighted: Dellar, J. Comput. Phys. 190 (2003) 351.
    """

    bulk_viscosity: float | None = field(default=None, metadata=in_si(Unit(m=2, s=-1)))
    """Bulk viscosity zeta [cells^2 / step]; None: c_s^2 / d, which corresponds to the rate 1."""
    higher: tuple[float, float, float, float] = (1.2, 1.4, 1.2, 1.4)
    """Rates of the third to sixth order, in (0, 2); d'Humieres et al. use 1.2 for the energy flux, 1.4 for fourth moments."""

    def __post_init__(self):
        check_rates(self, self.bulk_viscosity, self.higher)

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        feq, source = equilibrium(lattice, excess, u), guo_source(lattice, u, force)
        n = hermite_moments(lattice, departure(f, feq, source))
        kept = relaxed(lattice, n, relaxation_rate(viscosity), bulk_rate(lattice, self.bulk_viscosity), self.higher)
        back = hermite_populations(lattice, kept)
        return [e + 0.5 * s + k for e, s, k in zip(feq, source, back, strict=True)]

    def odd_relaxation(self, viscosity):
        return 1.0 / self.higher[0] - 0.5
