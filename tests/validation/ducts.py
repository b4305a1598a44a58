"""Flow along ducts whose walls are off the grid: cross-sections with exact profiles, and the flow rate over theirs."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
import warp as wp
from case import Grid, Stopwatch
from flow_fields import steady_run
from flows import cylinder

from sparselbm.geometry import SolidFraction, TriangleMesh
from sparselbm.grid.build import box
from sparselbm.models.wall import BounceBack
from sparselbm.solver import Obstacle, Simulation

VISCOSITY, LENGTH = 0.05, 8
"""nu on the lattice; cells along a duct, which is periodic."""
MARGIN = 5.0
"""Least thickness of the solid around a duct [cells]: the partially saturated method needs it."""
PLACE = np.array([0.2, 0.1])
"""Distance of a duct's axis from a corner of cells [cells]."""


class Section(ABC):
    """A cross-section about the origin, in cells, whose walls are parallel to the last axis; of plates to the first."""

    dimension = 3

    @property
    @abstractmethod
    def reach(self) -> float:
        """Greatest distance of the wall from the axis."""

    @property
    @abstractmethod
    def gap(self) -> float:
        """Width that the profile develops over."""

    @abstractmethod
    def profile(self, place: np.ndarray) -> np.ndarray:
        """u nu / G at places (n, 2), 0 in the solid [cells^2]."""

    @abstractmethod
    def obstacles(self, centre: np.ndarray, wall: SolidFraction | BounceBack) -> list[Obstacle]:
        """The walls of a duct about a centre."""


@dataclass(frozen=True)
class Annulus(Section):
    """Between concentric circles: u = G / (4 nu) (R_2^2 - r^2 - (R_2^2 - R_1^2) ln(R_2 / r) / ln(R_2 / R_1))."""

    inner: float
    outer: float

    @property
    def reach(self):
        return self.outer

    @property
    def gap(self):
        return self.outer - self.inner

    def profile(self, place):
        r = np.linalg.norm(place, axis=-1)
        a, b, safe = self.inner, self.outer, np.maximum(r, 1e-9)
        u = 0.25 * (b**2 - r**2 - (b**2 - a**2) * np.log(b / safe) / np.log(b / a))
        return np.where((r > a) & (r < b), u, 0.0)

    def obstacles(self, centre, wall):
        return [
            Obstacle("inner", cylinder(self.inner, centre, 256, ends=(-8.0, LENGTH + 8.0)), wall=wall),
            Obstacle("outer", cylinder(self.outer, centre, 256, ends=(-8.0, LENGTH + 8.0)), wall=wall, hollow=True),
        ]


@dataclass(frozen=True)
class Plates(Section):
    """Between planes y = +-width / 2, in two dimensions: u = G / (2 nu) (width^2 / 4 - y^2)."""

    width: float

    dimension = 2

    @property
    def reach(self):
        return 0.5 * self.width

    @property
    def gap(self):
        return self.width

    def profile(self, place):
        return 0.5 * np.maximum(0.25 * self.width**2 - place[..., 1] ** 2, 0.0)

    def obstacles(self, centre, wall):
        half = np.array([2.0 * LENGTH, 0.5 * self.width])
        low, high = centre - half, centre + half
        return [Obstacle("plates", TriangleMesh.box((*low, -8.0), (*high, 9.0)), wall=wall, hollow=True)]


@dataclass(frozen=True)
class Circle(Section):
    """A pipe: u = G / (4 nu) (R^2 - r^2)."""

    radius: float

    @property
    def reach(self):
        return self.radius

    @property
    def gap(self):
        return 2.0 * self.radius

    def profile(self, place):
        return 0.25 * np.maximum(self.radius**2 - (place**2).sum(axis=-1), 0.0)

    def obstacles(self, centre, wall):
        return [Obstacle("pipe", cylinder(self.radius, centre, 256, ends=(-8.0, LENGTH + 8.0)), wall=wall, hollow=True)]


@dataclass(frozen=True)
class Triangle(Section):
    """Equilateral, turned by 10 degrees: u = G / (nu H) d_1 d_2 d_3 with the distances from its sides, H its height."""

    height: float
    turn: float = np.radians(10.0)

    @property
    def reach(self):
        return 2.0 / 3.0 * self.height

    @property
    def gap(self):
        return 2.0 / 3.0 * self.height

    def profile(self, place):
        angles = self.turn + np.pi / 3.0 + 2.0 * np.pi / 3.0 * np.arange(3)
        outward = np.stack([np.cos(angles), np.sin(angles)])
        distances = self.height / 3.0 - place @ outward
        return np.where((distances > 0.0).all(axis=-1), distances.prod(axis=-1) / self.height, 0.0)

    def obstacles(self, centre, wall):
        prism = TriangleMesh.cylinder(self.reach, (0.0, 0.0, -8.0), (0.0, 0.0, LENGTH + 8.0), 3)
        first = prism.points[np.argmax(np.linalg.norm(prism.points[:, :2], axis=1))]
        angle = self.turn - np.arctan2(first[1], first[0])
        c, s = np.cos(angle), np.sin(angle)
        points = prism.points @ np.array([[c, s, 0.0], [-s, c, 0.0], [0.0, 0.0, 1.0]]) + [*centre, 0.0]
        return [Obstacle("duct", prism.with_points(points), wall=wall, hollow=True)]


def flow_rate(
    section: Section, wall: SolidFraction | BounceBack, device: str, place: np.ndarray = PLACE
) -> tuple[float, Grid]:
    """Steady flow rate over the exact one, both summed over the cells whose centre is in the fluid; the grid.

    The error of that sum as an integral, 1 % of a gap of 6 cells, is not the wall's, and drops out.
    """
    watch = Stopwatch()
    n, d = 8 * int(np.ceil(2.0 * (section.reach + MARGIN) / 8.0)), section.dimension
    centre = 0.5 * n + place
    along = 2 if d == 3 else 0
    shape = (n, n, LENGTH) if d == 3 else (n, n)
    drive = 1e-3 * VISCOSITY / section.gap**2
    simulation = Simulation(
        box(shape, periodic=[axis == along for axis in range(d)], device=device), viscosity=VISCOSITY,
        force=tuple(drive * (axis == along) for axis in range(d)), obstacles=section.obstacles(centre, wall),
        precision=wp.float64,
    )
    exact = section.profile(simulation.domain.cell_indices()[..., :2] + 0.5 - centre)
    start = np.zeros((*exact.shape, d))
    start[..., along] = exact * drive / VISCOSITY
    simulation.set_state(1.0, start)
    stretch = round(0.05 * section.gap**2 / VISCOSITY) + 50
    steady_run(simulation, 1e-5, stretch=stretch, limit=100 * stretch)
    flow = simulation.velocity()[..., along][exact > 0.0].sum() * VISCOSITY / drive
    return float(flow / exact.sum()), watch.grid(f"{section.gap:g} cells", section.gap, simulation)
