"""Restart of a flow from velocity and pressure [SI] in files."""

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
    """Velocity [m/s]."""
    pressure: TileGrid
    """Pressure relative to that of the outlet [Pa]."""

    @classmethod
    def read(cls, folder: str | Path) -> Restart:
        """Reads velocity.nvdb and pressure.nvdb from a folder, as written by `run`.

        Raises NanovdbError for a file that cannot be read, OSError for a missing file.
        """
        return cls(read_nvdb(Path(folder) / "velocity.nvdb"), read_nvdb(Path(folder) / "pressure.nvdb"))

    def begin(self, simulation: Simulation, units: Units) -> None:
        """Sets the state of a simulation.

        Cells that coincide with voxels take their values; for other voxel sizes and domains the fields are interpolated. Cells
        without a known neighbour start at rest with density 1. Populations start in equilibrium at rho = 1 + p / c_s^2 and u:
        viscous stresses recover within the relaxation time, so that the flow continues the former one, but not bit for bit. Steps
        are counted from 0, as are schedules and unsteady profiles. Scalars, parameters, fields and obstacles are those of the
        simulation: set the ones that the former run had changed.

        Raises SimulationError in two dimensions, if no cell lies in the fields, if the velocity reaches the speed of sound, or if
        the state is unsound, as from a damaged file.
        """
        domain = simulation.domain
        if domain.dimension != 3:
            raise SimulationError("restart: .nvdb files have three dimensions, but the domain has 2: use set_state")
        centres = domain.cell_centres().reshape(-1, 3)
        velocity = units.velocity_to_lattice(sample_grid(self.velocity, centres))
        pressure = units.pressure_to_lattice(sample_grid(self.pressure, centres))
        if not np.isfinite(velocity).any():
            low, high = (", ".join(f"{x:.4g}" for x in corner) for corner in (centres.min(axis=0), centres.max(axis=0)))
            raise SimulationError(
                f"restart: no voxel of {self.velocity.name} lies in the domain, ({low}) to ({high}) m: use the scene "
                "and the units of the former run"
            )
        fastest = float(np.nanmax(np.linalg.norm(velocity, axis=1)))
        if fastest >= SOUND_SPEED:
            raise SimulationError(
                f"restart: {self.velocity.name} reaches {fastest:.3g} cells / step, but must stay below the speed of sound, "
                f"{SOUND_SPEED:.3g}: use the density, velocity and Reynolds number of the former run, or a lower lattice velocity"
            )
        shape = domain.fluid.shape
        density = 1.0 + np.nan_to_num(pressure).reshape(shape) / CS2
        simulation.set_state(density, np.nan_to_num(velocity).reshape(*shape, 3))
        try:
            simulation.check_stability()
        except SimulationError as error:
            raise SimulationError(
                f"restart: {self.velocity.name} and {self.pressure.name} give a state that cannot be continued, so the files "
                f"are damaged or belong to other units: {error}"
            ) from None
