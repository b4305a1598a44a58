"""Inlets and outlets on a part of a side of a wind tunnel, such as the window and the door of a room, in SI units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...errors import WindTunnelError
from ...geometry import TriangleMesh
from ...models.boundary import Face

Vector = tuple[float, float, float]


@dataclass(frozen=True, kw_only=True, eq=False)
class PartInlet:
    """Inlet on the part of a side that the footprint of a surface covers, with the same velocity everywhere.

    The flow rate is that given, or Q = u d_n A of a speed u along the unit vector d, with the area A of the footprint. Raises
    WindTunnelError without one of speed and flow rate, and for values that are not finite or not above 0.
    """

    mesh: TriangleMesh
    """Rectangle, disc or any other surface at a side; its silhouette along the normal of the side is the footprint."""
    velocity: float | None = None
    """Speed u of the inflow [m / s]."""
    flow_rate: float | None = None
    """Flow rate Q into the tunnel [m^3 / s], instead of the speed."""
    direction: Vector | None = None
    """Direction d of the inflow, of any length; None: across the side."""

    def __post_init__(self):
        given = {name: getattr(self, name) for name in ("velocity", "flow_rate") if getattr(self, name) is not None}
        if len(given) != 1:
            raise WindTunnelError(f"velocity is {self.velocity} and flow_rate is {self.flow_rate}: give one of them")
        for name, value in given.items():
            if not (math.isfinite(value) and value > 0.0):
                raise WindTunnelError(f"{name} is {value}: it must be finite and above 0")
        if self.direction is not None and not (np.isfinite(self.direction).all() and any(self.direction)):
            raise WindTunnelError(f"the direction of the inflow is {self.direction}: it must be finite and not 0")

    def along(self, face: Face) -> np.ndarray:
        """Unit vector d of the inflow through a side, (3,). Raises WindTunnelError if it does not point into the box."""
        inward = face.inward * np.eye(3)[face.axis]
        d = inward if self.direction is None else np.array(self.direction) / math.hypot(*self.direction)
        if not d @ inward > 1e-6:
            raise WindTunnelError(
                f"the direction is {self.direction}, which does not point into the box at {face.whole}: the component along "
                f"{'xyz'[face.axis]} must be {'above' if face.end == 0 else 'below'} 0; use an outlet where the flow leaves"
            )
        return d

    def rate(self, across: float, area: float) -> float:
        """Flow rate Q [m^3 / s] with the component d_n across the side, through an area [m^2]."""
        if self.flow_rate is not None:
            return self.flow_rate
        assert self.velocity is not None, "an inlet has a velocity or a flow rate"
        return self.velocity * across * area


@dataclass(frozen=True, kw_only=True, eq=False)
class PartOutlet:
    """Pressure outlet on the part of a side that the footprint of a surface covers. Raises WindTunnelError for a pressure that is
    not finite."""

    mesh: TriangleMesh
    """Rectangle, disc or any other surface at a side; its silhouette along the normal of the side is the footprint."""
    pressure: float = 0.0
    """Pressure [Pa]; only differences between outlets drive a flow."""

    def __post_init__(self):
        if not math.isfinite(self.pressure):
            raise WindTunnelError(f"the pressure is {self.pressure} Pa, but must be finite: correct it")


Part = PartInlet | PartOutlet
"""Condition on a part of a side of a tunnel."""
