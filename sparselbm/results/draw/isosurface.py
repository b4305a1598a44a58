"""Isosurfaces of the flow."""

from dataclasses import dataclass, field

import numpy as np

from ...grid import isosurface, sample
from ..fields import CellField, QCriterion, Speed
from ..stage.colour import limits_of
from .drawing import Drawing

SHARE = 99.0
"""Percentage of the flow that is below the default value."""


@dataclass(frozen=True)
class Isosurface(Drawing):
    """Isosurface of a quantity, coloured by another; nothing if the value does not occur."""

    quantity: CellField = field(default_factory=QCriterion)
    value: float | None = None
    """Value [SI]; None: the one that one per cent of the flow exceeds."""
    colour: CellField = field(default_factory=Speed)

    def __post_init__(self):
        if self.value is not None and not np.isfinite(self.value):
            raise ValueError(f"value is {self.value}: pass a finite value, or None to choose one from the flow")

    def draw(self, stage, moment, time):
        values, domain = self.quantity.in_fluid(moment), moment.snapshot.domain
        value = np.nanpercentile(values, SHARE) if self.value is None else self.value
        surface = isosurface(domain, values, float(value))
        if surface is None:
            return
        stage.set_scale(self.colour.name, limits_of(self.colour.in_fluid(moment)), self.colour.label)
        shown = np.nan_to_num(sample(domain, self.colour.of(moment), surface.points))
        stage.add_surface(self.quantity.name, surface, shown, field_name=self.colour.name, time=time)
