"""Runs of a simulation with moving obstacles."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import MotionError
from ...files.restarts import Resumable
from ...models import RigidVelocity
from ..obstacle_geometry import ObstacleGeometry
from ..simulation import Simulation
from .body import MovingBody
from .clearance import ClearanceCheck
from .coupling import CouplingSums
from .motion import Motion, Trajectory
from .pose import apply


@dataclass(frozen=True, eq=False)
class Track:
    """Motion and load of a body at each step, with three axes in two dimensions also."""

    steps: np.ndarray
    """Number of steps made before, (n,)."""
    centre: np.ndarray
    """x_0: centre of mass of a free body, otherwise the centre of the bounds moved with the body [cells], (n, 3)."""
    velocity: np.ndarray
    """Velocity v of x_0 [cells / step], (n, 3)."""
    rotation: np.ndarray
    """Angular velocity Omega [radians / step], (n, 3)."""
    force: np.ndarray
    """Force F of the fluid on the body in that step [lattice force], (n, 3); between planes of symmetry, and in 2D, that on the
    part in the domain. It includes the acceleration of the fluid inside the body: the surface force is F + d(G_f V)/dt."""
    torque: np.ndarray
    """Torque about x_0 [lattice force x cells], (n, 3), with the same meaning."""


class MovingObstacles(Resumable):
    """Moves obstacles of a simulation, which must have solid fractions and a velocity (`Obstacle.motion`).

    Bodies start at the positions of their obstacles; further runs of the same object continue from the last one.
    Raises MotionError where a motion does not fit its obstacle.
    """

    def __init__(self, simulation: Simulation, motions: Mapping[str, Motion]):
        self._simulation, self._is_placed = simulation, False
        self._bodies: list[_DrivenBody] = [_DrivenBody(simulation, name, motion) for name, motion in motions.items()]

    def saved(self):
        return {"placed": self._is_placed, "bodies": {body.name: body.trajectory.saved() for body in self._bodies}}

    def restore(self, state):
        self._is_placed = state["placed"]
        for body in self._bodies:
            body.trajectory.restore(state["bodies"][body.name])

    def run(self, steps: int, every: int = 1) -> dict[str, Track]:
        """Advances flow and bodies; solid fractions are evaluated at every multiple of `every` steps. Returns the track of each
        body.

        Raises MotionError before the run if a prescribed path leaves the domain's cells or is too fast, and during the run if a
        free body does, or comes too close to a wall; SimulationError if the flow becomes unstable.
        """
        simulation, bodies = self._simulation, self._bodies
        if every < 1 or steps < 0:
            raise MotionError(
                f"steps={steps}, every={every}: `steps` must be at least 0, `every` at least 1"
            )
        start = simulation.steps
        for body in bodies:
            body.trajectory.require_free(start, steps, every, body.clearance)
        rows: dict[str, list[np.ndarray]] = {body.name: [] for body in bodies}
        for step in range(start, start + steps):
            if step % every == 0 or not self._is_placed:
                self._place(step, every)
            for body in bodies:
                rows[body.name].append(self._exchange(body, step))
            simulation.run(1)
        return {name: _track(start, row) for name, row in rows.items()}

    def _place(self, step: int, every: int) -> None:
        for body in self._bodies:
            body.trajectory.require_clear(step, every, body.clearance)
            body.geometry.move(body.points(body.trajectory.pose(step, every)))
        self._simulation.update_geometry({body.name for body in self._bodies})
        self._is_placed = True

    def points(self, name: str) -> np.ndarray:
        """Present corners of the surface of a body [m], (n, 3)."""
        body = next(each for each in self._bodies if each.name == name)
        return body.points(body.trajectory.pose(self._simulation.steps, 0))

    def now(self, name: str) -> Track:
        """Present motion and load of a body before the first step, as a track of one row."""
        body = next(each for each in self._bodies if each.name == name)
        motion = RigidVelocity(*_present_velocity(self._simulation, name))
        velocity, rotation, centre = _in_space(motion)
        row = np.concatenate([centre, velocity, rotation, body.sums.take().exerted(velocity, rotation)])
        return _track(self._simulation.steps, [row])

    def _exchange(self, body: "_DrivenBody", step: int) -> np.ndarray:
        """Computes the coupling in the next step, and sets the velocity of the body that follows from it."""
        simulation, d = self._simulation, self._simulation.domain.dimension
        centre = body.trajectory.centre(step)
        simulation.set_parameters({f"{body.name}.centre_{'xyz'[k]}": x for k, x in enumerate(centre[:d])})
        coupling = body.sums.take()
        twist = body.trajectory.advance(step, coupling)
        simulation.set_parameters({f"{body.name}.{key}": value for key, value in twist.numbers(d).items()})
        return np.concatenate(
            [centre, twist.velocity, twist.rotation, coupling.exerted(twist.velocity, twist.rotation)]
        )


class _DrivenBody:
    """An obstacle with its motion."""

    def __init__(self, simulation: Simulation, name: str, motion: Motion):
        self.name = name
        self.geometry = _geometry(simulation, name)
        domain, obstacle = simulation.domain, self.geometry.obstacle
        start = RigidVelocity(*_present_velocity(simulation, name))
        scale = MovingBody(name, obstacle.mesh, domain, start).to_cells
        self._base, self._metres = apply(scale, obstacle.mesh.points), np.linalg.inv(scale)
        body = MovingBody(name, obstacle.mesh.with_points(self._base), domain, start)
        self.trajectory: Trajectory = motion.trajectory(body)
        self.clearance = ClearanceCheck(body, motion.gap, simulation.physics, simulation.walls, simulation.solids)
        self.sums = CouplingSums(self.geometry, simulation.passes, simulation.state)

    def points(self, pose: np.ndarray) -> np.ndarray:
        """Corners of the surface [m], (n, 3), at a pose in cells."""
        return apply(self._metres, apply(pose, self._base))


def _present_velocity(simulation: Simulation, name: str) -> tuple[tuple[float, ...], ...]:
    """v, Omega and x_0 from the present parameters."""
    axes = "xyz"[: simulation.domain.dimension]
    about = axes if len(axes) == 3 else "z"
    return tuple(
        tuple(simulation.parameter(f"{name}.{kind}_{axis}") for axis in which)
        for kind, which in (("velocity", axes), ("rotation", about), ("centre", axes))
    )


def _in_space(motion: RigidVelocity) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """v, Omega and x_0 with three axes."""
    velocity, centre = (np.array([*values, 0.0])[:3] for values in (motion.velocity, motion.centre))
    return velocity, np.array([0.0, 0.0, *motion.rotation])[-3:], centre


def _geometry(simulation: Simulation, name: str) -> ObstacleGeometry:
    """Surface of the obstacle. Raises MotionError if it cannot be moved."""
    if name not in simulation.physics.obstacles:
        raise MotionError(f"no obstacle {name!r}; there are: {', '.join(simulation.physics.obstacles) or 'none'}")
    geometry = simulation.solids.find(name)
    if geometry is None:
        raise MotionError(f"{name!r} has its wall on links and cannot be moved: use wall=SolidFraction()")
    if name not in simulation.physics.moving or geometry.obstacle.hollow:
        raise MotionError(
            f"{name!r} is hollow or has no velocity: use a solid obstacle with motion=RigidVelocity.at_rest(dimension)"
        )
    return geometry


def _track(start: int, rows: list[np.ndarray]) -> Track:
    table = np.array(rows).reshape(-1, 15)
    return Track(start + np.arange(len(table)), *(table[:, 3 * k : 3 * k + 3] for k in range(5)))
