"""Tracer particles."""

from dataclasses import dataclass

import numpy as np

from ...grid import FieldSampler
from ..fields import Speed
from ..stage.colour import limits_of
from .drawing import Drawing


@dataclass(frozen=True)
class Tracers(Drawing):
    """Particles released at equal intervals from a square of seeds near the inlet, advected by the current flow.

    At one time they form one picture. For all times (`time` None) they move over `frames` time codes, from the start of the
    scene's playback range (0 if it has none) and at most to its end, to the position of the previous particle, so that the
    animation loops seamlessly.
    """

    count: int = 7
    """Number of seeds along a side of the square."""
    rows: int = 24
    """Largest number of particles along each path; the fastest paths need this many to cross the domain."""
    frames: int = 12

    over_time = False

    def __post_init__(self):
        if min(self.count, self.rows, self.frames) < 1:
            raise ValueError(f"{self}: count, rows and frames must be at least 1")

    def draw(self, stage, moment, time):
        domain, axis = moment.snapshot.domain, moment.axis
        velocity = np.where(moment.is_fluid[..., None], moment.snapshot.velocity, np.nan)
        flow = FieldSampler(domain, velocity, one_period=True)
        fastest = float(np.nanmax(np.where(moment.is_fluid, moment.snapshot.speed, np.nan)))
        if not fastest > 0.0:
            return
        interval = domain.shape[axis] * domain.voxel_size / fastest / self.rows
        codes = stage.playback.loop(self.frames) if time is None else [time]
        frames = len(codes)
        substeps = frames * max(1, round(2.0 * fastest * interval / domain.voxel_size / frames))
        paths = _paths(flow, moment.seeds(self.count), interval / substeps, 2 * self.rows * substeps)
        speed = Speed()
        stage.set_scale(speed.name, limits_of(speed.in_fluid(moment)), speed.label)
        for frame, code in enumerate(codes):
            points = paths[frame * substeps // frames :: substeps].reshape(-1, 3)
            points = points[np.isfinite(points).all(axis=1)]
            velocity = flow(points)
            known = np.isfinite(velocity).all(axis=1)
            points, velocity = points[known], velocity[known]
            stage.add_points(
                "tracers", points, np.linalg.norm(velocity, axis=1), velocities=velocity,
                width=0.5 * domain.voxel_size, field_name=speed.name, time=code,
            )


def _paths(flow: FieldSampler, seeds: np.ndarray, step: float, count: int) -> np.ndarray:
    """Integrates dx / dt = u(x) by the midpoint rule: positions (count, k, 3) [m] at 0, step, ...; NaN outside the flow."""
    positions = [seeds]
    for _ in range(count - 1):
        x = positions[-1]
        middle = x + 0.5 * step * _known(flow, x)
        positions.append(x + step * _known(flow, middle))
    return np.stack(positions)


def _known(flow: FieldSampler, x: np.ndarray) -> np.ndarray:
    """Velocity u(x), NaN where x is."""
    result = np.full_like(x, np.nan)
    inside = np.isfinite(x).all(axis=1)
    result[inside] = flow(x[inside])
    return result
