"""Bodies of given profile in a slow stream: an eighth of the flow (in the plane a quarter), by the symmetries of Stokes flow."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import warp as wp
from singularities import Profile

from sparselbm.adjoint import Deformed, Steady, value_and_grad
from sparselbm.adjoint.anderson import Mixing
from sparselbm.adjoint.fixed_point import seen_cells
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import BoundDeformation, LinearDeformation
from sparselbm.grid.build import box
from sparselbm.models.boundary import BoundaryCondition, Face, FreeSlip, VelocityInlet
from sparselbm.observe import AtObstacle, Force, Observable
from sparselbm.observe.evaluation import Evaluation
from sparselbm.solver import Obstacle, Simulation
from sparselbm.trace.expression import where

SPEED, VISCOSITY = 1e-4, 0.5
STATIONS, SEGMENTS = 80, 48
XI = np.sin(np.linspace(-0.5 * np.pi, 0.5 * np.pi, STATIONS + 1))


def round_body(radius: float, dimension: int) -> TriangleMesh:
    """A sphere, or in the plane a circle, of the same stations as other bodies have."""
    return TriangleMesh(*surface(radius * XI, radius * np.sqrt(1.0 - XI**2), dimension))


def body(profile: Profile, dimension: int) -> TriangleMesh:
    return TriangleMesh(*surface(*profile.curve(XI), dimension))


def variables(start: Profile, dimension: int) -> LinearDeformation:
    """The numbers of a profile, less those at the start: the points are linear in them."""
    still = surface(0.0 * XI, 0.0 * XI, dimension)[0]
    units = [surface(*Profile(tuple(unit)).curve(XI), dimension)[0] for unit in np.eye(len(start.numbers))]
    ways = np.stack([unit - still for unit in units], axis=-1)
    return LinearDeformation(
        still + ways @ np.array(start.numbers), len(start.numbers), lambda x: ways @ x,
        lambda g: np.einsum("nkv,nk->v", ways, g), np.inf,
    )


def surface(x: np.ndarray, r: np.ndarray, dimension: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and faces about an outline from tip to tip."""
    return revolved(x, r) if dimension == 3 else extruded(x, r)


