"""Flow at one instant, as drawings take it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ...geometry import SurfaceQuery, TriangleMesh
from ...observe import Snapshot
from ...scene.usd import Body

_SLAB = 1.0 / 3.0
"""Thickness of a box, relative to its second smallest side, below which it is a slab."""


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
    density: float = 1.0
    """Density of the fluid [kg/m^3]."""
    velocity: float = 1.0
    """Reference velocity u of the flow [m/s]."""
    time: float | None = None
    """Simulated time of a flow over time [s]."""
    direction: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """Direction of the incoming flow, of any length."""
    up: int = 2
    """Vertical axis."""
    on_points: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Additional values on the body's points, by name, such as `sensitivity`."""
    starts: np.ndarray | None = None
    """Starting points of streamlines [m], (k, 3); None: a square behind the inlet of a box."""

    @property
    def dynamic_pressure(self) -> float:
        """rho U^2 / 2, with the reference velocity U [Pa]."""
        return 0.5 * self.density * self.velocity**2

    @property
    def axis(self) -> int:
        """Main axis of the incoming flow."""
        return int(np.argmax(np.abs(self.direction)))

    @property
    def across(self) -> int:
        """Normal of slices that show the flow best: the thin axis of a slab, else the horizontal axis across the flow."""
        size = np.ptp(self.bounds, axis=0)
        thin = int(np.argmin(size))
        if thin != self.axis and size[thin] < _SLAB * np.sort(size)[1]:
            return thin
        return next(k for k in (1, 2, 0) if k not in (self.axis, self.up))

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the domain's box [m], (2, 3)."""
        domain = self.snapshot.domain
        low = np.asarray(domain.origin)
        return np.stack([low, low + np.asarray(domain.shape) * domain.voxel_size])

    @cached_property
    def walls(self) -> tuple[tuple[float, SurfaceQuery], ...]:
        """Surface of each obstacle, after the sign that makes its distance negative in solid."""
        device = self.snapshot.domain.device
        return tuple((-1.0 if o.hollow else 1.0, SurfaceQuery(o.mesh, device=device)) for o in self.snapshot.obstacles)

    @property
    def is_fluid(self) -> np.ndarray:
        """Mask of cells that are less than half solid, (n, cells)."""
        return self.snapshot.domain.fluid & (self.snapshot.solid < 0.5)

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

    def place(self, axis: int | None, at: float | None) -> tuple[int, float]:
        """Axis and coordinate [m] of a plane. None: the horizontal axis across the flow; the middle of the body."""
        axis = self.across if axis is None else axis
        return axis, float(self.mesh.centroid[axis]) if at is None else at
