"""Values on the surface of the body."""

from dataclasses import dataclass

from ..stage.colour import limits_of, magnitude
from .drawing import Drawing

LABELS = {"pressure": "pressure [Pa]", "shear": "wall shear [Pa]", "sensitivity": "d C_d / d volume [1/m^3]"}
"""Legend labels of the quantities that can be coloured."""


@dataclass(frozen=True)
class SurfaceValues(Drawing):
    """Surface `pressure` and `shear` (a vector in world axes) [Pa], and further values of `FlowFrame.on_points`.

    Raises ValueError for a colour that is not in `LABELS`.
    """

    colour: str = "pressure"
    """Quantity that sets the colours; `pressure` if the frame does not have it."""

    def __post_init__(self):
        if self.colour not in LABELS:
            raise ValueError(f"colour is {self.colour!r}: use one of {', '.join(LABELS)}")

    def draw(self, stage, moment, time):
        fields = {
            "pressure": moment.snapshot.surface_pressure(moment.mesh),
            "shear": moment.snapshot.wall_shear(moment.mesh, moment.viscosity), **moment.on_points,
        }
        shown = self.colour if self.colour in fields else "pressure"
        stage.set_scale(shown, limits_of(magnitude(fields[shown])), LABELS[shown])
        stage.add_surface_fields(moment.body, fields, iteration=time, colour_by=shown)
