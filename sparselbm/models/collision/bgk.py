"""Single relaxation time collision (Bhatnagar, Gross & Krook)."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType

from ...lattice import D3Q19, D3Q27, Lattice
from ...lattice.equilibrium import equilibrium
from ...lattice.forcing import guo_source_parts
from ...lattice.moments import macroscopic
from .cell_reynolds import CellReynoldsLimits
from .model import Collision, relaxation_rate


@dataclass(frozen=True)
class BGK(Collision):
    """BGK collision f* = f + omega (f^eq - f) + (1 - omega / 2) S.

    Source: Qian, d'Humieres & Lallemand 1992; S is Guo's source.
    """

    cell_reynolds_limits = MappingProxyType({
        D3Q19: CellReynoldsLimits(slip=10.0, oblique=10.0, walls=10.0, links=10.0, rim=5.0, developed=10.0),
        D3Q27: CellReynoldsLimits(slip=10.0, oblique=10.0, walls=10.0, links=10.0, rim=5.0, developed=10.0),
    })

    def collide(self, lattice: Lattice, f: Sequence, viscosity, force: Sequence) -> list:
        excess, u = macroscopic(lattice, f, force)
        feq = equilibrium(lattice, excess, u)
        omega = relaxation_rate(viscosity)
        even, odd = guo_source_parts(lattice, u, force)
        return [
            fq + omega * (e - fq) + (1.0 - 0.5 * omega) * (s + a) for fq, e, s, a in zip(f, feq, even, odd, strict=True)
        ]
