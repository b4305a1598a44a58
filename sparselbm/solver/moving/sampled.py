"""Motion along a path that is given by poses at some times."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...errors import MotionError
from .body import MovingBody
from .motion import Motion
from .pose import between, relative_rotation
from .prescribed import Prescribed, PrescribedTrajectory

_LARGEST_TURN = 2.0


@dataclass(frozen=True, eq=False)
class Sampled(Motion):
    """Interpolation between poses, at rest before the first and after the last of them.

    From each pose to the next it is a screw motion at a constant rate about a fixed axis.

    `sparselbm.scene.usd.TransformSamples` reads them from the time samples of a prim.
    Raises MotionError for times that do not increase, and for rotations of more than 2 radians between two samples, whose
    direction is ambiguous.
    """

    times: Sequence[float]
    """Times [s], increasing; the run begins at 0."""
    poses: Sequence[np.ndarray]
    """Matrix [[R, T], [0, 1]] in metres for each time, from the points of the obstacle's mesh to their positions."""
    time_step: float = 1.0
    """Duration of a step [s], `Units.time_step`."""

    gap = 0.0

    def __post_init__(self):
        times = np.asarray(self.times, dtype=np.float64)
        if len(times) < 2 or len(times) != len(self.poses) or not (np.diff(times) > 0).all():
            raise MotionError(
                f"{len(times)} times and {len(self.poses)} poses: give two or more of each, with increasing times"
            )
        for k in range(len(times) - 1):
            angle = np.linalg.norm(relative_rotation(np.asarray(self.poses[k]), np.asarray(self.poses[k + 1])))
            if angle > _LARGEST_TURN:
                raise MotionError(
                    f"a rotation of {angle:.3g} radians between the samples at {times[k]:.6g} and {times[k + 1]:.6g} s, above "
                    f"the limit of {_LARGEST_TURN}: its direction is ambiguous; sample the path more finely"
                )

    def at(self, time: float) -> np.ndarray:
        """Pose at a time [s], (4, 4)."""
        k = int(np.clip(np.searchsorted(self.times, time, side="right") - 1, 0, len(self.times) - 2))
        share = np.clip((time - self.times[k]) / (self.times[k + 1] - self.times[k]), 0.0, 1.0)
        return between(np.asarray(self.poses[k]), np.asarray(self.poses[k + 1]), float(share))

    def trajectory(self, body: MovingBody) -> PrescribedTrajectory:
        return PrescribedTrajectory(Prescribed(self.at, self.time_step), body)
