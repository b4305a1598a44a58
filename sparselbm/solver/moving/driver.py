"""Running a simulation with obstacles that move."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ...errors import MotionError
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
    """What a body did at each step; three axes in two dimensions too."""

    steps: np.ndarray
    """Steps done before, (n,)."""
    centre: np.ndarray
    """x_0: of a free body its centre of mass, else the middle of its bounds, carried along [cells], (n, 3)."""
    velocity: np.ndarray
    """v of x_0 [cells / step], (n, 3)."""
    rotation: np.ndarray
    """Omega [radians / step], (n, 3)."""
    force: np.ndarray
    """F of the fluid on the solid in that step [lattice force], (n, 3); in 2D and between planes of symmetry of what the domain
    holds. It includes what the fluid in the solid fractions takes: the force on the surface is F + d(G_f V)/dt."""
    torque: np.ndarray
    """The same about x_0 [lattice force x cells], (n, 3)."""


class MovingObstacles:
    """A simulation and the motions of some of its obstacles, which must be solid fractions with a velocity.

    Bodies start where their obstacles were built; keep the object for further runs, which go on from the last.
    Raises MotionError where a motion does not fit its obstacle.
    """

    def __init__(self, simulation: Simulation, motions: Mapping[str, Motion]):
        self._simulation = simulation
        self._bodies: list[_DrivenBody] = [_DrivenBody(simulation, name, motion) for name, motion in motions.items()]

    def run(self, steps: int, every: int = 1) -> dict[str, Track]:
        """Advances flow and bodies; solid fractions are evaluated anew each `every` steps. Returns each body's track.

        Raises MotionError before the run where a prescribed path leaves the domain's cells or is too fast, and during it where a
        free body does, or comes too close to a wall; SimulationError where the flow blows up.
        """
        simulation, bodies = self._simulation, self._bodies
        if every < 1 or steps < 0:
            raise MotionError(
                f"{steps} steps, fractions every {every}: give 0 or more steps, and 1 or more between fractions"
            )
        start = simulation.steps
        for body in bodies:
            body.course.require_free(start, steps, every, body.reach)
        rows: dict[str, list[np.ndarray]] = {body.name: [] for body in bodies}
        for step in range(start, start + steps):
            if (step - start) % every == 0:
                self._place(step, every)
            for body in bodies:
                rows[body.name].append(self._exchange(body, step))
            simulation.run(1)
        return {name: _track(start, row) for name, row in rows.items()}

    def _place(self, step: int, every: int) -> None:
        for body in self._bodies:
            body.course.require_clear(step, every, body.reach)
            body.geometry.move(body.points(body.course.placement(step, every)))
        self._simulation.update_geometry({body.name for body in self._bodies})

    def _exchange(self, body: "_DrivenBody", step: int) -> np.ndarray:
        """Takes what body and flow exchange in the step to come, and gives the body the velocity that follows."""
        simulation, d = self._simulation, self._simulation.domain.dimension
        centre = body.course.centre(step)
        simulation.set_parameters({f"{body.name}.centre_{'xyz'[k]}": x for k, x in enumerate(centre[:d])})
        coupling = body.sums.take()
        twist = body.course.advance(step, coupling)
        simulation.set_parameters({f"{body.name}.{key}": value for key, value in twist.numbers(d).items()})
        return np.concatenate(
            [centre, twist.velocity, twist.rotation, coupling.exerted(twist.velocity, twist.rotation)]
        )


class _DrivenBody:
    """One obstacle with its motion."""

    def __init__(self, simulation: Simulation, name: str, motion: Motion):
        self.name = name
        self.geometry = _geometry(simulation, name)
        domain, obstacle = simulation.domain, self.geometry.obstacle
        start = RigidVelocity(*_present_velocity(simulation, name))
        scale = MovingBody(name, obstacle.mesh, domain, start).to_cells
        self._base, self._metres = apply(scale, obstacle.mesh.points), np.linalg.inv(scale)
        body = MovingBody(name, obstacle.mesh.with_points(self._base), domain, start)
        self.course: Trajectory = motion.course(body)
        self.reach = ClearanceCheck(body, motion.gap, simulation.physics, simulation.walls, simulation.solids)
        self.sums = CouplingSums(self.geometry, simulation.passes, simulation.state)

    def points(self, placement: np.ndarray) -> np.ndarray:
        """The surface's points [m], (n, 3), at a placement in cells."""
        return apply(self._metres, apply(placement, self._base))


def _present_velocity(simulation: Simulation, name: str) -> tuple[tuple[float, ...], ...]:
    """v, Omega and x_0 as they stand in the parameters."""
    axes = "xyz"[: simulation.domain.dimension]
    about = axes if len(axes) == 3 else "z"
    return tuple(
        tuple(simulation.parameter(f"{name}.{kind}_{axis}") for axis in which)
        for kind, which in (("velocity", axes), ("rotation", about), ("centre", axes))
    )


def _geometry(simulation: Simulation, name: str) -> ObstacleGeometry:
    """The obstacle's geometry; MotionError where it cannot be moved."""
    if name not in simulation.physics.obstacles:
        raise MotionError(f"no obstacle {name!r}; there are: {', '.join(simulation.physics.obstacles) or 'none'}")
    geometry = simulation.solids.find(name)
    if geometry is None:
        raise MotionError(f"the wall of {name!r} lies on links, which stay where they are: use wall=SolidFraction()")
    if name not in simulation.physics.moving or geometry.obstacle.hollow:
        raise MotionError(
            f"{name!r} is hollow, or at rest for ever: give a solid obstacle with motion=RigidVelocity.at_rest(dimension)"
        )
    return geometry


def _track(start: int, rows: list[np.ndarray]) -> Track:
    table = np.array(rows).reshape(-1, 15)
    return Track(start + np.arange(len(table)), *(table[:, 3 * k : 3 * k + 3] for k in range(5)))
