"""What a drawing is, and what it may look at."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ...geometry import TriangleMesh
from ...observe import Snapshot
from ...scene.usd import Body
from ..stage import ResultsStage
from .quantity import Quantity


@dataclass(frozen=True, eq=False)
class FlowFrame:
    """A flow at one moment around a body."""

    snapshot: Snapshot
    body: Body
    """As it was read: the prims that take values on its surface."""
    mesh: TriangleMesh
    """The body's surface as it stands now [m]; its points are those of `body`."""
    viscosity: float
    """Dynamic viscosity [Pa s]."""
    axis: int = 0
    """The flow comes along it, from its lower end."""
    up: int = 2
    """The axis that points upwards."""
    on_points: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Further values on the body's points, by name: `sensitivity`."""
    starts: np.ndarray | None = None
    """Where lines along the flow may begin [m], (k, 3); None: in a square behind the inlet of a box."""

    @property
    def across(self) -> int:
        """The level axis across the flow: slices perpendicular to it show the flow from the side."""
        return next(k for k in (1, 2, 0) if k not in (self.axis, self.up))

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the domain's box [m], (2, 3)."""
        domain = self.snapshot.domain
        low = np.asarray(domain.origin)
        return np.stack([low, low + np.asarray(domain.shape) * domain.voxel_size])

    @property
    def is_fluid(self) -> np.ndarray:
        """Cells less than half solid, (n, cells)."""
        return self.snapshot.domain.fluid & (self.snapshot.solid < 0.5)

    def values(self, quantity: Quantity) -> np.ndarray:
        """A quantity in the cells, (n, cells); NaN in solid and outside of the fluid."""
        return np.where(self.is_fluid, quantity.of(self.snapshot), np.nan)

    def seeds(self, count: int) -> np.ndarray:
        """Of `starts`, evenly, count x count; or a square of so many points two cells behind the inlet, a little wider than
        the body [m], (k, 3)."""
        if self.starts is not None:
            return self.starts[np.linspace(0, len(self.starts) - 1, min(count**2, len(self.starts))).astype(int)]
        low, high = self.mesh.bounds
        margin = 0.15 * (high - low)
        ticks = [np.linspace(low[k] - margin[k], high[k] + margin[k], count) for k in range(3)]
        ticks[self.axis] = self.bounds[0][[self.axis]] + 2.0 * self.snapshot.domain.voxel_size
        return np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).reshape(-1, 3)

    def plane(self, axis: int | None, at: float | None, every: int = 1) -> np.ndarray:
        """Points in a plane, (nu, nv, 3) [m]: centres of every so many cells, at a coordinate along its axis.

        None: across the flow and level; through the middle of the body.
        """
        domain, axis = self.snapshot.domain, self.across if axis is None else axis
        ticks = [domain.origin[k] + (np.arange(0, domain.shape[k], every) + 0.5) * domain.voxel_size for k in range(3)]
        ticks[axis] = np.array([self.mesh.centroid[axis] if at is None else at])
        return np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).squeeze(axis)


class Drawing(ABC):
    """One kind of drawing; its fields say what is drawn, and where."""

    each_time: ClassVar[bool] = True
    """False: too large to be drawn at each iteration of a study, but of its best flow alone."""

    @abstractmethod
    def draw(self, stage: ResultsStage, moment: FlowFrame, time: float | None) -> None:
        """Add it to the stage, at a time code, or at all times for None."""


def draw_all(drawings: Iterable[Drawing], stage: ResultsStage, moment: FlowFrame, time: float | None) -> None:
    """All of them at one time. With a time, what stands below /Results becomes a frame of its own."""
    for drawing in drawings:
        drawing.draw(stage, moment, time)
    if time is not None:
        stage.end_frame(time)
    else:
        stage.save()
