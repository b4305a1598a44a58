"""Wind over rough ground and other walls of a tunnel: what the cells can hold, and what fits together."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import WindTunnelError
from ...models.turbulence.rough_wall import KAPPA
from ...units import Units, is_below
from .inflow_profile import HeightProfile, InflowProfile, LogLawProfile
from .side import SideWall
from .stream import Stream

_ELEMENTS = 10.0
"""Height of the roughness elements [z_0], below which the logarithmic law does not hold. Source: Garratt, The Atmospheric
Boundary Layer (1992), chapter 4."""
_FULLY_ROUGH = 2.3
"""Roughness Reynolds number u_tau z_0 / nu above which the viscosity has no effect: k_s+ = 70 with k_s = 30 z_0. Source:
Schlichting, Boundary-Layer Theory (1979), chapter 20."""


@dataclass(frozen=True, eq=False)
class SurfaceLayer:
    """Free stream over the walls of a tunnel."""

    walls: Sequence[SideWall]
    profile: InflowProfile | None
    """Profile of the free stream."""
    stream: Stream
    units: Units
    shape: Sequence[int]
    """Number of cells along each axis."""

    @property
    def _rough(self) -> Iterator[tuple[SideWall, float]]:
        """The rough walls and their roughness lengths [m]."""
        return ((each, each.roughness_length) for each in self.walls if each.roughness_length is not None)

    @property
    def _first(self) -> float:
        """Height of the centres of the first cells [m]."""
        return 0.5 * self.units.voxel_size

    def check(self) -> None:
        """Raises WindTunnelError for a roughness length that reaches the centres of the first cells, and for a wall that moves
        with a stream that varies over it."""
        for wall, rough in self._rough:
            if not is_below(rough, self._first):
                raise WindTunnelError(
                    f"{wall.face}: roughness_length is {rough:.4g} m, but the centres of the first cells are at "
                    f"{self._first:.4g} m, and must lie above it: use a voxel_size above {2.0 * rough:.4g} m, better "
                    f"{2.0 * _ELEMENTS * rough:.4g} m, or resolve the obstacles on the ground as bodies"
                )
        for wall in self.walls:
            if wall.velocity is None and isinstance(self.profile, HeightProfile) and wall.face.axis != self.stream.up:
                raise WindTunnelError(
                    f"{wall.face}: the wall moves with the stream, whose velocity depends on the height, which varies over the "
                    "wall: give it a velocity, or make it a plane of symmetry"
                )

    @property
    def doubts(self) -> tuple[str, ...]:
        """Doubts about cells among the roughness elements, about smooth ground, and about a profile of another ground."""
        return (*self._doubts_of_cells(), *self._doubts_of_profile())

    def _doubts_of_cells(self) -> Iterator[str]:
        for wall, rough in self._rough:
            if is_below(self._first, _ELEMENTS * rough):
                yield (
                    f"{wall.face}: the centres of the first cells, at {self._first:.3g} m, lie among the roughness elements, "
                    f"about {_ELEMENTS:g} z_0 = {_ELEMENTS * rough:.3g} m high: velocities there are no prediction. Use a "
                    f"voxel_size of {2.0 * _ELEMENTS * rough:.3g} m, or resolve the elements as bodies"
                )
            number = self._friction_velocity(rough) * rough / self.units.viscosity
            if is_below(number, _FULLY_ROUGH):
                yield (
                    f"{wall.face}: u_tau z_0 / nu is about {number:.2g}, below {_FULLY_ROUGH:g}: the wall is not fully rough, so "
                    "that its friction depends on the viscosity too, which has no effect here. Use wall_function without a "
                    "roughness_length, or check z_0 and the viscosity"
                )

    def _friction_velocity(self, rough: float) -> float:
        """u_tau [m / s] of the stream over a roughness length [m]; without a profile its velocity is that at the top."""
        top = self.shape[self.stream.up] * self.units.voxel_size
        height = self.profile.reference_height if isinstance(self.profile, HeightProfile) else top
        return KAPPA * self.units.velocity / math.log1p(height / rough)

    def _doubts_of_profile(self) -> Iterator[str]:
        if not isinstance(self.profile, LogLawProfile):
            return
        for wall in self.walls:
            of_wall, of_stream = wall.roughness_length, self.profile.roughness_length
            is_ground = wall.face.axis == self.stream.up and wall.face.end == 0 and wall.is_still
            if is_ground and (of_wall is None or not math.isclose(of_wall, of_stream, rel_tol=0.01)):
                ground = "is smooth" if of_wall is None else f"has {of_wall:g} m"
                yield (
                    f"the profile of the stream has the roughness length {of_stream:g} m, and the wall on {wall.face} {ground}: "
                    "the profile changes along the tunnel. Use the same roughness_length for both"
                )
