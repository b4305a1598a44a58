"""Slices through the flow."""

from dataclasses import dataclass, field

from ..fields import CellField, Speed
from ..stage.colour import limits_of
from .drawing import Drawing
from .plane import FlowPlane


@dataclass(frozen=True)
class Slice(Drawing):
    """Quantity on a plane normal to an axis, over the whole box, trimmed by the surfaces of bodies and walls."""

    axis: int | None = None
    """Axis 0, 1 or 2; None: horizontal and across the flow."""
    at: float | None = None
    """Coordinate along the axis [m]; None: the middle of the body."""
    quantity: CellField = field(default_factory=Speed)

    def draw(self, stage, moment, time):
        plane, name = FlowPlane(moment, *moment.place(self.axis, self.at)), self.quantity.name
        positions = plane.to_edges
        stage.set_scale(name, limits_of(self.quantity.in_fluid(moment)), self.quantity.label)
        stage.add_slice(
            f"{name}_{'xyz'[plane.axis]}", positions, plane.values(self.quantity, positions),
            clearance=plane.clearance(positions), field_name=name, time=time,
        )
