"""Means, variances and covariances of the flow fields over time."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import warp as wp

from ...files.grid import TileGrid
from ...files.restarts import Resumable
from ...grid import Domain
from ...grid.memory import put_tiles, tile_array, tile_view
from ...lattice import CS2
from ...models.wall.partially_saturated import SOLID_THRESHOLD
from ...solver import Simulation
from ...units import Units
from ..snapshot import solid_fraction
from .moments_pass import MomentsPass

MEAN_FIELDS_BYTES = 44
"""Memory of the statistics per cell in three dimensions and single precision [bytes]."""


@dataclass(frozen=True, eq=False)
class MeanFields:
    """Statistics of the flow in every cell over a window of time."""

    domain: Domain
    samples: int
    velocity: np.ndarray
    """Mean velocity [m/s], (n, cells, d)."""
    pressure: np.ndarray
    """Mean pressure relative to that of the outlet [Pa], (n, cells)."""
    reynolds_stress: np.ndarray
    """Covariances <u_a' u_b'> [m^2/s^2], (n, cells, d, d): times -density, the Reynolds stress."""
    pressure_variance: np.ndarray
    """Variance <p'^2> [Pa^2], (n, cells)."""
    known: np.ndarray
    """Fluid cells that are not wholly solid at the end, (n, cells)."""

    def grids(self) -> tuple[TileGrid, ...]:
        """Grids for `.vdb` and `.nvdb`: mean_velocity, mean_pressure, velocity_variance (xx, yy, zz), velocity_covariance
        (xy, xz, yz), and pressure_variance."""
        a, b = np.triu_indices(3, 1)
        fields = {
            "mean_velocity": self.velocity, "mean_pressure": self.pressure,
            "velocity_variance": np.einsum("ncaa->nca", self.reynolds_stress),
            "velocity_covariance": self.reynolds_stress[..., a, b], "pressure_variance": self.pressure_variance,
        }
        domain = self.domain
        half, kept = 0.5 * domain.voxel_size, ~domain.ghost_tiles
        return tuple(
            TileGrid(
                name=name, values=values[kept].astype(np.float32), tiles=domain.tiles[kept], voxel_size=domain.voxel_size,
                active=self.known[kept], origin=tuple(x + half for x in domain.origin),
            )
            for name, values in fields.items()
        )


class FieldMeans(Resumable):
    """Running means and covariances of density and velocity, which stay accurate for any number of samples.

    With each sample x: m_n = m + (x - m) / n and C_ab += (x_a - m_a) (x_b - m_b,n). Welford 1962, Technometrics 4, 419.
    """

    def __init__(self, simulation: Simulation):
        self._simulation, self._moments = simulation, MomentsPass(simulation)
        self._sums = tile_array(simulation.domain, _size(simulation.lattice.dimension), simulation.precision)
        self.samples = 0
        """Number of samples so far."""

    def add(self) -> None:
        """Adds the present state as a sample."""
        simulation, domain = self._simulation, self._simulation.domain
        self.samples += 1
        n, d = self.samples, simulation.lattice.dimension
        with self._moments.taken() as now:
            wp.launch(
                _update_kernel(simulation.precision, d), (domain.tile_count, domain.cells_per_tile),
                inputs=[1.0 / n, n / (n - 1) if n > 1 else 0.0, now], outputs=[self._sums],
                device=domain.device, record_tape=False,
            )

    def saved(self):
        size = _size(self._simulation.lattice.dimension)
        return {"samples": self.samples, "sums": tile_view(self._simulation.domain, self._sums, size)}

    def restore(self, state):
        self.samples = state["samples"]
        put_tiles(state["sums"], self._sums)

    def fields(self, units: Units) -> MeanFields:
        """The statistics in SI units. Raises ValueError without a sample."""
        if not self.samples:
            raise ValueError("the means have no sample: add one, or let the statistics begin earlier")
        domain, d = self._simulation.domain, self._simulation.lattice.dimension
        sums = tile_view(domain, self._sums, _size(d)).astype(np.float64)
        speed, pressure = units.velocity_to_si(1.0), units.pressure_to_si(CS2)
        stress = np.empty((*domain.fluid.shape, d, d))
        for k, (a, b) in enumerate(zip(*np.triu_indices(d), strict=True)):
            stress[..., a, b] = stress[..., b, a] = sums[:, 2 + d + k] * speed**2 / self.samples
        known = domain.fluid & (solid_fraction(self._simulation) < SOLID_THRESHOLD)
        return MeanFields(
            domain, self.samples, np.moveaxis(sums[:, 1 : 1 + d], 1, -1) * speed, (sums[:, 0] - 1.0) * pressure, stress,
            sums[:, 1 + d] * pressure**2 / self.samples, known,
        )


def _size(dimension: int) -> int:
    """Number of sums: means of density and velocity, variance of the density, covariances of the velocity."""
    return 2 + dimension + dimension * (dimension + 1) // 2


@cache
def _update_kernel(precision: type, dimension: int) -> wp.Kernel:
    blocks, size = wp.array3d(dtype=precision), wp.constant(1 + dimension)

    @wp.kernel(enable_backward=False, module="unique")
    def update_means(share: precision, weight: precision, now: blocks, sums: blocks):
        """One cell per thread; `share`: 1 / n, `weight`: n / (n - 1), the ratio of x - m before and after the update of m."""
        tile, cell = wp.tid()
        for k in range(size):
            sums[tile, k, cell] += share * (now[tile, k, cell] - sums[tile, k, cell])
        pressure = now[tile, 0, cell] - sums[tile, 0, cell]
        sums[tile, size, cell] += weight * pressure * pressure
        place = size + 1
        for a in range(1, size):
            for b in range(a, size):
                sums[tile, place, cell] += (
                    weight * (now[tile, a, cell] - sums[tile, a, cell]) * (now[tile, b, cell] - sums[tile, b, cell])
                )
                place += 1

    return update_means
