"""A rigid body that moves as the flow and its weight make it."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh
from scipy.spatial.transform import Rotation

from ...errors import MotionError
from .body import MovingBody, Twist
from .coupling import Coupling
from .inertia import MassProperties, Uniform, of_volume, six
from .motion import Motion, Trajectory
from .pose import apply, rigid

_LIGHTEST = 0.25
"""Least G - G_f + G_B over G_B. Measured on cylinders of radius 3 to 8, nu = .02 and .1: stable from 0.2 on, never below 0.1."""

Axes = tuple[bool, bool, bool]


@dataclass(frozen=True, eq=False, kw_only=True)
class RigidBody(Motion):
    """Newton and Euler for the body less the fluid in it, d/dt ((G - G_f) V) = F(V) + (M - M_f) g, with V = (v, Omega).

    G and G_f are the (6, 6) inertia of the body and of fluid of density 1 in its place: the fluid in the solid fractions moves
    with the body, and what it takes is in F already (Uhlmann, J. Comput. Phys. 209 (2005) 448). Taken explicitly this has a
    pole at density ratio 1; Feng & Michaelides, Comput. Fluids 38 (2009) 370, take G_f dV/dt from the step before. Here
    F(V) = impulse - G_B V is linear in V with known sums over the cells (see `Coupling`), so that V of a step solves

        (G - G_f + G_B) V = P + impulse + (M - M_f) g,

    implicit in the velocity, with P the excess momentum (G - G_f) V of the step before. Momentum of fluid and body is conserved
    to round-off, and a neutrally buoyant body, G = G_f, moves with the momentum of the fluid in it. Position and rotation (a
    unit quaternion) follow with x' = x + (3 V - V_before) / 2, second order.
    Contact is not computed: a run ends with MotionError where a wall or another solid comes within `gap`.
    """

    matter: Uniform | MassProperties
    """Its density or its mass."""
    gravity: tuple[float, ...]
    """g [cells / step^2], one value per axis: weight less buoyancy acts on the body; the fluid stays without (p less rho g x)."""
    translate: Axes = (True, True, True)
    """Axes along which it is free; along others it keeps the obstacle's `motion`. In 2D never along z."""
    rotate: Axes = (True, True, True)
    """Axes about which it is free; in 2D z alone."""
    share: float = 1.0
    """Part of the body that the domain holds: 1/4 between two planes of symmetry (`FreeSlip`)."""
    gap: float = 2.0
    """Least distance to walls and other solids [cells]."""

    def __post_init__(self):
        if not 0.0 < self.share <= 1.0:
            raise MotionError(f"share {self.share} of a body: must be above 0 and at most 1")
        if not np.isfinite(self.gravity).all():
            raise MotionError(f"gravity {self.gravity}: give finite values [cells / step^2]")

    def course(self, body: MovingBody) -> "RigidTrajectory":
        if len(self.gravity) != body.domain.dimension:
            raise MotionError(f"gravity {self.gravity}: give one value per axis, {body.domain.dimension} of them")
        return RigidTrajectory(self, body)


