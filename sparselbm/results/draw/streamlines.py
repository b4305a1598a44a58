"""Streamlines."""

from dataclasses import dataclass

from ..fields import Speed
from ..stage.colour import limits_of
from .drawing import Drawing


@dataclass(frozen=True)
class Streamlines(Drawing):
    """Streamlines from a square of seeds near the inlet, coloured by speed; nothing if none can start."""

    count: int = 9
    """Number of seeds along a side of the square."""
    width: float | None = None
    """Line width [m]; None: relative to the extent of the lines."""

    def __post_init__(self):
        if self.count < 1:
            raise ValueError(f"count is {self.count}: pass at least 1 seed along a side")

    def draw(self, stage, moment, time):
        steps = 4 * max(moment.snapshot.domain.shape)
        lines, speeds = moment.snapshot.streamlines(moment.seeds(self.count), steps)
        if not lines:
            return
        speed = Speed()
        stage.set_scale(speed.name, limits_of(speed.in_fluid(moment)), speed.label)
        stage.add_streamlines("flow", lines, speeds, width=self.width, field_name=speed.name, time=time)
