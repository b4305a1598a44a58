"""Surfaces of one value."""

from dataclasses import dataclass, field

import numpy as np

from ...grid import isosurface, sample
from ..stage.colour import limits_of
from .drawing import Drawing
from .quantity import QCriterion, Quantity, Speed

SHARE = 99.0
"""Per cent of the flow that lies below the value which is taken where none is given."""


@dataclass(frozen=True)
class Isosurface(Drawing):
    """The surface on which a quantity has a value, coloured by another; nothing where it has it nowhere."""

    quantity: Quantity = field(default_factory=QCriterion)
    value: float | None = None
    """[SI]; None: that which one per cent of the flow exceeds."""
    colour: Quantity = field(default_factory=Speed)

    def __post_init__(self):
        if self.value is not None and not np.isfinite(self.value):
            raise ValueError(f"value = {self.value}: give a finite one, or None for one that fits the flow")

    def draw(self, stage, moment, time):
        values, domain = moment.values(self.quantity), moment.snapshot.domain
        value = np.nanpercentile(values, SHARE) if self.value is None else self.value
        surface = isosurface(domain, values, float(value))
        if surface is None:
            return
        stage.set_scale(self.colour.name, limits_of(moment.values(self.colour)), self.colour.label)
        shown = np.nan_to_num(sample(domain, self.colour.of(moment.snapshot), surface.points))
        stage.add_surface(self.quantity.name, surface, shown, field_name=self.colour.name, time=time)
