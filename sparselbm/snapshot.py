"""A flow at one moment, in SI: fields on tiles, slices, surface values, streamlines."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .domain import Domain
from .domain.sampling import sample
from .geometry import TriangleMesh
from .io.grid import TileGrid
from .io.streamlines import trace_streamlines
from .lattice import CS2
from .memory import tile_view
from .simulation import Simulation
from .units import Units


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Velocity, pressure and solid fraction of every cell, taken from a simulation."""

    domain: Domain
    velocity: np.ndarray
    """[m / s], (n, cells, d)."""
    pressure: np.ndarray
    """Above that of the outlet [Pa], (n, cells)."""
    solid: np.ndarray
    """Solid fraction, (n, cells)."""

    @classmethod
    def of(cls, simulation: Simulation, units: Units) -> "Snapshot":
        """The present flow of a simulation."""
        d = simulation.lattice.dimension
        moments = tile_view(simulation.domain, simulation.moments(), 1 + d).astype(np.float32)
        solid = np.zeros_like(moments[:, 0])
        if simulation.solid is not None:
            solid[:] = tile_view(simulation.domain, simulation.solid, 1)[:, 0]
        velocity = units.velocity_to_si(np.moveaxis(moments[:, 1:], 1, -1))
        return cls(simulation.domain, velocity, units.pressure_to_si(CS2 * (moments[:, 0] - 1.0)), solid)

    @cached_property
    def speed(self) -> np.ndarray:
        """|u| [m / s], (n, cells)."""
        return np.linalg.norm(self.velocity, axis=-1)

    def slice(self, axis: int, position: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The layer of cells nearest to a coordinate [m]: centres (nu, nv, 3), speed (nu, nv) and solid (nu, nv)."""
        domain = self.domain
        layer = int(np.clip((position - domain.origin[axis]) / domain.voxel_size, 0, domain.shape[axis] - 1))
        cut = tuple(layer if k == axis else slice(None) for k in range(3))
        index = np.moveaxis(np.indices(domain.shape), 0, -1)[cut]
        centres = np.asarray(domain.origin) + (index + 0.5) * domain.voxel_size
        return centres, domain.dense(self.speed)[cut], domain.dense(self.solid)[cut]

    def surface_pressure(self, mesh: TriangleMesh, offset: float = 1.0) -> np.ndarray:
        """Pressure [Pa] at the points of a surface, (n,), read `offset` cells outside of it, where all is fluid."""
        outside = mesh.points + offset * self.domain.voxel_size * point_normals(mesh)
        return np.nan_to_num(sample(self.domain, self.pressure, outside))

    def streamlines(self, seeds: np.ndarray, steps: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Lines [m] through the seeds, half a cell a step, and the speed [m / s] along them."""

        def flow(points: np.ndarray) -> np.ndarray:
            return sample(self.domain, self.velocity, points)

        lines = [line for line in trace_streamlines(flow, seeds, 0.5 * self.domain.voxel_size, steps) if len(line) > 1]
        return lines, [np.linalg.norm(flow(line), axis=1) for line in lines]

    def grids(self) -> tuple[TileGrid, TileGrid]:
        """Velocity and pressure as grids for `.vdb` and `.nvdb`."""
        half = 0.5 * self.domain.voxel_size
        place = {
            "tiles": self.domain.tiles, "voxel_size": self.domain.voxel_size, "active": self.domain.fluid,
            "origin": tuple(x + half for x in self.domain.origin),
        }  # fmt: skip
        fields = {"velocity": self.velocity, "pressure": self.pressure}
        velocity, pressure = (TileGrid(name=name, values=values, **place) for name, values in fields.items())
        return velocity, pressure


def point_normals(mesh: TriangleMesh) -> np.ndarray:
    """Unit outward normals at the points, (n, 3): area-weighted means of the faces around each."""
    normals = point_areas(mesh)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)


def point_areas(mesh: TriangleMesh) -> np.ndarray:
    """A third of the area vectors of the faces around each point [m^2], (n, 3)."""
    result = np.zeros_like(mesh.points)
    for corner in mesh.faces.T:
        np.add.at(result, corner, mesh.area_vectors / 3.0)
    return result
