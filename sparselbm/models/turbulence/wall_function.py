"""Smooth wall at high Reynolds numbers: friction by a wall law instead of the gradient across the first cell."""

from dataclasses import dataclass, field
from math import inf

from ...trace.expression import power, where
from ...units import Unit
from ..boundary.face import Face
from ..in_si import in_si
from ..model_parameter import ModelParameter
from .wall_stress import WallStress

_A, _B = 8.3, 1.0 / 7.0
"""Wall law u+ = A (y+)^B outside the viscous sublayer, u+ = y+ within it (y+ up to 11.8)."""


def friction(speed, viscosity):
    """Friction tau_w / (rho |u|) of a cell of height 1 with mean velocity u, from u+ = y+ and u+ = 8.3 (y+)^(1/7):

    2 nu if |u| <= nu / 2 A^(2 / (1 - B)), and above it
    [(1 - B) / 2 A^((1 + B) / (1 - B)) nu^(1 + B) + (1 + B) / A nu^B |u|]^(2 / (1 + B)) / |u|.
    Source: Werner & Wengle, 8th Symposium on Turbulent Shear Flows (1991), in Turbulent Shear Flows 8 (1993) 155.
    """
    limit = 0.5 * viscosity * _A ** (2.0 / (1.0 - _B))
    fast = where(speed > limit, speed, limit)
    core = 0.5 * (1.0 - _B) * _A ** ((1.0 + _B) / (1.0 - _B)) * power(viscosity, 1.0 + _B)
    turbulent = power(core + (1.0 + _B) / _A * power(viscosity, _B) * fast, 2.0 / (1.0 + _B)) / fast
    return where(speed > limit, turbulent, 2.0 * viscosity)


@dataclass(frozen=True)
class WallFunction(WallStress):
    """Smooth wall whose stress is that of the law of Werner & Wengle (1993) for the velocity of the first cell: see `friction`
    and `WallStress`.

    The stress follows the law at the new speed within about 0.2 %. Parameter: `viscosity` [cells^2 / step] of the fluid; it does
    not follow changes of the simulation's own.
    """

    face: Face
    viscosity: float = field(metadata=in_si(Unit(m=2, s=-1)))
    """nu [cells^2 / step]."""

    def __post_init__(self):
        if not 0.0 < self.viscosity < inf:
            raise ValueError(f"WallFunction(viscosity={self.viscosity}): must be above 0 and finite; use that of the simulation")

    def parameters(self, dimension):
        return (ModelParameter("viscosity", self.viscosity, "cells^2/step", "that of the fluid", above=0.0),)

    def friction(self, speed, value):
        return friction(speed, value["viscosity"])
