"""Central-moment collision, also called the cascaded collision (Geier)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ...lattice import D3Q19, D3Q27, Lattice
from ...lattice.moments import macroscopic
from ...units import Unit
from ..in_si import in_si
from .cell_reynolds import CellReynoldsLimits
from .model import Collision, relaxation_rate
from .moving_frame import at_rest, moving_departure
from .relaxation import bulk_rate, check_rates, relaxed


@dataclass(frozen=True)
class CentralMoment(Collision):
    """Relaxation of the Hermite moments of c - u, kappa_abc = sum_q f_q H_a(c_x - u_x) H_b(c_y - u_y) H_c(c_z - u_z).

    kappa* = kappa^eq + S / 2 + (1 - Lambda) (kappa - kappa^eq + S / 2).

    The Maxwellian has kappa_000 = rho alone, and the source of a force S_100 = F_x alone. Powers of c - u in place of Hermite's
    polynomials, as in the cascaded method, would have the stress relax at the rate of the fourth moments too: then walls that
    read the curvature of the flow from the populations (`ParabolicInterpolation`) are wrong by a factor 1 / (6 nu).
    Source: Geier, Greiner & Korvink, Phys. Rev. E 73 (2006) 066705; with Hermite polynomials: Coreixas, Chopard & Latt, Phys.
    Rev. E 100 (2019) 033305.
    """

    cell_reynolds_limits = MappingProxyType({
        D3Q19: CellReynoldsLimits(slip=50.0, oblique=50.0, walls=50.0, links=50.0, rim=5.0, developed=10.0),
        D3Q27: CellReynoldsLimits(slip=80.0, oblique=80.0, walls=50.0, links=50.0, rim=5.0, developed=10.0),
    })

    bulk_viscosity: float | None = field(default=None, metadata=in_si(Unit(m=2, s=-1)))
    """Bulk viscosity zeta [cells^2 / step]; None: c_s^2 / d, which corresponds to the rate 1."""
    higher: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """Relaxation rates of the moments of third to sixth order, in (0, 2)."""

    def __post_init__(self):
        check_rates(self, self.bulk_viscosity, self.higher)

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        kappa = moving_departure(lattice, f, excess, u, force)
        kept = relaxed(lattice, kappa, relaxation_rate(viscosity), bulk_rate(lattice, self.bulk_viscosity), self.higher)
        return at_rest(lattice, excess, u, force, kept)

    def odd_relaxation(self, viscosity):
        return 1.0 / self.higher[0] - 0.5
