"""Fields on the surfaces of bodies and walls only."""

from dataclasses import dataclass

import numpy as np

from .quantity import Quantity


@dataclass(frozen=True)
class WallShearStress(Quantity):
    """tau_w = mu du_t / dn, a vector (n, 3): that of the frame, such as one from the populations, else `Snapshot.wall_shear`."""

    name, words, unit = "shear", "wall shear stress", "Pa"

    def on_surface(self, frame):
        known = frame.on_points.get("shear")
        return frame.snapshot.wall_shear(frame.mesh, frame.viscosity) if known is None else known


@dataclass(frozen=True)
class YPlus(Quantity):
    """Distance y+ = u_tau y / nu of the centres of the first cells from a wall, with u_tau = (|tau_w| / rho)^(1/2) and y = h / 2
    for cells of the edge h.

    Source: White, Viscous Fluid Flow (2006), 6-4.
    """

    name, words, unit = "y_plus", "y+", ""

    def on_surface(self, frame):
        shear = np.linalg.norm(WallShearStress().on_surface(frame), axis=1)
        return 0.5 * frame.snapshot.domain.voxel_size * np.sqrt(shear * frame.density) / frame.viscosity
