"""Rigid body that is moved by the flow and its weight."""

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

MIN_INERTIA_RATIO = 0.25
"""Smallest ratio of G - G_f + G_B to G_B. Measured on cylinders of radius 3 to 8 cells at nu = 0.02 and 0.1: stable from 0.2 on,
never below 0.1."""

Axes = tuple[bool, bool, bool]


@dataclass(frozen=True, eq=False, kw_only=True)
class RigidBody(Motion):
    """Free body with the Newton-Euler equations d/dt ((G - G_f) V) = F(V) + (M - M_f) g, with V = (v, Omega).

    G and G_f are the (6, 6) inertia matrices of the body and of fluid of density 1 in its place: the fluid inside the body moves
    with it, and its acceleration is part of F (Uhlmann, J. Comput. Phys. 209 (2005) 448). Explicit in time, these equations are
    singular at the density ratio 1; Feng & Michaelides, Comput. Fluids 38 (2009) 370, take G_f dV/dt from the previous step. Here
    F(V) = impulse - G_B V is linear in V with known sums over the cells (see `Coupling`), so that V of a step solves

        (G - G_f + G_B) V = P + impulse + (M - M_f) g,

    implicit in the velocity, with P the excess momentum (G - G_f) V of the previous step. The momentum of fluid and body is
    conserved to round-off, and a neutrally buoyant body, G = G_f, moves with the momentum of the fluid in it. Position and
    rotation (a unit quaternion) follow to second order by x' = x + (3 V - V_before) / 2.
    Contact is not modelled: a run ends with MotionError if a wall or another body comes within `gap`.
    """

    matter: Uniform | MassProperties
    """Density of the body, or its mass and inertia."""
    gravity: tuple[float, ...]
    """Gravity g [cells / step^2], one value per axis: weight minus buoyancy acts on the body; the pressure of the fluid excludes
    the hydrostatic part rho g x."""
    translate: Axes = (True, True, True)
    """Axes along which the body is free; along others it keeps the velocity of the obstacle's `motion`. In 2D never along z."""
    rotate: Axes = (True, True, True)
    """Axes about which the body is free to rotate; in 2D only z."""
    share: float = 1.0
    """Part of the body inside the domain: 1/4 between two planes of symmetry (`FreeSlip`)."""
    gap: float = 2.0
    """Smallest distance to walls and other bodies [cells]."""

    def __post_init__(self):
        if not 0.0 < self.share <= 1.0:
            raise MotionError(f"share is {self.share}, but must be above 0 and at most 1")
        if not np.isfinite(self.gravity).all():
            raise MotionError(f"gravity {self.gravity}: give finite values [cells / step^2]")

    def trajectory(self, body: MovingBody) -> "RigidTrajectory":
        if len(self.gravity) != body.domain.dimension:
            raise MotionError(f"gravity {self.gravity}: give one value per axis, {body.domain.dimension} of them")
        return RigidTrajectory(self, body)


class RigidTrajectory(Trajectory):
    """Trajectory of one free body."""

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
        """Corners of the surface when the gap to walls was last checked."""

    def _inertia(self) -> np.ndarray:
        """G - G_f about the present centre of mass, (6, 6)."""
        R = self._turned.as_matrix()
        own, fluid = self._own, self._fluid
        offset = R @ (fluid.centre - own.centre)
        body = six(own.mass, np.zeros(3), R @ own.inertia @ R.T)
        return self._motion.share * (body - six(fluid.mass, offset, R @ fluid.inertia @ R.T))

    def _weight(self) -> np.ndarray:
        """Weight minus buoyancy, and its moment about the centre of mass, (6,)."""
        offset = self._turned.apply(self._fluid.centre - self._own.centre)
        buoyancy = -self._fluid.mass * self._gravity
        force = self._own.mass * self._gravity + buoyancy
        return self._motion.share * np.concatenate([force, np.cross(offset, buoyancy)])

    def pose(self, step, every):
        lead = 0.5 * (every - 1)
        turned = Rotation.from_rotvec(lead * self._now[3:]) * self._turned
        return rigid(turned.as_matrix(), self._own.centre, self._place + lead * self._now[:3])

    def centre(self, step):
        return self._place

    def saved(self):
        turned = self._turned.as_quat()
        return {
            "place": self._place, "turned": turned, "velocity": self._now, "excess": self._excess, "seen": self._seen,
            "checked": self._checked,
        }

    def restore(self, state):
        # Normalised once more, the quaternion would differ in its last bits.
        self._place, self._turned = state["place"], Rotation(state["turned"], normalize=False)
        self._now, self._excess, self._seen = state["velocity"], state["excess"], state["seen"]
        self._checked = state["checked"]

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
        """Moves the body to the next step, and refers the excess momentum to its new centre."""
        shift = 1.5 * V - 0.5 * self._now
        self._place = self._place + shift[:3]
        self._turned = Rotation.from_rotvec(shift[3:]) * self._turned
        self._excess[3:] -= np.cross(shift[:3], self._excess[:3])
        self._now = V

    def _require_mass(self, whole: np.ndarray, held: np.ndarray) -> None:
        """Raises MotionError if `whole`, G - G_f + G_B, is too small compared with `held`, G_B, on the free axes."""
        if len(held) == 0:
            return
        share = float(eigh(whole, held, eigvals_only=True)[0])
        if share < MIN_INERTIA_RATIO:
            density = self._own.mass / self._fluid.mass
            raise MotionError(
                f"{self._body.name!r} has {density:.3g} times the density of the fluid, which is too light: G - G_f + G_B is "
                f"{share:.3g} of G_B, below the limit of {MIN_INERTIA_RATIO}, and the velocity would oscillate; use a density "
                f"of about {density + MIN_INERTIA_RATIO - share:.2g} or more, or more cells across the body"
            )

    def require_free(self, start, steps, every, clearance):
        clearance.require_cells(self.pose(start, every), start)

    def require_clear(self, step, every, clearance):
        """Repeats the check whenever the body has moved by half a cell."""
        matrix = self.pose(step, every)
        points = apply(matrix, self._body.mesh.points)
        clearance.require_slow(Twist(self._now[:3], self._now[3:], self._place), points, step, every)
        flat = slice(self._body.domain.dimension)
        if self._seen is None or np.abs(points - self._seen)[:, flat].max() > 0.5:
            clearance.require_gap(matrix, step)
            clearance.require_cells(matrix, step)
            self._seen = points


def _three(values) -> np.ndarray:
    return np.array([*values, 0.0])[:3]


def _properties(matter: Uniform | MassProperties, fluid: MassProperties) -> MassProperties:
    if isinstance(matter, MassProperties):
        return matter
    return MassProperties(matter.density * fluid.mass, fluid.centre, matter.density * fluid.inertia)
