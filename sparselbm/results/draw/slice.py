"""Slices through the flow."""

from dataclasses import dataclass, field

import numpy as np

from ...grid import sample
from ..stage.colour import limits_of
from .drawing import Drawing
from .quantity import Quantity, Speed


@dataclass(frozen=True)
class Slice(Drawing):
    """Quantity on a plane normal to an axis, with gaps where there is no fluid."""

    axis: int | None = None
    """Axis 0, 1 or 2; None: horizontal and across the flow."""
    at: float | None = None
    """Coordinate along the axis [m]; None: the middle of the body."""
    quantity: Quantity = field(default_factory=Speed)

    def draw(self, stage, moment, time):
        positions = moment.plane(self.axis, self.at)
        snapshot, flat = moment.snapshot, positions.reshape(-1, 3)
        cells = np.where(snapshot.domain.fluid, self.quantity.of(snapshot), np.nan)
        values = sample(snapshot.domain, cells, flat)
        values[sample(snapshot.domain, snapshot.solid, flat) > 0.5] = np.nan
        name = self.quantity.name
        stage.set_scale(name, limits_of(moment.values(self.quantity)), self.quantity.label)
        axis = moment.across if self.axis is None else self.axis
        stage.add_slice(
            f"{name}_{'xyz'[axis]}", positions, values.reshape(positions.shape[:2]), field_name=name, time=time
        )
