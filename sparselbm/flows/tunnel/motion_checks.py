"""Checks of moving bodies before a run: their speed, their paths in the box and past other bodies, and their density."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import warp as wp

from ...errors import MotionError
from ...geometry import SurfaceQuery, TriangleMesh
from ...geometry.surface_points import surface_points
from ...geometry.topology import is_closed
from ...models.wall import BounceBack
from ...solver.moving import MAX_SPEED, MIN_INERTIA_RATIO
from ...solver.moving.pose import apply
from ...units import SOUND_SPEED, Units, is_below, rounded_down
from ..motion.body_motion import BodyMotion, FreeBody, TimeSamples
from .options import TunnelOptions
from .space import TunnelSpace

GAP = 2.0
"""Smallest distance of a moving body from the sides and from other bodies [cells]."""
_SHIFT = 0.5
"""Largest movement of a surface between two positions at which its path is checked [cells]."""
_SHARE = 0.2
"""Largest movement of a surface between two evaluations of its solid fractions [cells]."""
_FREE_SPEED = 0.1
"""Largest speed of a free body for which solid fractions are evaluated often enough [cells / step]."""


@dataclass(frozen=True, eq=False, kw_only=True)
class MotionChecks:
    """Moving bodies in a box. All messages begin with the name of the body."""

    options: TunnelOptions
    space: TunnelSpace
    """Box of the tunnel, with its bodies where they are at the beginning."""
    units: Units
    device: wp.DeviceLike = None

    @property
    def moving(self) -> Mapping[str, BodyMotion]:
        """Motions by the name of the body."""
        return self.options.moving

    @property
    def bodies(self) -> dict[str, TriangleMesh]:
        """Surfaces of all bodies at the beginning [m]."""
        return self.space.standing

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the box [m], (2, 3)."""
        return self.space.bounds

    @property
    def rooms(self) -> frozenset[str]:
        """Names of the bodies that are solid outside."""
        return self.space.surroundings.rooms

    @property
    def density(self) -> float:
        """Density of the fluid [kg/m^3]."""
        return self.options.density

    def require(self) -> None:
        """Raises MotionError for a body that cannot move, is too fast or too light, leaves the box, or meets another body."""
        for name, motion in self.moving.items():
            self._require_movable(name)
            if isinstance(motion, FreeBody):
                self._require_mass(name, motion.density)
            if name in self.fastest:
                self._require_slow(name)
            self._require_inside(name)
        for name in self.moving:
            self._require_apart(name)

    @cached_property
    def fastest(self) -> dict[str, tuple[float, float]]:
        """Largest speed of the surface [m/s] and its time [s], of the bodies on prescribed paths that move."""
        found = {}
        for name, (times, lengths) in self._lengths.items():
            if lengths[-1] > 0.0:
                speeds = np.diff(lengths) / np.diff(times)
                worst = int(np.argmax(speeds))
                found[name] = (float(speeds[worst]), 0.5 * (times[worst] + times[worst + 1]))
        return found

    @property
    def every(self) -> int:
        """Number of steps between two evaluations of the solid fractions, in which no prescribed surface moves by more than
        `_SHARE`."""
        speeds = [self.units.velocity_to_lattice(speed) for speed, _ in self.fastest.values()]
        if any(isinstance(motion, FreeBody) for motion in self.moving.values()):
            speeds.append(_FREE_SPEED)
        return max(1, min(10, int(_SHARE / max(speeds, default=_SHARE))))

    def facts(self) -> dict[str, str]:
        """Rows of a table: the motion of each body."""
        found = {}
        for name, motion in self.moving.items():
            if isinstance(motion, FreeBody):
                share = motion.density / self.density
                found[f"motion of {name}"] = f"free, {motion.density:.4g} kg/m^3, {share:.4g} times the density of the fluid"
            else:
                speed, time = self.fastest.get(name, (0.0, 0.0))
                mach = self.units.velocity_to_lattice(speed) / SOUND_SPEED
                found[f"motion of {name}"] = (
                    f"time samples, at most {speed:.4g} m/s, at {time:.4g} s (Mach number {mach:.2f} on the lattice)"
                )
        return found

    @cached_property
    def _positions(self) -> dict[str, list[tuple[float, np.ndarray]]]:
        return {
            name: list(self._path(name, motion)) for name, motion in self.moving.items() if isinstance(motion, TimeSamples)
        }

    def _path(self, name: str, motion: TimeSamples) -> Iterator[tuple[float, np.ndarray]]:
        """Times and poses from 0 on, close enough that no point moves by more than half a cell in between."""
        path, points = motion.path, self.bodies[name].points
        times = [0.0, *(float(time) for time in motion.times if time > 0.0)]
        yield 0.0, path.at(0.0)
        for before, after in pairwise(times):
            ends = [apply(path.at(time), points) for time in (before, after)]
            shift = np.linalg.norm(ends[1] - ends[0], axis=1).max()
            for time in np.linspace(before, after, 1 + max(1, math.ceil(shift / (_SHIFT * self.units.voxel_size))))[1:]:
                yield float(time), path.at(float(time))

    def _require_movable(self, name: str) -> None:
        """Raises MotionError for a body whose wall is on links, or that turns in its place as well."""
        place = None
        if isinstance(self.options.wall, BounceBack):
            place = f"the wall model is {self.options.wall}"
        elif name not in self.bodies:
            place = "the body is the ground of the box"
        elif name in self.space.surroundings.on_links:
            place = "the body surrounds the obstacle, or reaches an inlet or an outlet, where walls are on links"
        if place is not None:
            raise MotionError(
                f"{name}: motion is set, but {place}, and only a body with the partially saturated method moves: use "
                "wall=SolidFraction() (partiallySaturated in a case), a larger box, or hold the body (motion none)"
            )
        if name in self.options.rotating:
            raise MotionError(
                f"{name}: motion is set, and so is a rotation in its place, which contradict each other: keep one of them"
            )

    def _require_mass(self, name: str, density: float) -> None:
        """Raises MotionError for a surface without a volume, and for a body that is too light."""
        mesh = self.bodies[name]
        if not (is_closed(mesh.points, mesh.faces) and mesh.volume > 0.0):
            raise MotionError(
                f"{name}: motion is free, but its surface is open, or encloses no volume ({mesh.volume:.4g} m^3), so that it has "
                "no mass: close the surface, with its faces outwards, or prescribe the motion"
            )
        least = MIN_INERTIA_RATIO * self.density
        if density < least:
            raise MotionError(
                f"{name}: density is {density:.4g} kg/m^3, below {least:.4g} kg/m^3, a quarter of that of the fluid, under which "
                "the velocity of a free body would oscillate: use a higher density, or prescribe the motion"
            )

    def _require_slow(self, name: str) -> None:
        speed, time = self.fastest[name]
        lattice = self.units.velocity_to_lattice(speed)
        if is_below(MAX_SPEED, lattice):
            u = self.units.lattice_velocity
            raise MotionError(
                f"{name}: motion reaches a speed of {speed:.4g} m/s at {time:.4g} s, which is {lattice:.3g} cells per step, "
                f"above the limit of {MAX_SPEED} (Mach number 0.3): use a lattice_velocity of at most "
                f"{rounded_down(u * MAX_SPEED / lattice, 4):g} (now {u:g}), or a slower motion"
            )

    def _require_inside(self, name: str) -> None:
        margin, points = GAP * self.units.voxel_size, self.bodies[name].points
        low, high = self.bodies[name].bounds
        spans = (low <= self.bounds[0]) & (high >= self.bounds[1])
        if spans.any() and isinstance(self.moving[name], FreeBody):
            raise MotionError(
                f"{name}: motion is free, but the body reaches through the whole box along {'xyz'[int(np.argmax(spans))]}, so "
                "that its mass is that of more than the part in the box: enlarge the box, or shorten the body"
            )
        for time, matrix in self._positions.get(name, [(0.0, np.eye(4))]):
            there = apply(matrix, points)
            gaps = np.array([there.min(axis=0) - self.bounds[0], self.bounds[1] - there.max(axis=0)])
            gaps[:, spans] = np.inf
            if gaps.min() < margin * (1.0 - 1e-9):
                end, axis = np.unravel_index(gaps.argmin(), gaps.shape)
                raise MotionError(
                    f"{name}: motion brings the body within {gaps.min():.4g} m of {'xyz'[axis]}{('Min', 'Max')[end]} at "
                    f"{time:.4g} s, below the limit of {margin:.4g} m (2 cells): enlarge the box, or shorten the path"
                )

    def _require_apart(self, name: str) -> None:
        """Checks a body against all others; two moving bodies at the times of both."""
        margin, points = GAP * self.units.voxel_size, surface_points(self.bodies[name], self.units.voxel_size)
        for other, mesh in self.bodies.items():
            if other == name or (other in self.moving and list(self.moving).index(other) < list(self.moving).index(name)):
                continue
            query, clear_until = SurfaceQuery(mesh, device=self.device), -math.inf
            for time in self._times_of(name, other):
                # A distance changes by no more than the bodies move.
                travelled = self._travelled(name, time) + self._travelled(other, time)
                if travelled < clear_until:
                    continue
                placed = apply(self._pose(name, time), points)
                inside = np.all((placed > self.bounds[0]) & (placed < self.bounds[1]), axis=1)
                there = apply(np.linalg.inv(self._pose(other, time)), placed[inside])
                near = np.all((there > mesh.bounds[0] - margin) & (there < mesh.bounds[1] + margin), axis=1)
                if other in self.rooms:
                    near[:] = True
                if not near.any():
                    continue
                distance = query.signed_distance(there[near]) * (-1.0 if other in self.rooms else 1.0)
                clear_until = travelled + float(distance.min()) - margin
                if distance.min() < margin * (1.0 - 1e-6):
                    what = f"within {max(distance.min(), 0.0):.4g} m of" if distance.min() >= 0.0 else "into"
                    raise MotionError(
                        f"{name}: motion brings the body {what} {other} at {time:.4g} s, below the limit of {margin:.4g} m "
                        "(2 cells): contact is not modelled; use a smaller voxel_size, move them apart, or make them one body"
                    )

    def _times_of(self, *names: str) -> list[float]:
        """Times at which the positions of bodies relative to each other are checked."""
        times = {time for name in names for time, _ in self._positions.get(name, [(0.0, np.eye(4))])}
        return sorted(times)

    def _travelled(self, name: str, time: float) -> float:
        """Upper limit of the length of the path of any point of a body up to a time [m]."""
        times, lengths = self._lengths.get(name, (np.zeros(1), np.zeros(1)))
        return float(np.interp(time, times, lengths))

    @cached_property
    def _lengths(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Times [s], and the sum of the largest movements of the surface up to each of them [m]."""
        found = {}
        for name, positions in self._positions.items():
            surfaces = [apply(matrix, self.bodies[name].points) for _, matrix in positions]
            shifts = [np.linalg.norm(b - a, axis=1).max() for a, b in pairwise(surfaces)]
            found[name] = (np.array([time for time, _ in positions]), np.cumsum([0.0, *shifts]))
        return found

    def _pose(self, name: str, time: float) -> np.ndarray:
        motion = self.moving.get(name)
        return motion.path.at(time) if isinstance(motion, TimeSamples) else np.eye(4)
