"""A flow restarted from its files: the same fields, and the same flow once stresses are back; other grids too."""

import numpy as np
import pytest

from sparselbm.errors import NanovdbError, SimulationError
from sparselbm.files.nvdb import write_nvdb
from sparselbm.grid.build import box
from sparselbm.observe import Restart, Snapshot
from sparselbm.solver import Simulation
from sparselbm.units import Units

UNITS = Units(voxel_size=0.1, velocity=2.0, viscosity=0.08, density=1.2, lattice_velocity=0.05)


def write(simulation, units, folder):
    for grid in Snapshot.of(simulation, units).grids():
        write_nvdb(folder / f"{grid.name}.nvdb", grid)


def vortices(device, speed=0.05):
    """Taylor-Green vortices in a periodic box."""
    domain = box((16, 16, 16), voxel_size=0.1, origin=(-1.0, 0.0, 2.0), periodic=(True,) * 3, device=device)
    simulation = Simulation(domain, viscosity=UNITS.lattice_viscosity)
    x, y, z = np.moveaxis(domain.cell_indices() + 0.5, -1, 0) * np.pi / 8
    u = [np.sin(x) * np.cos(y) * np.cos(z), -np.cos(x) * np.sin(y) * np.cos(z), 0.0 * z]
    simulation.set_state(1.0, speed * np.stack(u, axis=-1))
    return simulation


def test_a_flow_goes_on_where_it_ended(tmp_path, device):
    flow, again, same = (vortices(device, speed) for speed in (0.05, 0.0, 0.0))
    flow.run(40)
    write(flow, UNITS, tmp_path)
    Restart.read(tmp_path).begin(again, UNITS)
    same.set_state(flow.density(), flow.velocity())
    assert np.abs(again.state.populations.numpy() - same.state.populations.numpy()).max() < 3e-7
    for simulation in (flow, again):
        simulation.run(40)
    assert np.abs(again.velocity() - flow.velocity()).max() < 0.06 * np.abs(flow.velocity()).max()


def test_other_voxels_and_lattice_velocities_are_interpolated(tmp_path, device):
    """u = (y, 0, 0) / s and p = 3 x Pa are linear, so a grid of 0.05 m and half the lattice velocity meets them everywhere."""
    coarse = box((16, 16, 16), voxel_size=0.1, device=device)
    x, y, zero = coarse.cell_centres()[..., 0], coarse.cell_centres()[..., 1], np.zeros(coarse.fluid.shape)
    field = Snapshot(coarse, np.stack([y, zero, zero], axis=-1).astype(np.float32), np.float32(3.0 * x), zero)
    for grid in field.grids():
        write_nvdb(tmp_path / f"{grid.name}.nvdb", grid)
    units = Units(voxel_size=0.05, velocity=2.0, viscosity=0.5, density=1.2, lattice_velocity=0.025)
    fine = box((24, 24, 24), voxel_size=0.05, origin=(0.2, 0.2, 0.2), device=device)
    found, exact = (Simulation(fine, viscosity=units.lattice_viscosity) for _ in range(2))
    Restart.read(tmp_path).begin(found, units)
    x, y, zero = fine.cell_centres()[..., 0], fine.cell_centres()[..., 1], np.zeros(fine.fluid.shape)
    velocity = units.velocity_to_lattice(np.stack([y, zero, zero], axis=-1))
    exact.set_state(1.0 + 3.0 * units.pressure_to_lattice(3.0 * x), velocity)
    assert np.abs(found.state.populations.numpy() - exact.state.populations.numpy()).max() < 1e-7


def test_what_is_refused(tmp_path, device):
    flow = vortices(device)
    with pytest.raises(FileNotFoundError, match=r"velocity\.nvdb"):
        Restart.read(tmp_path).begin(flow, UNITS)
    (tmp_path / "velocity.nvdb").write_bytes(b"no volume")
    with pytest.raises(NanovdbError, match="not a NanoVDB file"):
        Restart.read(tmp_path).begin(flow, UNITS)
    write(flow, UNITS, tmp_path)
    far = Simulation(box((16, 16, 16), voxel_size=0.1, origin=(9.0, 0.0, 0.0), device=device), viscosity=0.1)
    with pytest.raises(SimulationError, match=r"no voxel of .* lies in the domain"):
        Restart.read(tmp_path).begin(far, UNITS)
    slow = Units(voxel_size=0.1, velocity=0.05, viscosity=0.08, density=1.2, lattice_velocity=0.05)
    with pytest.raises(SimulationError, match=r"reaches .* cells / step, .* speed of sound, 0\.577.*lower lattice velocity"):
        Restart.read(tmp_path).begin(flow, slow)
    with pytest.raises(SimulationError, match="the domain has 2: use set_state"):
        Restart.read(tmp_path).begin(Simulation(box((16, 16), device=device), viscosity=0.1), UNITS)
