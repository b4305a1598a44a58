"""The cylinder in a channel of Schafer & Turek, in two and in three dimensions: set-up, coefficients, pressure difference."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import warp as wp
from flow_fields import start_from
from flows import cylinder

from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.lattice import CS2
from sparselbm.models.boundary import X_MAX, X_MIN, Z_MAX, CharacteristicOutlet, FreeSlip, Parabola, VelocityInlet
from sparselbm.models.collision import TRT, Collision
from sparselbm.models.wall import BounceBack, Bouzidi
from sparselbm.observe import Force
from sparselbm.solver import Obstacle, Simulation

HEIGHT, DIAMETER = 0.41, 0.1
"""Of the channel and of the cylinder [m]."""


@dataclass(frozen=True, kw_only=True)
class ChannelCylinder:
    """Parabolic inlet, characteristic outlet, halfway walls of the channel.

    In three dimensions the half up to the plane of symmetry z = H / 2, which passes through centres of cells.
    """

    dimension: int
    cells: int
    """Over the channel's height."""
    length: float
    """Of the channel [m]."""
    place: tuple[float, float]
    """Of the cylinder's axis [m]."""
    reynolds: float
    """Mean inflow x D / nu."""
    speed: float
    """Largest of the inflow on the lattice [cells / step]."""
    device: str
    collision: Collision = field(default_factory=TRT)
    """TRT blows up at an inlet where u / nu, the Reynolds number of a cell, exceeds 10; Cumulant does not."""

    wall: SolidFraction | BounceBack = field(default_factory=Bouzidi)
    """Of the cylinder."""
    facets: int = 256
    precision: type = wp.float32

    @property
    def across(self) -> float:
        """Cells along the diameter."""
        return DIAMETER / HEIGHT * self.cells

    @property
    def mean(self) -> float:
        """Mean inflow on the lattice: of the parabola, or the product of two."""
        return self.speed * (2.0 / 3.0) ** (self.dimension - 1)

    @property
    def steps(self) -> float:
        """Steps in which the mean inflow passes a diameter."""
        return self.across / self.mean

    @cached_property
    def simulation(self) -> Simulation:
        """The undisturbed inflow everywhere."""
        h, d = HEIGHT / self.cells, self.dimension
        shape = (round(self.length / h), self.cells, (self.cells + 1) // 2)[:d]
        whole = (shape[0], self.cells, self.cells)[:d]
        profile = Parabola(0, lower=(0.0,) * d, upper=tuple(float(n) for n in whole))
        inlet = VelocityInlet(X_MIN, (self.speed, 0.0, 0.0)[:d], profile=profile)
        symmetry = [FreeSlip(Z_MAX)] if d == 3 else []
        simulation = Simulation(
            box(shape, voxel_size=h, device=self.device), viscosity=self.mean * self.across / self.reynolds,
            collision=self.collision, boundaries=[inlet, *symmetry, CharacteristicOutlet(X_MAX)], precision=self.precision,
            obstacles=[Obstacle("cylinder", self._body(), wall=self.wall)],
        )
        centres = simulation.domain.cell_indices() + 0.5
        velocity = np.zeros(centres.shape)
        velocity[..., 0] = self.speed * profile.factors(centres.reshape(-1, d), whole, 0).reshape(centres.shape[:-1])
        simulation.set_state(1.0, velocity)
        return simulation

    def _body(self) -> TriangleMesh:
        ends = (-HEIGHT, 2.0 * HEIGHT) if self.dimension == 3 else (-0.1, 0.1)
        return cylinder(0.5 * DIAMETER, self.place, self.facets, ends=ends)

    def start_from(self, other: "ChannelCylinder") -> None:
        """Takes over another grid's or speed's flow."""
        start_from(self.simulation, other.simulation, speed_ratio=self.speed / other.speed)

    def along(self, axis: int) -> Force:
        """The force on the cylinder along an axis."""
        return Force("cylinder", tuple(float(k == axis) for k in range(self.dimension)))

    def coefficient(self, force):
        """2 F / (rho U^2 D) of a lattice force, in three dimensions 2 F / (rho U^2 D H), with U the mean inflow."""
        area = self.across * (self.cells if self.dimension == 3 else 1.0)
        return force / (0.5 * self.mean**2 * area)

    def pressure_difference(self, mean: float) -> float:
        """Between the front and the back of the cylinder at y = 0.2 m [Pa], for this mean inflow [m / s] and 1 kg / m^3."""
        p = self.simulation.domain.dense(CS2 * (self.simulation.density() - 1.0))
        p = p if self.dimension == 2 else p[..., -1]
        h = HEIGHT / self.cells
        ends = [self.place[0] / h + side * 0.5 * self.across for side in (-1.0, 1.0)]
        front, back = (surface_pressure(p, x, self.place[1] / h, side) for x, side in zip(ends, (-1, 1), strict=True))
        return float(front - back) * (mean / self.mean) ** 2


def surface_pressure(p: np.ndarray, x: float, y: float, side: int) -> float:
    """The parabola through the three nearest centres outside of a surface at (x, y) [cells], on its left (-1) or right (1)."""
    nearest = int(np.floor(x - 1.0)) if side < 0 else int(np.ceil(x))  # At least half a cell outside.
    columns = [nearest + side * k for k in range(3)]
    rows = int(np.floor(y - 0.5))
    share = y - 0.5 - rows
    values = [(1.0 - share) * p[i, rows] + share * p[i, rows + 1] for i in columns]
    at = np.array(columns) + 0.5 - x
    return float(np.polyval(np.polyfit(at, values, 2), 0.0))
