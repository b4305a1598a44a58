"""A path from placements at some times."""

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
    """Placements between samples: a screw from each to the next, at a constant rate, which turns about an axis that stays
    where it is; at rest before the first and after the last.

    `sparselbm.scene.usd.TransformSamples` gives them from the time samples of a prim.
    Raises MotionError for times that do not grow, and for turns of more than 2 radians between two samples, whose
    direction would be a guess.
    """

    times: Sequence[float]
    """[s], growing; the run begins at 0."""
    placements: Sequence[np.ndarray]
    """[[R, T], [0, 1]] in metres for each time, from the points of the obstacle's mesh to where they stand then."""
    time_step: float = 1.0
    """Duration of a step [s], `Units.time_step`."""

    gap = 0.0

    def __post_init__(self):
        times = np.asarray(self.times, dtype=np.float64)
        if len(times) < 2 or len(times) != len(self.placements) or not (np.diff(times) > 0).all():
            raise MotionError(
                f"{len(times)} times and {len(self.placements)} placements: give two or more of each, times growing"
            )
        for k in range(len(times) - 1):
            angle = np.linalg.norm(relative_rotation(np.asarray(self.placements[k]), np.asarray(self.placements[k + 1])))
            if angle > _LARGEST_TURN:
                raise MotionError(
                    f"a turn of {angle:.3g} radians between the samples at {times[k]:.6g} and {times[k + 1]:.6g} s: "
                    f"at most {_LARGEST_TURN}, or its direction is a guess; sample the path more finely"
                )

    def at(self, time: float) -> np.ndarray:
        """The placement at a time [s], (4, 4)."""
        k = int(np.clip(np.searchsorted(self.times, time, side="right") - 1, 0, len(self.times) - 2))
        share = np.clip((time - self.times[k]) / (self.times[k + 1] - self.times[k]), 0.0, 1.0)
        return between(np.asarray(self.placements[k]), np.asarray(self.placements[k + 1]), float(share))

    def course(self, body: MovingBody) -> PrescribedTrajectory:
        return PrescribedTrajectory(Prescribed(self.at, self.time_step), body)