def revolved(x: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rings about the x axis between two tips: points and faces."""
    angles = 2.0 * np.pi * np.arange(SEGMENTS) / SEGMENTS
    around = np.stack([np.ones(SEGMENTS), np.cos(angles), np.sin(angles)], axis=-1)
    rings = (np.stack([x[1:-1], r[1:-1], r[1:-1]], axis=-1)[:, None] * around).reshape(-1, 3)
    points = np.concatenate([[[x[0], 0.0, 0.0]], rings, [[x[-1], 0.0, 0.0]]])
    index = 1 + np.arange(len(rings)).reshape(-1, SEGMENTS)
    after = np.roll(index, -1, axis=1)
    a, b, c, d = (part.reshape(-1) for part in (index[:-1], index[1:], after[1:], after[:-1]))
    first = np.stack([np.zeros_like(index[0]), after[0], index[0]], axis=-1)
    last = np.stack([np.full_like(index[0], len(points) - 1), index[-1], after[-1]], axis=-1)
    return points, np.concatenate([first, last, np.stack([a, c, b], axis=-1), np.stack([a, d, c], axis=-1)])


def extruded(x: np.ndarray, r: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A prism across the plane, 20 cells long: its outline at both ends, and the middles of these."""
    outline = np.concatenate([np.stack([x, -r], axis=-1), np.stack([x, r], axis=-1)[-2:0:-1]])
    n = len(outline)
    near, far = (np.column_stack([outline, np.full(n, z)]) for z in (-9.5, 10.5))
    points = np.concatenate([near, far, [[0.0, 0.0, -9.5], [0.0, 0.0, 10.5]]])
    a = np.arange(n)
    b = np.roll(a, -1)
    sides = [np.stack([a, b, b + n], axis=-1), np.stack([a, b + n, a + n], axis=-1)]
    ends = [np.stack([np.full(n, 2 * n), b, a], axis=-1), np.stack([np.full(n, 2 * n + 1), a + n, b + n], axis=-1)]
    return points, np.concatenate([*sides, *ends])


@dataclass(frozen=True)
class Reversal(BoundaryCondition):
    """f_q - w_q = -(f_q' - w_q) with q' the mirror image of q: before the plane the flow is that behind it, reversed.

    u(-x, y) = (u_x, -u_y)(x, y), p(-x, y) = -p(x, y): a symmetry of Stokes flow past a body that is symmetric itself.
    """

    face: Face

    mass_share = 0.5

    def parameters(self, dimension):
        return ()

    def fill(self, lattice, f, value, enters):
        mirrored = lattice.mirrored(self.face.axis)
        return [where(enter, -1.0 * f[p], fq) for fq, p, enter in zip(f, mirrored, enters, strict=True)]

    def memory(self, lattice, f, post, enters, normal):
        return {}


@dataclass(frozen=True)
class WholeDrag(Observable):
    """The drag of the whole body: what the part in the domain feels, cells on planes of symmetry by their share."""

    where = AtObstacle("body")

    def integrand(self, cell):
        share = 2.0**cell.lattice.dimension
        for axis in range(cell.lattice.dimension):
            share = share * (1.0 - 0.5 * cell.mask(cell.on_opening(Face(axis, 0))))
        return share * Force("body", (1.0, *[0.0] * (cell.lattice.dimension - 1))).integrand(cell)


class Stream:
    """A body in the middle of a box whose sides move with the stream, `half` cells from it along each axis."""

    def __init__(self, mesh: TriangleMesh, half: Sequence[int], device, precision=wp.float32):
        dimension = len(half)
        stream = (SPEED, *[0.0] * (dimension - 1))
        planes = [Reversal(Face(0, 0)), *(FreeSlip(Face(axis, 0)) for axis in range(1, dimension))]
        sides = [VelocityInlet(Face(axis, 1), stream) for axis in range(dimension)]
        self.simulation = Simulation(
            box([n + 1 for n in half], origin=(-0.5, -0.5, -0.5 * (dimension == 3)), device=device),
            viscosity=VISCOSITY, precision=precision, boundaries=[*planes, *sides],
            obstacles=[Obstacle("body", mesh)],
        )
        velocity = np.zeros((*self.simulation.domain.fluid.shape, dimension))
        velocity[..., 0] = SPEED
        self.simulation.set_state(1.0, velocity)

    def move(self, points: np.ndarray) -> None:
        self.simulation.solids.geometry[0].move(points)
        self.simulation.update_geometry({"body"})

    def drag(self, tolerance: float = 1e-6, stretch: int = 100, limit: int = 300) -> float:
        """Drag / (mu U) [cells^(d - 2)] of the settled flow.

        Stretches of steps are mixed (Anderson) until the drag changes by less than `tolerance` over three in a row: without
        inertia the flow is a linear fixed point, and its slowest mode, the box's own, takes as long as all else together.
        """
        simulation = self.simulation
        mixing = Mixing(8, seen_cells(simulation), simulation.physics.size)
        evaluation = Evaluation(simulation, WholeDrag())  # Made anew, for it holds the tiles in which the body is now.
        calm, drag, before = 0, np.inf, np.inf
        for _ in range(limit):
            start = simulation.state.populations.numpy().copy()
            simulation.run(stretch)
            evaluation.add(simulation.state.populations)
            before, drag = drag, evaluation.take()
            calm = calm + 1 if abs(drag - before) < tolerance * abs(drag) else 0
            if calm == 3:
                return drag / (VISCOSITY * SPEED)
            simulation.state.populations.assign(mixing.next(start, simulation.state.populations.numpy()))
        raise AssertionError(f"the drag still changes by {abs(drag / before - 1.0):.1e} after {limit} stretches")

    def gradient(self, deformation: BoundDeformation, x: np.ndarray, tolerance: float) -> np.ndarray:
        """d drag / (mu U) / d x at the settled flow."""
        _, (gradient,) = value_and_grad(
            WholeDrag(), self.simulation, steps=1, wrt=[Deformed("body", deformation, x)],
            method=Steady(tolerance=tolerance, flow_tolerance=np.inf),
        )
        return gradient / (VISCOSITY * SPEED)
