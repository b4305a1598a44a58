"""Values on the surface of the body."""

from dataclasses import dataclass

from ..fields import FIELDS, Pressure, Quantity, WallShearStress, field_named
from ..stage.colour import limits_of, magnitude
from .drawing import Drawing

SENSITIVITY, SENSITIVITY_LABEL = "sensitivity", "d C_d / d volume [1/m^3]"
COLOURS = (*(each.name for each in FIELDS if each.on_surfaces), SENSITIVITY)
"""Quantities of every flow that can be coloured."""


@dataclass(frozen=True)
class SurfaceValues(Drawing):
    """Fields on the surface, such as pressure and wall shear stress (a vector in world axes) [Pa], and further values of
    `FlowFrame.on_points`.

    Raises ValueError for a colour that is not in `COLOURS` and no field of the drawing.
    """

    colour: str = "pressure"
    """Quantity that sets the colours; the first field if the frame does not have it."""
    fields: tuple[Quantity, ...] = (Pressure(), WallShearStress())

    def __post_init__(self):
        if self.colour not in (*COLOURS, *(each.name for each in self.fields)):
            raise ValueError(f"colour is {self.colour!r}: use one of {', '.join(COLOURS)}")

    def draw(self, stage, moment, time):
        wanted = {each.name: each for each in self.fields}
        if self.colour in {each.name for each in FIELDS} and self.fields == SurfaceValues.fields:
            wanted.setdefault(self.colour, field_named(self.colour))
        fields = {name: each.on_surface(moment) for name, each in wanted.items()} | dict(moment.on_points)
        shown = self.colour if self.colour in fields else next(iter(wanted))
        label = SENSITIVITY_LABEL if shown == SENSITIVITY else field_named(shown).label
        stage.set_scale(shown, limits_of(magnitude(fields[shown])), label)
        stage.add_surface_fields(moment.body, fields, iteration=time, colour_by=shown)
