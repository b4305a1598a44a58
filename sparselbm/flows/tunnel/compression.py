"""Estimated compression of the fluid along a wind tunnel."""

import math
from collections.abc import Sequence

import numpy as np

from ...lattice import CS2
from ...units import Units
from .body import TunnelBody
from .side import SideWall


def tunnel_compression(units: Units, bounds: np.ndarray, body: TunnelBody, walls: Sequence[SideWall]) -> float:
    """Estimated rho - 1 at the inlet of a wind tunnel [lattice density].

    It adds the drop C_d u^2 / 2 times the blockage B by the body, with the drag of a sphere between the sides, C_d = (24 / Re +
    6 / (1 + sqrt(Re)) + 0.4) / (1 - sqrt(B))^2, Re = u L / nu, and 12 nu u / h^2 over the length of the box between two no-slip
    walls at rest at the distance h, or 3 nu u / h^2 above one of them. `bounds`: of the box [m], (2, 3). Source: White, Viscous
    Fluid Flow (1974), for C_d.
    """
    re, blockage, size = units.reynolds(body.length), body.blockage(bounds), np.ptp(bounds, axis=0)
    drag = (24.0 / re + 6.0 / (1.0 + math.sqrt(re)) + 0.4) / (1.0 - min(0.8, math.sqrt(blockage))) ** 2
    stuck, along = [wall.face.axis for wall in walls if wall.is_still], body.stream.axis
    friction = sum((0.0, 3.0, 12.0)[stuck.count(k)] / size[k] ** 2 for k in range(3) if k != along)
    drop = 0.5 * drag * blockage * units.velocity**2 + friction * units.viscosity * units.velocity * size[along]
    return units.pressure_to_lattice(units.density * float(drop)) / CS2
