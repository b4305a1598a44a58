"""Options of a wind tunnel: its free stream, box and sides, in SI units."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import warp as wp

from ...errors import WindTunnelError
from ...geometry import SolidFraction, TriangleMesh
from ...models.boundary import Face
from ...models.wall import BounceBack
from ..inflow_setup import InflowSetup
from ..motion.body_motion import BodyMotion
from ..motion.body_rotation import BodyRotation
from ..physics.options import FlowOptions
from .body import TunnelBody
from .inflow_profile import InflowProfile
from .part import Part
from .side import Side, SideCondition, SideWall
from .sides import TunnelSides
from .stream import Stream


@dataclass(frozen=True, kw_only=True)
class TunnelOptions(FlowOptions, ABC):
    """Options of a box with a free stream past a body. Its sides are inlets where the stream enters, pressure outlets where it
    leaves, and free slip along it, or as `sides` specifies.

    Lengths of the box are multiples of L, the largest extent across the flow of the body, or of its part in the box of
    `corners`. Re = u L / nu. The default voxel size is L / 16. The main axis is that of the largest component of the stream.
    """

    velocity: float | None = 1.0
    """Speed u of the free stream [m / s], at the reference height of a profile; None: Re nu / L of `reynolds` and `viscosity`."""
    direction: tuple[float, float, float] = (1.0, 0.0, 0.0)
    """Direction of the free stream before it is turned by `yaw` and `angle_of_attack`, of any length: see `Stream`."""
    yaw: float = 0.0
    """Angle of the stream about the vertical axis [degrees]."""
    angle_of_attack: float = 0.0
    """Angle at which the stream rises [degrees]."""
    up: int | None = None
    """Vertical axis, along which lift acts: 0, 1 or 2; None: that of the scene, else z."""
    upstream: float = 2.0
    """Distance from the inlet to the body along the main axis [L]."""
    downstream: float = 4.0
    """Distance from the body to the outlet along the main axis [L]."""
    side: float = 1.5
    """Distance from the body to each other side [L]."""
    reference_length: float | None = None
    """Length to which the Reynolds and Strouhal numbers refer [m]; None: L of the part of the body that stands in the box."""
    reference_area: float | None = None
    """Area to which force coefficients refer [m^2]; None: silhouette along the flow of that part."""
    corners: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Lower and upper corner of the box [m], instead of the three distances; the upper one is moved out to whole tiles."""
    moment_centre: tuple[float, float, float] | None = None
    """Point to which moments refer [m]; None: the centre of the bounding box of that part."""
    sides: tuple[Side, ...] = ()
    """Inlets, outlets, walls, planes of symmetry and periodic sides; the other sides follow the stream."""
    openings: Mapping[str, Part] = field(default_factory=dict)
    """Inlets and outlets on parts of the sides, by name; the rest of a side keeps its condition."""
    road: bool = False
    """Whether the box ends at the lower end of the body along the vertical axis, on a wall that moves with the stream."""
    conditions: tuple[SideCondition, ...] = ()
    """Boundary conditions in place of the tunnel's own; empty: velocity inlet, pressure outlet, moving walls and free slip."""
    profile: InflowProfile | None = None
    """Velocity profile of the free stream; None: uniform."""
    rotating: Mapping[str, BodyRotation] = field(default_factory=dict)
    """Bodies whose surface turns in its place, by name."""
    moving: Mapping[str, BodyMotion] = field(default_factory=dict)
    """Bodies that move through the flow, by name; `bodies` of `around` are where they are at the beginning of the run."""
    wall: SolidFraction | BounceBack = field(default_factory=SolidFraction)
    """Wall model of all bodies. Only bodies with a solid fraction can be moved and optimised."""

    @abstractmethod
    def around(
        self, bodies: Mapping[str, TriangleMesh], obstacle: str, *, device: wp.DeviceLike | None = None
    ) -> InflowSetup:
        """Returns the checked set-up around the obstacle; the other bodies are in the tunnel too."""

    def body(self, name: str, mesh: TriangleMesh, box: np.ndarray | None) -> TunnelBody:
        """The body in the tunnel; `box`: corners [m] of a box that may cut it, (2, 3), None: it contains all of it."""
        return TunnelBody(
            name=name, mesh=mesh, stream=self.stream, box=box, given_length=self.reference_length, given_area=self.reference_area,
            given_centre=self.moment_centre,
        )

    @property
    def stream(self) -> Stream:
        """The free stream."""
        return Stream(self.direction, self.yaw, self.angle_of_attack, 2 if self.up is None else self.up)

    @property
    def all_sides(self) -> TunnelSides:
        """Conditions on all six sides."""
        road = ()
        if self.road:
            u = (self.velocity or 0.0) * self.stream.unit
            road = (SideWall(Face(self.stream.up, 0), tuple(np.where(np.arange(3) == self.stream.up, 0.0, u).tolist())),)
        return TunnelSides(
            self.stream, (*self.sides, *road), self.forces.driven, is_driven=bool(self.moving),
            parts=tuple(self.openings.values()),
        )

    def check(self) -> None:
        """Raises WindTunnelError for options that do not fit together, independently of the bodies."""
        self.require_positive(WindTunnelError)
        for name in ("upstream", "downstream", "side"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value > 0):
                raise WindTunnelError(f"{name} is {value} L: it must be above 0, since the body may not touch the ends")
        if self.corners is not None and not np.all(np.array(self.corners[0]) < np.array(self.corners[1])):
            raise WindTunnelError(
                f"the box from {self.corners[0]} to {self.corners[1]} m is empty: pass the lower corner first"
            )
        if self.velocity is None and self.viscosity is None:
            raise WindTunnelError("velocity is None, and so is viscosity: give two of velocity, viscosity and Reynolds number")
        if self.velocity is not None and not (math.isfinite(self.velocity) and self.velocity > 0.0):
            raise WindTunnelError(f"the velocity is {self.velocity} m/s: it must be finite and above 0; use direction to turn it")
        if self.road and self.stream.unit[self.stream.up]:
            raise WindTunnelError(
                f"the stream is {self.stream}, which crosses the road: set the angle of attack to 0, or leave the road out"
            )
        self.all_sides.check()
        for k in self.forces.controlled:
            if not self.all_sides.periodic[k]:
                raise WindTunnelError(
                    f"mean_velocity is {self.forces.mean_velocity} m/s and flow_rate {self.forces.flow_rate} m^3/s, but the "
                    f"sides along {'xyz'[k]} are not periodic: make both periodic, or set the component to 0 and give an inlet"
                )
