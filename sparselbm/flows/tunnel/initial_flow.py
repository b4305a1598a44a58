"""Initial velocity of the flow past a body, which exerts hardly any force on it at first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...grid import Domain
from .stream import Stream

DISTURBED_ABOVE = 40.0
"""Reynolds number above which the initial flow is not symmetric: the wake of a cylinder is unstable above 46, that of a sphere
above 210."""

_LAYER = (0.5, 1.0)
"""Smallest and largest thickness of the layer around a body in which the velocity rises to that of the incoming flow [L]."""

_DISTURBANCE, _RADIUS, _BEHIND = 0.01, 0.5, 1.0
"""Strength of the vortex in the wake [u L], its radius and its distance behind the body [L]."""


@dataclass(frozen=True, eq=False)
class InitialFlow:
    """Uniform flow U along an axis that goes round a body, with a small vortex in the wake if it is disturbed.

    u = U + curl (s - 1) A + curl B, where curl A = U, and A is 0 on the axis of the body along the flow. The share s rises
    smoothly from 0 in the body's bounding box to 1 at the distance L, its largest extent across the flow, or at the next side
    of the domain. The field has no divergence, is at rest in and at the body, and is U elsewhere; the largest velocity is about
    2.1 U, or 2.8 U in a narrow domain. An impulsive start, with U everywhere, exerts up to 20 times the final force, this one
    less than twice.

    A side closer to the body than L / 2 is a plane of symmetry, and a body that is so close to two opposite sides is a cylinder;
    where that holds for both axes across the flow, the flow is uniform. The vortex B breaks the symmetry, which an unstable wake
    would otherwise keep for many flow-through times.
    """

    body: np.ndarray
    """Lower and upper corner of the body [m], (2, 3)."""
    bounds: np.ndarray
    """Lower and upper corner of the domain [m], (2, 3)."""
    axis: int
    """Axis of the flow."""
    speed: float
    """U [cells / step]; below 0 against the axis."""
    is_disturbed: bool

    def velocity(self, domain: Domain) -> np.ndarray:
        """Velocity of every cell [cells / step], (n, cells, 3)."""
        centres, size = domain.cell_centres(), domain.voxel_size
        found = np.zeros(centres.shape)
        found[..., self.axis] = self.speed
        if np.isinf(self._half[self._across]).all():
            return found
        low, high = self._region
        near = ((centres.min(axis=1) < high + size) & (centres.max(axis=1) > low - size)).all(axis=1)
        found[near] += self.speed * self._change(centres[near], size)
        return found

    @cached_property
    def _across(self) -> np.ndarray:
        """The two axes across the flow, (2,)."""
        return np.array([(self.axis + 1) % 3, (self.axis + 2) % 3])

    @cached_property
    def _length(self) -> float:
        """L [m], without the span of a body that reaches from side to side."""
        reaches = (self._gaps <= 1e-6 * np.ptp(self.bounds, axis=0)).all(axis=0)
        return float(np.where(reaches, 0.0, np.ptp(self.body, axis=0))[self._across].max())

    @cached_property
    def _gaps(self) -> np.ndarray:
        """Distances of the body from the lower and the upper sides of the domain [m], by axis, (2, 3)."""
        return np.array([self.body[0] - self.bounds[0], self.bounds[1] - self.body[1]])

    @cached_property
    def _near_sides(self) -> np.ndarray:
        """Whether the body is close to the lower and the upper side of the domain, by axis, (2, 3)."""
        near = self._gaps <= _LAYER[0] * self._length + 1e-6 * np.ptp(self.bounds, axis=0)
        near[:, self.axis] = False
        return near

    @cached_property
    def _layer(self) -> float:
        """Thickness of the layer in which the velocity rises [m]."""
        return min(_LAYER[1] * self._length, *self._gaps[:, self._across][~self._near_sides[:, self._across]])

    @cached_property
    def _mirrored(self) -> np.ndarray:
        """Whether one side is a plane of symmetry, by axis, (3,)."""
        return self._near_sides[0] ^ self._near_sides[1]

    @cached_property
    def _centre(self) -> np.ndarray:
        return np.where(self._mirrored, np.where(self._near_sides[0], *self.bounds), self.body.mean(axis=0))

    @cached_property
    def _half(self) -> np.ndarray:
        """Half the extents of the body with its mirror image [m], (3,); infinite if it is a cylinder."""
        return np.where(self._near_sides.all(axis=0), np.inf, np.abs(self.body - self._centre).max(axis=0))

    @property
    def _region(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper corner of the region in which the velocity is not U [m], (3,) each."""
        ahead = self._half + self._layer
        behind = ahead.copy()
        if self.is_disturbed:
            behind[self.axis] = self._half[self.axis] + (_BEHIND + 4.0 * _RADIUS) * self._length
        below, above = (ahead, behind) if self.speed > 0.0 else (behind, ahead)
        return self._centre - below, self._centre + above

    @cached_property
    def _share(self) -> float:
        """Share of the flow that goes round the body along the first axis across the flow: most of it for a long span along the
        second."""
        first, second = self._half[self._across]
        if np.isinf(first) or np.isinf(second):
            return 0.5 + 0.5 * (float(np.isinf(second)) - float(np.isinf(first)))
        return float(second**2 / (first**2 + second**2))

    def _change(self, x: np.ndarray, size: float) -> np.ndarray:
        """Curl of the potential by central differences over a cell [U], (..., 3), which has no divergence on the cells."""
        first, second = self._across

        def difference(axis: int) -> tuple[np.ndarray, np.ndarray]:
            step = np.zeros(3)
            step[axis] = 0.5 * size
            (f_before, s_before), (f_after, s_after) = self._potential(x - step), self._potential(x + step)
            return (f_after - f_before) / size, (s_after - s_before) / size

        found = np.empty(x.shape)
        found[..., second], along = difference(self.axis)
        found[..., first] = -along
        found[..., self.axis] = difference(first)[1] - difference(second)[0]
        return found

    def _potential(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Components of (s - 1) A + B along the two axes across the flow [U m]."""
        first, second = self._across
        r, share = x - self._centre, self._share
        t = np.minimum(np.linalg.norm(np.maximum(np.abs(r) - self._half, 0.0), axis=-1) / self._layer, 1.0)
        missing = 1.0 - t * t * (3.0 - 2.0 * t)
        along_first, along_second = (1.0 - share) * missing * r[..., second], -share * missing * r[..., first]
        if self.is_disturbed:
            vortex = self._vortex(r)
            along_first -= 0.0 if self._mirrored[second] else 0.5 * (1.0 - share) * vortex  # Twice as strong about one axis.
            along_second += 0.0 if self._mirrored[first] else share * vortex
        return along_first, along_second

    def _vortex(self, r: np.ndarray) -> np.ndarray:
        """Potential of the vortex at positions relative to the centre [U m], constant along the axis of a cylinder."""
        place = np.where(np.arange(3) == self.axis, self._half + _BEHIND * self._length, 0.0) * np.sign(self.speed)
        away = np.where(np.isinf(self._half), 0.0, (r - place) / (_RADIUS * self._length))
        return _DISTURBANCE * self._length * np.exp(-(away**2).sum(axis=-1))


def initial_stream(
    domain: Domain, body: np.ndarray, bounds: np.ndarray, stream: Stream, speed: float, *, is_disturbed: bool
) -> np.ndarray:
    """Velocity of every cell [cells / step], (n, cells, 3), of a free stream that goes round a body: the sum of an `InitialFlow`
    for each of its components, that of the main axis with the vortex. `speed` [cells / step]; corners of body and domain [m]."""
    flows = (
        InitialFlow(body, bounds, k, speed * u, is_disturbed and k == stream.axis)
        for k, u in enumerate(stream.unit.tolist()) if u != 0.0
    )
    return sum((each.velocity(domain) for each in flows), np.zeros(()))
