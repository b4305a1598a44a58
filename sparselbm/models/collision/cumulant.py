"""Cumulant collision (Geier, Schonherr, Pasquali & Krafczyk)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import comb, prod
from types import MappingProxyType
from typing import Any

from ...lattice import D3Q27, Lattice
from ...lattice.bases import Moments, pair
from ...lattice.moments import macroscopic
from ...trace.expression import total
from ...units import Unit
from ..in_si import in_si
from .cell_reynolds import CellReynoldsLimits
from .model import Collision, relaxation_rate
from .moving_frame import at_rest, moving_departure
from .relaxation import bulk_rate, check_rates, relaxed, require_product


@dataclass(frozen=True)
class Cumulant(Collision):
    """Relaxation of cumulants, C* = (1 - Lambda) (C - C^eq) + C^eq, with C^eq = 0 beyond second order.

    Cumulants are computed from the moments of c - u minus those of the Maxwellian, which changes C_200 by rho c_s^2 and no
    other, so that all numbers are small. Second cumulants are corrected for the error of the third moments on three
    velocities per axis, so that the viscosity does not depend on the flow speed. A force changes only the first cumulant.
    Source: Geier, Schonherr, Pasquali & Krafczyk, Comput. Math. Appl. 70 (2015) 507.
    """

    cell_reynolds_limits = MappingProxyType({
        D3Q27: CellReynoldsLimits(slip=50.0, oblique=50.0, walls=80.0, links=50.0, rim=30.0, developed=50.0),
    })

    bulk_viscosity: float | None = field(default=None, metadata=in_si(Unit(m=2, s=-1)))
    """Bulk viscosity zeta [cells^2 / step]; None: c_s^2 / d, which corresponds to the rate 1."""
    higher: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    """Relaxation rates of the cumulants of third to sixth order, in (0, 2)."""

    def __post_init__(self):
        check_rates(self, self.bulk_viscosity, self.higher)

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        require_product(self, lattice, "use D3Q27 or CentralMoment")
        omega, bulk = relaxation_rate(viscosity), bulk_rate(lattice, self.bulk_viscosity)
        nothing = [0.0] * lattice.dimension
        excess, v = macroscopic(lattice, f, nothing)
        rho = 1.0 + excess
        inverse = 1.0 / rho
        per_mass = {key: inverse * n for key, n in moving_departure(lattice, f, excess, v, nothing).items()}
        C = cumulants_of_moments(per_mass)
        kept = relaxed(lattice, C, omega, bulk, self.higher)
        for key, correction in _galilean_correction(lattice, C, v, omega, bulk).items():
            kept[key] = kept[key] + correction
        moving = {key: rho * m for key, m in moments_of_cumulants(kept).items()}
        moved = [vk + inverse * F for vk, F in zip(v, force, strict=True)]
        return at_rest(lattice, excess, moved, nothing, moving)

    def odd_relaxation(self, viscosity):
        return 1.0 / self.higher[0] - 0.5


def _galilean_correction(lattice: Lattice, C: Moments, v: Sequence, omega, bulk: float) -> Moments:
    """Correction -3 (1 - rate / 2) v_a^2 D_a v_a of the trace and the rest of C_aa, with D_a v_a computed from C itself."""
    axes = range(lattice.dimension)
    share = 1.0 / lattice.dimension
    mean = total(C[pair(lattice, a, a)] for a in axes) * share
    D = [-1.5 * (omega * (C[pair(lattice, a, a)] - mean) + bulk * mean) for a in axes]
    lack = [-3.0 * (v[a] * v[a]) * D[a] for a in axes]
    lack_mean = total(lack) * share
    return {
        pair(lattice, a, a): (1.0 - 0.5 * omega) * (lack[a] - lack_mean) + (1.0 - 0.5 * bulk) * lack_mean for a in axes
    }


def cumulants_of_moments(m: Mapping[tuple[int, ...], Any]) -> Moments:
    """Cumulants of order 2 and higher from central moments, both per mass."""
    c: Moments = {}
    for n in sorted(m, key=sum):
        c[n] = m[n] - total(count * (c[k] * m[rest]) for count, k, rest in _splittings(n))
    return c


def moments_of_cumulants(c: Mapping[tuple[int, ...], Any]) -> Moments:
    """Moments m_n = c_n + sum_k binomial(n - e, k - e) c_k m_(n - k), where all k contain one chosen factor e of n."""
    m: Moments = {}
    for n in sorted(c, key=sum):
        m[n] = c[n] + total(count * (c[k] * m[rest]) for count, k, rest in _splittings(n))
    return m


def _splittings(n: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
    """Ways to split n into two parts of order 2 or higher: multiplicity, part with the chosen factor, and the rest."""
    chosen = next(axis for axis, x in enumerate(n) if x)
    for k in product(*(range(int(axis == chosen), x + 1) for axis, x in enumerate(n))):
        rest = tuple(a - b for a, b in zip(n, k, strict=True))
        if sum(k) > 1 and sum(rest) > 1:
            yield prod(comb(x - (a == chosen), y - (a == chosen)) for a, (x, y) in enumerate(zip(n, k, strict=True))), k, rest
