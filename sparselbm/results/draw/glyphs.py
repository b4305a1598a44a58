"""Velocity arrows."""

from dataclasses import dataclass

import numpy as np

from ...grid import sample
from ..fields import Speed
from ..stage.colour import limits_of
from .drawing import Drawing
from .plane import FlowPlane


@dataclass(frozen=True)
class Glyphs(Drawing):
    """Arrows along the velocity in a plane, with length proportional to the speed."""

    axis: int | None = None
    """Axis normal to the plane, as in `Slice.axis`."""
    at: float | None = None
    """Coordinate of the plane, as in `Slice.at`."""
    every: int = 3
    """Number of cells between arrows; the longest arrow is 1.5 times as long."""

    def __post_init__(self):
        if self.every < 1:
            raise ValueError(f"every is {self.every}: pass at least 1 cell between arrows")

    def draw(self, stage, moment, time):
        domain, plane = moment.snapshot.domain, FlowPlane(moment, *moment.place(self.axis, self.at))
        positions = plane.centres(self.every).reshape(-1, 3)
        velocity = sample(domain, np.where(moment.is_fluid[..., None], moment.snapshot.velocity, np.nan), positions)
        known, speed = np.isfinite(velocity).all(axis=1), Speed()
        stage.set_scale(speed.name, limits_of(speed.in_fluid(moment)), speed.label)
        stage.add_glyphs(
            "velocity", positions[known], velocity[known], length=1.5 * self.every * domain.voxel_size,
            field_name=speed.name, time=time,
        )
