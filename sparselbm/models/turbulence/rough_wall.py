"""Rough wall, such as the ground below the wind: friction by the logarithmic law of the fully rough surface layer."""

from dataclasses import dataclass, field

from ...trace.expression import log, sqrt
from ...units import Unit
from ..boundary.face import Face
from ..in_si import in_si
from ..model_parameter import ModelParameter
from .wall_stress import WallStress

KAPPA = 0.4
"""Von Karman's constant."""


def rough_friction(speed, roughness_length):
    """Friction k = tau_w / (rho |u|) at a `speed` |u_free| before the loss; C = (kappa / ln((z_1 + z_0) / z_0))^2, z_1 = 1/2.

    tau_w = rho C |u|^2 at the speed |u| = |u_free| / (1 + k) after the loss, so that k (1 + k) = C |u_free|.
    """
    root = KAPPA / log((0.5 + roughness_length) / roughness_length)
    drag = root * root * speed
    return 2.0 * drag / (1.0 + sqrt(1.0 + 4.0 * drag))


@dataclass(frozen=True)
class RoughWall(WallStress):
    """Fully rough wall with the aerodynamic roughness length z_0: u = u_tau / kappa ln((z + z_0) / z_0), kappa = 0.4, so that

    tau_w = rho (kappa u_1 / ln((z_1 + z_0) / z_0))^2 with the velocity u_1 of the first cell, at z_1 = 1/2: see `WallStress`.
    The viscosity of the fluid has no effect. A wall of sand grains of the size k_s has z_0 = k_s / 30.

    Raises ValueError unless z_0 is above 0 and below z_1. Source: Richards & Hoxey, J. Wind Eng. Ind. Aerodyn. 46 (1993) 145.
    Parameter: `roughness_length`.
    """

    face: Face
    roughness_length: float = field(metadata=in_si(Unit(m=1)))
    """z_0 [cells]."""

    def __post_init__(self):
        fault = self.parameters(3)[0].fault
        if fault is not None:
            raise ValueError(f"RoughWall: {fault}; use larger cells, whose centres lie above the roughness length")

    def parameters(self, dimension):
        return (
            ModelParameter(
                "roughness_length", self.roughness_length, "cells", "below the centre of the first cell", above=0.0, below=0.5
            ),
        )

    def friction(self, speed, value):
        return rough_friction(speed, value["roughness_length"])

    def origin(self, value):
        return value["roughness_length"]
