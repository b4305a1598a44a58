"""Values on the body's own surface."""

from dataclasses import dataclass

from ..stage.colour import limits_of, magnitude
from .drawing import Drawing

LABELS = {"pressure": "pressure [Pa]", "shear": "wall shear [Pa]", "sensitivity": "d C_d / d volume [1/m^3]"}
"""What the colours may show, and the words beside the legend."""


@dataclass(frozen=True)
class SurfaceValues(Drawing):
    """`pressure` and `shear` (a vector in world axes) [Pa], and what else `Moment.on_points` holds, on the body's prims.

    Raises ValueError for a colour that is none of `LABELS`.
    """

    colour: str = "pressure"
    """Which of them gives the colours; `pressure` where the moment does not hold it."""

    def __post_init__(self):
        if self.colour not in LABELS:
            raise ValueError(f"colour = {self.colour!r}: choose one of {', '.join(LABELS)}")

    def draw(self, stage, moment, time):
        fields = {
            "pressure": moment.snapshot.surface_pressure(moment.mesh),
            "shear": moment.snapshot.wall_shear(moment.mesh, moment.viscosity), **moment.on_points,
        }  # fmt: skip
        shown = self.colour if self.colour in fields else "pressure"
        stage.set_scale(shown, limits_of(magnitude(fields[shown])), LABELS[shown])
        stage.add_surface_fields(moment.body, fields, iteration=time, colour_by=shown)
