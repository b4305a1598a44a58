"""Central-moment collision, also called the cascaded collision (Geier)."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ...lattice import CS2, D3Q19, D3Q27, Lattice
from ...lattice.bases import widened
from ...lattice.moments import macroscopic
from .cell_reynolds import CellReynoldsLimits
from .model import Collision, relaxation_rate
from .moving_frame import at_rest, moving_departure
from .relaxation import bulk_rate, check_rates, relaxed


@dataclass(frozen=True)
class CentralMoment(Collision):
    """Relaxation of central moments kappa_abc = sum_q f_q (c - u)^abc to those of the Maxwellian.

    kappa* = kappa^eq + S / 2 + (1 - Lambda) (kappa - kappa^eq + S / 2).

    kappa^eq are the Maxwellian central moments that the lattice represents: rho, rho c_s^2 = kappa_200,
    rho c_s^4 = kappa_220, rho c_s^6 = kappa_222, odd ones 0. Force: S_100 = F_x, S_120 = c_s^2 F_x, S_122 = c_s^4 F_x.
    Source: Geier, Greiner & Korvink, Phys. Rev. E 73 (2006) 066705; De Rosis, Phys. Rev. E 95 (2017) 013310.
    """

    cell_reynolds_limits = MappingProxyType({
        D3Q19: CellReynoldsLimits(slip=50.0, walls=50.0, links=8.0, rim=5.0, developed=10.0),
        D3Q27: CellReynoldsLimits(slip=80.0, walls=50.0, links=30.0, rim=5.0, developed=10.0),
    })

    bulk_viscosity: float | None = None
    """Bulk viscosity zeta [cells^2 / step]; None: c_s^2 / d, which corresponds to the rate 1."""
    higher: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """Relaxation rates of the moments of third to sixth order, in (0, 2)."""

    def __post_init__(self):
        check_rates(self, self.bulk_viscosity, self.higher)

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        kappa = widened(lattice, moving_departure(lattice, f, excess, u, force), CS2)
        kept = relaxed(kappa, relaxation_rate(viscosity), bulk_rate(lattice, self.bulk_viscosity), self.higher)
        return at_rest(lattice, excess, u, force, widened(lattice, kept, -CS2))

    def odd_relaxation(self, viscosity):
        return 1.0 / self.higher[0] - 0.5
