"""Base class of drawings, and the flow frame that they draw."""

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
    """Flow around a body at one instant."""

    snapshot: Snapshot
    body: Body
    """Body as read from the scene, whose prims receive the surface values."""
    mesh: TriangleMesh
    """Current surface of the body [m]; its points correspond to those of `body`."""
    viscosity: float
    """Dynamic viscosity [Pa s]."""
    direction: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """Direction of the incoming flow, of any length."""
    up: int = 2
    """Vertical axis."""
    on_points: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Additional values on the body's points, by name, such as `sensitivity`."""
    starts: np.ndarray | None = None
    """Starting points of streamlines [m], (k, 3); None: a square behind the inlet of a box."""

    @property
    def axis(self) -> int:
        """Main axis of the incoming flow."""
        return int(np.argmax(np.abs(self.direction)))

    @property
    def across(self) -> int:
        """Horizontal axis across the flow: slices normal to it show the flow from the side."""
        return next(k for k in (1, 2, 0) if k not in (self.axis, self.up))

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the domain's box [m], (2, 3)."""
        domain = self.snapshot.domain
        low = np.asarray(domain.origin)
        return np.stack([low, low + np.asarray(domain.shape) * domain.voxel_size])

    @property
    def is_fluid(self) -> np.ndarray:
        """Mask of cells that are less than half solid, (n, cells)."""
        return self.snapshot.domain.fluid & (self.snapshot.solid < 0.5)

    def values(self, quantity: Quantity) -> np.ndarray:
        """Values of a quantity in the cells, (n, cells); NaN in solid and outside the fluid."""
        return np.where(self.is_fluid, quantity.of(self.snapshot), np.nan)

    def seeds(self, count: int) -> np.ndarray:
        """Seed points [m], (k, 3): count x count of `starts`, evenly spaced, or count x count in a square two cells behind the
        inlet that is slightly wider than the body and lies upstream of it, as far as the box reaches."""
        if self.starts is not None:
            return self.starts[np.linspace(0, len(self.starts) - 1, min(count**2, len(self.starts))).astype(int)]
        low, high = self.mesh.bounds
        margin = 0.15 * (high - low)
        ticks = [np.linspace(low[k] - margin[k], high[k] + margin[k], count) for k in range(3)]
        along, inset = self.direction[self.axis], 2.0 * self.snapshot.domain.voxel_size
        end = 0 if along > 0.0 else 1
        ticks[self.axis] = self.bounds[end][[self.axis]] + (inset if end == 0 else -inset)
        upstream = float(ticks[self.axis][0] - 0.5 * (low + high)[self.axis]) / along
        for k in range(3):
            if k != self.axis and self.direction[k]:
                ticks[k] = np.clip(ticks[k] + upstream * self.direction[k], self.bounds[0, k] + inset, self.bounds[1, k] - inset)
        return np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).reshape(-1, 3)

    def plane(self, axis: int | None, at: float | None, every: int = 1) -> np.ndarray:
        """Points in a plane, (nu, nv, 3) [m]: centres of every `every`-th cell, at a coordinate along its axis.

        None: the horizontal axis across the flow; the middle of the body.
        """
        domain, axis = self.snapshot.domain, self.across if axis is None else axis
        ticks = [domain.origin[k] + (np.arange(0, domain.shape[k], every) + 0.5) * domain.voxel_size for k in range(3)]
        ticks[axis] = np.array([self.mesh.centroid[axis] if at is None else at])
        return np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1).squeeze(axis)


class Drawing(ABC):
    """Drawing; its fields specify what is drawn, and where."""

    each_time: ClassVar[bool] = True
    """Whether it is drawn at each iteration of a study; False for large drawings, which are made of the best flow only."""
    over_time: ClassVar[bool] = True
    """Whether it is drawn at each time of an unsteady flow; False for animations of a flow that does not change."""

    @abstractmethod
    def draw(self, stage: ResultsStage, moment: FlowFrame, time: float | None) -> None:
        """Adds the drawing to the stage at a time code, or for all times if None."""


def draw_all(drawings: Iterable[Drawing], stage: ResultsStage, moment: FlowFrame, time: float | None) -> None:
    """Adds all drawings at one time. With a time, everything below /Results becomes a separate frame."""
    for drawing in drawings:
        drawing.draw(stage, moment, time)
    if time is not None:
        stage.end_frame(time)
    else:
        stage.save()