class RigidTrajectory(Trajectory):
    """The course of one free body."""

    def __init__(self, motion: RigidBody, body: MovingBody):
        self._motion, self._body = motion, body
        self._fluid = of_volume(body.mesh, body.domain.dimension, body.name)
        self._own = _properties(motion.matter, self._fluid)
        self._gravity = _three(motion.gravity)
        flat = body.domain.dimension == 2
        self._free = np.array([*motion.translate, *motion.rotate]) & ~np.array([False, False, flat, flat, flat, False])
        self._place, self._turned = np.asarray(self._own.centre, dtype=np.float64), Rotation.identity()
        start = body.start
        rotation = np.array([0.0, 0.0, *start.rotation])[-3:]
        velocity = _three(start.velocity) + np.cross(rotation, self._place - _three(start.centre))
        self._now = np.concatenate([velocity, rotation])
        self._excess = self._inertia() @ self._now
        self._checked = False
        self._seen: np.ndarray | None = None
        """Where the points stood when the gap to walls was last looked at."""

    def _inertia(self) -> np.ndarray:
        """G - G_f about the present centre of mass, (6, 6)."""
        R = self._turned.as_matrix()
        own, fluid = self._own, self._fluid
        offset = R @ (fluid.centre - own.centre)
        body = six(own.mass, np.zeros(3), R @ own.inertia @ R.T)
        return self._motion.share * (body - six(fluid.mass, offset, R @ fluid.inertia @ R.T))

    def _weight(self) -> np.ndarray:
        """Weight less buoyancy, and its moment about the centre of mass, (6,)."""
        offset = self._turned.apply(self._fluid.centre - self._own.centre)
        buoyancy = -self._fluid.mass * self._gravity
        force = self._own.mass * self._gravity + buoyancy
        return self._motion.share * np.concatenate([force, np.cross(offset, buoyancy)])

    def placement(self, step, every):
        lead = 0.5 * (every - 1)
        turned = Rotation.from_rotvec(lead * self._now[3:]) * self._turned
        return rigid(turned.as_matrix(), self._own.centre, self._place + lead * self._now[:3])

    def centre(self, step):
        return self._place

    def advance(self, step, coupling: Coupling):
        inertia, free = self._inertia(), self._free
        whole = inertia + coupling.inertia
        right = self._excess + coupling.impulse + self._weight()
        if not self._checked:
            self._require_mass(whole[np.ix_(free, free)], coupling.inertia[np.ix_(free, free)])
            self._checked = True
        V = self._now.copy()
        V[free] = np.linalg.solve(whole[np.ix_(free, free)], (right - whole[:, ~free] @ V[~free])[free])
        twist = Twist(V[:3], V[3:], self._place)
        self._excess = inertia @ V
        self._move(V)
        return twist

    def _move(self, V: np.ndarray) -> None:
        """To the place of the next step, and the excess momentum to the centre there."""
        shift = 1.5 * V - 0.5 * self._now
        self._place = self._place + shift[:3]
        self._turned = Rotation.from_rotvec(shift[3:]) * self._turned
        self._excess[3:] -= np.cross(shift[:3], self._excess[:3])
        self._now = V

    def _require_mass(self, whole: np.ndarray, held: np.ndarray) -> None:
        """Raises MotionError where `whole`, G - G_f + G_B, is too small beside G_B on the free axes."""
        if len(held) == 0:
            return
        share = float(eigh(whole, held, eigvals_only=True)[0])
        if share < _LIGHTEST:
            density = self._own.mass / self._fluid.mass
            raise MotionError(
                f"{self._body.name!r} has {density:.3g} times the fluid's density: G - G_f + G_B is {share:.3g} of G_B, below "
                f"{_LIGHTEST} the body would overshoot from step to step; at least about {density + _LIGHTEST - share:.2g} "
                "is needed here, less where it is more cells across"
            )

    def require_free(self, start, steps, every, reach):
        reach.require_cells(self.placement(start, every), start)

    def require_clear(self, step, every, reach):
        """Looks again where the body has moved by half a cell."""
        matrix = self.placement(step, every)
        points = apply(matrix, self._body.mesh.points)
        reach.require_slow(Twist(self._now[:3], self._now[3:], self._place), points, step, every)
        flat = slice(self._body.domain.dimension)
        if self._seen is None or np.abs(points - self._seen)[:, flat].max() > 0.5:
            reach.require_gap(matrix, step)
            reach.require_cells(matrix, step)
            self._seen = points


def _three(values) -> np.ndarray:
    return np.array([*values, 0.0])[:3]


def _properties(matter: Uniform | MassProperties, fluid: MassProperties) -> MassProperties:
    if isinstance(matter, MassProperties):
        return matter
    return MassProperties(matter.density * fluid.mass, fluid.centre, matter.density * fluid.inertia)
