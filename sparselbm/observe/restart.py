"""A flow that begins where another ended: from velocity and pressure [SI] in files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..errors import SimulationError
from ..files.grid import TileGrid
from ..files.grid_sampling import sample_grid
from ..files.read_nvdb import read_nvdb
from ..lattice import CS2
from ..solver import Simulation
from ..units import SOUND_SPEED, Units


@dataclass(frozen=True, eq=False)
class Restart:
    """Fields from which a simulation starts."""

    velocity: TileGrid
    """[m / s]"""
    pressure: TileGrid
    """Above that of the outlet [Pa]."""

    @classmethod
    def read(cls, folder: str | Path) -> Restart:
        """From velocity.nvdb and pressure.nvdb in a folder, such as `run` writes.

        Raises NanovdbError for a file that cannot be read, OSError where one is missing.
        """
        return cls(read_nvdb(Path(folder) / "velocity.nvdb"), read_nvdb(Path(folder) / "pressure.nvdb"))

    def begin(self, simulation: Simulation, units: Units) -> None:
        """Sets the state of a simulation.

        Where its cells coincide with voxels, they have their values; other voxel sizes, domains and lattice velocities are
        interpolated between. Cells without a known neighbour keep rest and density 1. Populations start in equilibrium at
        rho = 1 + p / c_s^2 and u: stresses come back within the relaxation time, so that the flow follows the former one up
        to their decay, not bit by bit. Steps are counted from 0, and with them schedules and unsteady profiles. Scalars,
        parameters, fields and obstacles stay as they are in the simulation: set those that the former run had changed.

        Raises SimulationError: two dimensions, no cell in common, or a flow as fast as sound in these units.
        """
        domain = simulation.domain
        if domain.dimension != 3:
            raise SimulationError("restart: .nvdb files are of three dimensions, the domain has 2; use set_state")
        centres = domain.cell_centres().reshape(-1, 3)
        velocity = units.velocity_to_lattice(sample_grid(self.velocity, centres))
        pressure = units.pressure_to_lattice(sample_grid(self.pressure, centres))
        if not np.isfinite(velocity).any():
            low, high = (", ".join(f"{x:.4g}" for x in corner) for corner in (centres.min(axis=0), centres.max(axis=0)))
            raise SimulationError(
                f"restart: no voxel of {self.velocity.name} lies in the domain, ({low}) to ({high}) m: do both use the same "
                "scene and units?"
            )
        fastest = float(np.nanmax(np.linalg.norm(velocity, axis=1)))
        if fastest >= SOUND_SPEED:
            raise SimulationError(
                f"restart: {self.velocity.name} reaches {fastest:.3g} cells / step, limit {SOUND_SPEED:.3g}, the speed of sound: "
                "take the density, velocity and Reynolds number that it was run with, or a lower lattice velocity"
            )
        shape = domain.fluid.shape
        density = 1.0 + np.nan_to_num(pressure).reshape(shape) / CS2
        simulation.set_state(density, np.nan_to_num(velocity).reshape(*shape, 3))
