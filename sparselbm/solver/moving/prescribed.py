"""Motion along a prescribed path."""

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ...errors import MotionError
from .body import MovingBody, Twist
from .coupling import Coupling
from .motion import Motion, Trajectory
from .pose import apply, departure, relative_rotation

_RIGID = 1e-6


@dataclass(frozen=True, eq=False)
class Prescribed(Motion):
    """x(t) = R(t) X + T(t), for the points X of the obstacle's mesh.

    At step n the surface is at its position at t = (n + 1/2) dt. Its velocity is the difference between the poses at n and n + 1,
    which is second-order accurate in time and adds up to the path.
    """

    pose: Callable[[float], np.ndarray]
    """Function from the time [s], at least 0, to the matrix [[R, T], [0, 1]] in metres, (4, 4), for column vectors."""
    time_step: float = 1.0
    """Duration of a step [s], `Units.time_step`."""

    gap = 0.0

    def __post_init__(self):
        if not (np.isfinite(self.time_step) and self.time_step > 0):
            raise MotionError(f"time_step is {self.time_step} s, but must be finite and above 0: pass `Units.time_step`")

    def trajectory(self, body: MovingBody) -> "PrescribedTrajectory":
        return PrescribedTrajectory(self, body)


class PrescribedTrajectory(Trajectory):
    """Trajectory of one body along a prescribed path."""

    def __init__(self, motion: Prescribed, body: MovingBody):
        self._motion, self._body = motion, body
        self._to_cells = body.to_cells
        self._to_metres = np.linalg.inv(self._to_cells)
        self._middle = body.mesh.bounds.mean(axis=0)
        self._at = functools.lru_cache(maxsize=8)(self._pose)  # Each pose is used several times in a step.

    def _pose(self, step: float) -> np.ndarray:
        time = step * self._motion.time_step
        matrix = np.asarray(self._motion.pose(time), dtype=np.float64)
        if matrix.shape != (4, 4) or not np.isfinite(matrix).all() or departure(matrix) > _RIGID:
            raise MotionError(
                f"the pose of {self._body.name!r} at {time:.6g} s is not rigid:\n{matrix}\nreturn [[R, T], [0, 1]] with "
                "a rotation R, without scale, shear or reflection; transpose matrices for row vectors, such as those of USD"
            )
        cells = self._to_cells @ matrix @ self._to_metres
        flat = self._body.domain.dimension == 2
        if flat and abs(cells[2, 2] - 1.0) + abs(cells[2, 3]) > _RIGID:
            raise MotionError(
                f"the pose of {self._body.name!r} at {time:.6g} s leaves the plane: in two dimensions rotate about "
                "z, and move along x and y"
            )
        return cells

    def pose(self, step, every):
        return self._at(step + 0.5 * every)

    def centre(self, step):
        return apply(self._at(step + 0.5), self._middle[None])[0]

    def saved(self):
        return {}

    def restore(self, state):
        """Does nothing: the path is a function of time."""

    def advance(self, step, coupling: Coupling):
        return self._twist(step)

    def _twist(self, step: int) -> Twist:
        before, after = self._at(step), self._at(step + 1)
        ends = [apply(matrix, self._middle[None])[0] for matrix in (before, after)]
        return Twist(ends[1] - ends[0], relative_rotation(before, after), self.centre(step))

    def require_free(self, start, steps, every, clearance):
        """Checks the path at intervals of at most half a cell."""
        points, last = self._body.mesh.points, None
        flat = slice(self._body.domain.dimension)
        for step in range(start, start + steps, every):
            matrix = self.pose(step, every)
            now = apply(matrix, points)
            clearance.require_slow(self._twist(step), now, step, every)
            if last is None or np.abs(now - last)[:, flat].max() > 0.5:
                clearance.require_cells(matrix, step)
                last = now

    def require_clear(self, step, every, clearance):
        """Does nothing: a prescribed path was checked before the run."""
