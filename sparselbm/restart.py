"""A flow that begins where another ended: from velocity and pressure [SI] in files."""

from pathlib import Path

import numpy as np

from .io.grid_sampling import sample_grid
from .io.read_nvdb import read_nvdb
from .lattice import CS2
from .simulation import Simulation, SimulationError
from .units import SOUND_SPEED, Units


def restart(simulation: Simulation, units: Units, folder: str | Path) -> None:
    """Sets the state to the fields `velocity.nvdb` [m / s] and `pressure.nvdb` [Pa] of a folder, such as `run` writes.

    Where cells coincide with those of the files, they have their values; other voxel sizes, domains and lattice velocities are
    interpolated between. Cells without a known neighbour keep rest and density 1. Populations start in equilibrium at
    rho = 1 + p / c_s^2 and u: stresses come back within the relaxation time, so that a restarted run follows the former one
    up to their decay, not bit by bit; scalars stay as they are.

    Raises:
        NanovdbError, OSError: a file is missing or cannot be read.
        SimulationError: two dimensions, no cell in common, or a flow as fast as sound in these units.
    """
    domain = simulation.domain
    if domain.dimension != 3:
        raise SimulationError("restart: .nvdb files are of three dimensions, the domain has 2; use set_state")
    centres = domain.cell_centres().reshape(-1, 3)
    velocity = units.velocity_to_lattice(sample_grid(read_nvdb(Path(folder) / "velocity.nvdb"), centres))
    pressure = units.pressure_to_lattice(sample_grid(read_nvdb(Path(folder) / "pressure.nvdb"), centres))
    if not np.isfinite(velocity).any():
        low, high = centres.min(axis=0), centres.max(axis=0)
        raise SimulationError(
            f"restart: no voxel of {folder} lies in the domain, {low} to {high} m: do both use the same scene and units?"
        )
    fastest = float(np.linalg.norm(velocity, axis=1)[np.isfinite(velocity[:, 0])].max())
    if fastest >= SOUND_SPEED:
        raise SimulationError(
            f"restart: {fastest:.3g} cells / step in {folder}, limit {SOUND_SPEED:.3g}, the speed of sound: "
            "take the density, velocity and Reynolds number that it was run with, or a lower lattice velocity"
        )
    shape = domain.fluid.shape
    simulation.set_state(1.0 + np.nan_to_num(pressure).reshape(shape) / CS2, np.nan_to_num(velocity).reshape(*shape, 3))
