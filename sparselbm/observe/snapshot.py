"""Instantaneous flow fields in SI: fields on tiles, values on surfaces, streamlines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ..files.grid import TileGrid
from ..geometry import TriangleMesh
from ..grid import Domain, FieldSampler, OffWall, with_halo
from ..grid.memory import tile_view
from ..lattice import CS2
from ..models.scalar import BodyConduction
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from ..solver import Obstacle, Simulation
from ..units import Units
from .streamlines import trace_streamlines


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Velocity, pressure, solid fraction and scalars of every cell of a simulation."""

    domain: Domain
    velocity: np.ndarray
    """Velocity [m/s], (n, cells, d)."""
    pressure: np.ndarray
    """Pressure relative to that of the outlet [Pa], (n, cells)."""
    solid: np.ndarray
    """Solid fraction, (n, cells)."""
    scalars: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Scalars by name, in their own units, (n, cells)."""
    conducted: frozenset[str] = frozenset()
    """Names of the scalars that bodies conduct: these have values inside bodies."""
    obstacles: tuple[Obstacle, ...] = ()
    """Bodies and walls with their present surfaces."""

    @classmethod
    def of(cls, simulation: Simulation, units: Units) -> "Snapshot":
        """Snapshot of the present flow of a simulation."""
        d = simulation.lattice.dimension
        moments = tile_view(simulation.domain, simulation.moments(), 1 + d).astype(np.float32)
        solid = solid_fraction(simulation)
        velocity = units.velocity_to_si(np.moveaxis(moments[:, 1:], 1, -1))
        fields = {each: simulation.scalar(each.name).astype(np.float32) for each in simulation.physics.scalars}
        scalars = {each.name: values + np.float32(each.offset) for each, values in fields.items()}
        pressure = units.pressure_to_si(CS2 * (moments[:, 0] - 1.0))
        conducted = frozenset(each.name for each in fields if any(isinstance(body, BodyConduction) for body in each.bodies))
        present = simulation.solids.at_present(simulation.obstacles)
        return cls(simulation.domain, velocity, pressure, solid, scalars, conducted, present)

    @cached_property
    def speed(self) -> np.ndarray:
        """Speed |u| [m/s], (n, cells)."""
        return np.linalg.norm(self.velocity, axis=-1)

    @property
    def velocity_gradient(self) -> np.ndarray:
        """A_ab = d_a u_b [1 / s], (n, cells, 3, 3): central differences, one-sided next to cells that are not fluid."""
        u = np.where(self.domain.fluid[..., None], self.velocity, np.nan)
        block = with_halo(self.domain, u)
        here, rows = block[:, 1:-1, 1:-1, 1:-1], []
        for axis in (1, 2, 3):
            ahead = np.roll(block, -1, axis)[:, 1:-1, 1:-1, 1:-1] - here
            behind = here - np.roll(block, 1, axis)[:, 1:-1, 1:-1, 1:-1]
            one_sided = np.where(np.isnan(ahead), behind, ahead)
            both = np.isfinite(ahead) & np.isfinite(behind)
            rows.append(np.where(both, 0.5 * (ahead + behind), np.nan_to_num(one_sided)))
        return np.stack(rows, axis=-2).reshape(*self.velocity.shape, 3) / np.float32(self.domain.voxel_size)

    @property
    def q_criterion(self) -> np.ndarray:
        """Q = (|Omega|^2 - |S|^2) / 2 = -A_ab A_ba / 2 [1 / s^2], (n, cells): above 0 where rotation outweighs strain.

        Hunt, Wray & Moin 1988, Center for Turbulence Research, CTR-S88, p. 193.
        """
        gradient = self.velocity_gradient
        return -0.5 * np.einsum("...ab,...ba", gradient, gradient)

    def surface_pressure(self, mesh: TriangleMesh) -> np.ndarray:
        """Pressure [Pa] at the points of a surface, (n,).

        Extrapolated linearly from the values 1 and 2 cells outside the surface, because the pressure in cells with solid is not
        defined. A point without adjacent fluid takes the value of the nearest point with fluid.
        """
        return OffWall(self.domain, self.known, self.pressure, mesh).at_wall

    def wall_shear(self, mesh: TriangleMesh, viscosity: float) -> np.ndarray:
        """Shear stress mu du_t / dn of the fluid on a surface at rest [Pa], (n, 3); `viscosity`: mu [Pa s].

        Slope of the parabola through no slip at the wall and the tangential velocities 1 and 2 cells outside, or of the line if
        the second is not known. A point without adjacent fluid takes the value of the nearest point with fluid. Boundary layers
        thinner than two cells are not resolved. With the partially saturated method, in whose cells the fluid still moves, the
        stress of Couette flow is 6 to 13 % too high (nu = 0.02 to 0.5).
        """
        return viscosity * _tangential(OffWall(self.domain, self.known, self.velocity, mesh).slope, mesh.point_normals)

    @property
    def known(self) -> np.ndarray:
        """Fluid cells that are not wholly solid, (n, cells)."""
        return self.domain.fluid & (self.solid < SOLID_THRESHOLD)

    def streamlines(self, seeds: np.ndarray, steps: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Streamlines [m] through the seeds, in steps of half a cell, and the speed [m/s] along them."""
        flow = FieldSampler(self.domain, self.velocity)
        lines = [line for line in trace_streamlines(flow, seeds, 0.5 * self.domain.voxel_size, steps) if len(line) > 1]
        return lines, [np.linalg.norm(flow(line), axis=1) for line in lines]

    def grids(self) -> tuple[TileGrid, ...]:
        """Velocity, pressure, scalars and the solid fraction as grids for `.vdb` and `.nvdb`.

        The fields are inactive in wholly solid cells, except for scalars that bodies conduct. The solid fraction is 1 wherever
        there is no fluid cell.
        """
        half, kept = 0.5 * self.domain.voxel_size, ~self.domain.ghost_tiles
        place = {
            "tiles": self.domain.tiles[kept], "voxel_size": self.domain.voxel_size,
            "origin": tuple(x + half for x in self.domain.origin),
        }
        fluid, known = self.domain.fluid[kept], self.known[kept]
        fields = {"velocity": self.velocity, "pressure": self.pressure, **self.scalars}
        solid = np.where(fluid, self.solid[kept], 1.0).astype(np.float32)
        return (*(
            TileGrid(name=name, values=values[kept], active=fluid if name in self.conducted else known, **place)
            for name, values in fields.items()
        ), TileGrid(name="solid", values=solid, background=1.0, **place))


def solid_fraction(simulation: Simulation) -> np.ndarray:
    """Present solid fraction of every cell, (n, cells) float32; 1 behind walls on links."""
    solid = simulation.solids.values().astype(np.float32)
    solid[simulation.domain.fluid & ~simulation.walls.fluid] = 1.0
    return solid


def _tangential(vectors: np.ndarray, normals: np.ndarray) -> np.ndarray:
    """v - (v . n) n, (n, 3)."""
    return vectors - np.einsum("ij,ij->i", vectors, normals)[:, None] * normals
