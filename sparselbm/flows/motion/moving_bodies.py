"""Moving bodies of a flow while it runs: where they are, and the force, torque and power of the fluid on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import MotionError, SimulationError
from ...files.restarts import Resumable
from ...observe.monitor import Monitor, Sampler, Schedule
from ...solver import Simulation
from ...solver.moving import Motion, MovingObstacles, Track
from ...units import Units

COLUMNS = (
    *(f"force {{}} {axis} [N]" for axis in "xyz"), *(f"torque {{}} {axis} [N m]" for axis in "xyz"), "power {} [W]",
    *(f"centre {{}} {axis} [m]" for axis in "xyz"), *(f"velocity {{}} {axis} [m/s]" for axis in "xyz"),
    *(f"angular velocity {{}} {axis} [rad/s]" for axis in "xyz"),
)
"""Values of a moving body that are recorded; {}: its name."""
_LOADS = 7
"""Number of the values that are means over the steps since the previous record."""


class MovingBodies(Resumable):
    """Moving bodies of a flow, which advance with it."""

    def __init__(self, simulation: Simulation, motions: Mapping[str, Motion], units: Units, every: int):
        """`every`: steps between two evaluations of the solid fractions. Raises MotionError for motions that do not fit."""
        self.names = tuple(motions)
        self._simulation, self._units, self._every = simulation, units, every
        self._driver = MovingObstacles(simulation, motions)
        self._sums = {name: np.zeros(len(COLUMNS)) for name in motions}
        self._last: dict[str, np.ndarray] = {}
        self.steps = 0
        """Number of steps advanced."""

    def run(self, steps: int) -> None:
        """Advances flow and bodies. Raises MotionError for a body that comes too close to another one or to a wall."""
        try:
            tracks = self._driver.run(steps, self._every)
        except MotionError as error:
            raise MotionError(f"{error} (at {self._units.time_to_si(self._simulation.steps):.4g} s)") from error
        for name, track in tracks.items():
            values = self._in_si(track)
            self._sums[name] += values.sum(axis=0)
            self._last[name] = values[-1]
        self.steps += steps

    def saved(self):
        return {"driver": self._driver.saved(), "sums": self._sums, "last": self._last, "steps": self.steps}

    def restore(self, state):
        self._driver.restore(state["driver"])
        self._sums, self._last, self.steps = state["sums"], state["last"], state["steps"]

    def refuse_steady(self) -> None:
        """Raises SimulationError: the flow around moving bodies does not become steady."""
        raise SimulationError(
            f"{', '.join(self.names)} move, so that the flow does not become steady: run it for a duration (run_transient)"
        )

    def points(self, name: str) -> np.ndarray:
        """Present points of the surface of a body [m], (n, 3)."""
        return self._driver.points(name)

    def sums(self, name: str) -> np.ndarray:
        """Sums of the values of `COLUMNS` over all steps."""
        return self._sums[name].copy()

    def values(self, name: str) -> np.ndarray:
        """Values of `COLUMNS` in the last step, before the first one those of the initial state."""
        return self._last[name] if name in self._last else self._in_si(self._driver.now(name))[0]

    def _in_si(self, track: Track) -> np.ndarray:
        """Values of `COLUMNS` at each step, (n, 16). Power: F . v + T . Omega."""
        units, domain = self._units, self._simulation.domain
        force = units.force_to_si(track.force)
        torque = units.force_to_si(track.torque) * units.voxel_size
        centre = np.asarray(domain.origin) + track.centre * units.voxel_size
        velocity, rotation = units.velocity_to_si(track.velocity), track.rotation / units.time_step
        power = (force * velocity).sum(axis=1) + (torque * rotation).sum(axis=1)
        return np.column_stack([force, torque, power, centre, velocity, rotation])


@dataclass(frozen=True, eq=False)
class BodyValues(Monitor):
    """Force [N], torque about its centre [N m] and power [W] of the fluid on each moving body, and its motion: see `COLUMNS`.

    Loads are means over the steps since the previous record, so that the momentum transferred is recorded completely; power is
    negative where the body drives the fluid. Centre: that of the mass of a free body, otherwise of the bounding box.
    """

    bodies: MovingBodies
    every: Schedule

    def columns(self, simulation):
        return tuple(column.format(name) for name in self.bodies.names for column in COLUMNS)

    def bind(self, simulation):
        return _BodySampler(self.bodies)


class _BodySampler(Sampler, Resumable):
    def __init__(self, bodies: MovingBodies):
        self._bodies, self._steps = bodies, bodies.steps
        self._before = {name: bodies.sums(name) for name in bodies.names}

    def saved(self):
        return {"steps": self._steps, "before": self._before}

    def restore(self, state):
        self._steps, self._before = state["steps"], state["before"]

    def take(self):
        bodies, found = self._bodies, []
        steps = bodies.steps - self._steps
        for name in bodies.names:
            values, sums = bodies.values(name).copy(), bodies.sums(name)
            if steps:
                values[:_LOADS] = (sums - self._before[name])[:_LOADS] / steps
            self._before[name] = sums
            found += values.tolist()
        self._steps = bodies.steps
        return tuple(found)
