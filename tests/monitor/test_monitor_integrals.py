"""Kinetic energy, dissipation and enstrophy of flows that are known in closed form; the energy balance."""

import numpy as np
import pytest
import warp as wp

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.memory import put_tiles, tile_array, tile_view
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models import Harmonic, ScaledViscosity
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, MovingWall
from sparselbm.models.collision import BGK, TRT
from sparselbm.observe import Dissipation, KineticEnergy, evaluate
from sparselbm.observe.monitor import EverySteps, FlowIntegrals, Recorder, VelocityGradients
from sparselbm.solver import Obstacle, Simulation

NU, SPEED, CELLS = 0.05, 0.01, 64


def taylor_green(device, dimension=2, **options):
    """u = -U cos kx sin ky, v = U sin kx cos ky on a periodic box, in 3D on one that is 8 cells high."""
    shape = (CELLS, CELLS, 8)[:dimension]
    domain = box(shape, periodic=[True] * dimension, device=device)
    simulation = Simulation(domain, viscosity=NU, precision=wp.float64, **options)
    k = 2.0 * np.pi / CELLS
    x, y = k * (domain.cell_indices()[..., 0] + 0.5), k * (domain.cell_indices()[..., 1] + 0.5)
    u = np.zeros((*x.shape, dimension))
    u[..., 0], u[..., 1] = -SPEED * np.cos(x) * np.sin(y), SPEED * np.sin(x) * np.cos(y)
    simulation.set_state(1.0 - 0.75 * SPEED**2 * (np.cos(2 * x) + np.cos(2 * y)), u)
    return simulation, k, float(np.prod(shape))


CASES = pytest.mark.parametrize(
    ("dimension", "options"),
    [(2, {"collision": BGK()}), (2, {"collision": TRT()}), (3, {"lattice": D3Q19}), (3, {"lattice": D3Q27})],
    ids=["D2Q9-BGK", "D2Q9-TRT", "D3Q19", "D3Q27"],
)


@CASES
def test_taylor_green(dimension, options, device):
    """E = U^2 V / 4, and of it: enstrophy = 2 k^2 E, D = 4 nu k^2 E, E ~ exp(-4 nu k^2 t), so that dE / dt = -D."""
    simulation, k, volume = taylor_green(device, dimension, **options)
    recorder = Recorder(simulation, {"flow": FlowIntegrals(EverySteps(4))})
    recorder.run(200)
    flow = recorder.records["flow"].series.since(40)  # A start from equilibrium has no strain: it takes some steps to come.
    energy, t = flow["kinetic_energy"].values, flow.steps
    decay = np.exp(-4.0 * NU * k**2 * t)
    central = (np.sin(k) / k) ** 2  # What central differences make of a wave.
    assert energy == pytest.approx(SPEED**2 / 4 * volume * decay, rel=6e-3)
    assert energy / energy[0] == pytest.approx(decay / decay[0], rel=1e-3)
    assert flow["enstrophy"].values / energy == pytest.approx(2 * k**2 * central, rel=1e-3)
    assert flow["dissipation_by_gradients"].values / energy == pytest.approx(4 * NU * k**2 * central, rel=1e-3)
    assert flow["dissipation"].values / energy == pytest.approx(4 * NU * k**2, rel=4e-3)
    slope = (energy[2:] - energy[:-2]) / (t[2:] - t[:-2])
    assert -slope == pytest.approx(flow["dissipation"].values[1:-1], rel=4e-3)


def linear(domain, rate_x, rate_y):
    """(rate_x y, rate_y x) about the middle of the box."""
    x, y = np.moveaxis(domain.cell_indices()[..., :2] + 0.5, -1, 0)
    return np.stack([rate_x * (y - domain.shape[1] / 2), rate_y * (x - domain.shape[0] / 2)], axis=-1)


@pytest.mark.parametrize("dimension", [2, 3])
def test_solid_body_rotation_has_the_enstrophy_of_its_vorticity(dimension, device):
    """w = 2 Omega, S = 0, where all four sides move with the fluid: differences of a linear flow are exact."""
    rotation, shape = 1e-3, (24, 20, 16)[:dimension]
    zero = (0.0,) * (dimension - 1)
    faces = [MovingWall(X_MIN, (0.0, 0.0, 0.0)[:dimension]), MovingWall(X_MAX, (0.0, 0.0, 0.0)[:dimension])]
    faces += [MovingWall(Y_MIN, (0.0, *zero)), MovingWall(Y_MAX, (0.0, *zero))]
    domain = box(shape, periodic=(False, False, True)[:dimension], device=device)
    simulation = Simulation(domain, viscosity=NU, boundaries=faces, precision=wp.float64)
    u = np.zeros((*domain.fluid.shape, dimension))
    u[..., :2] = linear(domain, -rotation, rotation)
    inside = np.all((domain.cell_indices() >= 0) & (domain.cell_indices() < np.asarray(shape)), axis=-1)
    enstrophy, dissipation = _sums_of(simulation, u * inside[..., None])
    assert enstrophy == pytest.approx(0.5 * (2 * rotation) ** 2 * np.prod(shape), rel=1e-12)
    assert abs(dissipation) < 1e-12 * enstrophy * NU


def test_shear_between_walls(device):
    """Couette: w^2 = gamma^2 and 2 nu S : S = nu gamma^2 in every cell, those beside the moving walls too."""
    gamma, shape = 2e-3, (16, 21)
    walls = [MovingWall(Y_MIN, (-gamma * 10.5, 0.0)), MovingWall(Y_MAX, (gamma * 10.5, 0.0))]
    domain = box(shape, periodic=(True, False), device=device)
    simulation = Simulation(domain, viscosity=NU, boundaries=walls, precision=wp.float64)
    u = linear(domain, gamma, 0.0) * domain.fluid[..., None]
    enstrophy, dissipation = _sums_of(simulation, u)
    assert enstrophy == pytest.approx(0.5 * gamma**2 * 16 * 21, rel=1e-12)
    assert dissipation == pytest.approx(NU * gamma**2 * 16 * 21, rel=1e-12)


def test_poiseuille_up_to_the_walls(device):
    """u = y (H - y), walls at rest half a cell beyond the centres: the parabola's slope is exact beside them too."""
    H, domain = 19, box((8, 19), periodic=(True, False), device=device)
    simulation = Simulation(domain, viscosity=NU, precision=wp.float64)
    y = domain.cell_indices()[..., 1] + 0.5
    u = np.stack([1e-4 * y * (H - y), np.zeros(y.shape)], axis=-1) * domain.fluid[..., None]
    slope = 1e-4 * (H - 2 * (np.arange(H) + 0.5))
    enstrophy, dissipation = _sums_of(simulation, u)
    assert enstrophy == pytest.approx(8 * 0.5 * (slope**2).sum(), rel=1e-12)
    assert dissipation == pytest.approx(8 * NU * (slope**2).sum(), rel=1e-12)


def test_dissipation_is_that_of_the_present_viscosity_in_each_cell(device):
    """nu varies in time and from cell to cell: 2 nu S : S of a wave with nu of now and here."""
    domain = box((16, 16), periodic=(True, True), device=device)
    simulation = Simulation(
        domain, viscosity=NU, precision=wp.float64, schedules={"viscosity": Harmonic(17.0, 0.5, 1.0)},
        viscosity_field=ScaledViscosity(lambda x: 1.0 + x[..., 0]),
    )
    simulation.run(5)
    x = domain.cell_indices()[..., 0] + 0.5
    k = 2.0 * np.pi / 16
    u = np.stack([np.zeros(x.shape), 0.01 * np.sin(k * x)], axis=-1)
    _, dissipation = _sums_of(simulation, u)
    nu = NU * Harmonic(17.0, 0.5, 1.0)(5) * (1.0 + x)
    assert dissipation == pytest.approx((nu * (0.01 * np.sin(k) * np.cos(k * x)) ** 2).sum(), rel=1e-12)


def _sums_of(simulation, velocity):
    """Enstrophy and dissipation of a given velocity: the moments of a state that has just been set are not those set,
    populations having streamed, so that the field is handed over in their place."""
    domain, d = simulation.domain, simulation.lattice.dimension
    gradients = VelocityGradients(simulation)
    values = np.ones((domain.tile_count, 1 + d, domain.cells_per_tile))
    values[:, 1:] = np.moveaxis(velocity, -1, 1)
    moments = tile_array(domain, 1 + d, wp.float64)
    put_tiles(values, moments)
    return gradients.of(moments)


@pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=repr)
def test_dissipation_of_a_channel_is_the_work_of_its_force(lattice, device):
    """Steady: sum F . u = D, to the 1 / H^2 that a profile's cells cost at the walls."""
    d, H = lattice.dimension, 30
    domain = box((8, H, 8)[:d], periodic=(True, False, True)[:d], device=device)
    simulation = Simulation(
        domain, lattice=lattice, viscosity=0.3, force=(1e-6, 0.0, 0.0)[:d], precision=wp.float64
    )
    y = domain.cell_indices()[..., 1] + 0.5
    u = np.zeros((*y.shape, d))
    u[..., 0] = 1e-6 / (2 * 0.3) * y * (H - y) * domain.fluid
    simulation.set_state(1.0, u)
    simulation.run(3000)
    work = 1e-6 * simulation.velocity()[..., 0].sum()
    _, by_gradients = VelocityGradients(simulation).enstrophy_and_dissipation()
    assert evaluate(Dissipation(), simulation) == pytest.approx(work, rel=1.0 / H**2 + 1e-3)
    assert by_gradients == pytest.approx(work, rel=1.0 / H**2 + 1e-3)


@pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=repr)
def test_a_uniform_flow_has_no_strain_however_it_is_driven(lattice, device):
    """The second moment lags behind by (F u + u F) / 2 while a force accelerates the flow; that is no strain."""
    d = lattice.dimension
    F = np.array([2e-4, -1e-4, 1.5e-4])[:d]
    domain = box((16, 8, 8)[:d], periodic=[True] * d, device=device)
    simulation = Simulation(domain, lattice=lattice, viscosity=NU, force=tuple(F), precision=wp.float64)
    simulation.run(250)
    u = simulation.velocity()[0, 0]
    assert u == pytest.approx(250.5 * F, rel=1e-9)
    lag = np.outer(F, u) / (2.0 * (NU + 1 / 6))  # The strain that would be read without it.
    assert 0.0 <= evaluate(Dissipation(), simulation) < 1e-12 * 2.0 * NU * (lag**2).sum() * domain.fluid_cells


def test_what_a_whole_solid_holds_does_not_count(device):
    """A block that was set in motion with the fluid around it: its trapped populations carry no energy."""
    domain = box((48, 48), periodic=(True, True), device=device)
    block = TriangleMesh.cylinder(12.0, (24.0, 24.0, -9.0), (24.0, 24.0, 10.0), 64)
    simulation = Simulation(domain, viscosity=NU, obstacles=[Obstacle("block", block)], precision=wp.float64)
    simulation.set_state(1.0, (0.02, 0.0))
    simulation.run(40)
    eps = tile_view(simulation.domain, simulation.solids.fractions, 1)[:, 0]
    u = simulation.velocity()
    energy = 0.5 * ((1.0 - eps) * simulation.density() * (u**2).sum(axis=-1)).sum()
    assert evaluate(KineticEnergy(), simulation) == pytest.approx(energy, rel=1e-10)
    still = np.where((eps < 1.0)[..., None], u, 0.0)
    dense = domain.dense(still)
    dx, dy = ((np.roll(dense, -1, axis) - np.roll(dense, 1, axis)) / 2 for axis in (0, 1))
    open_share = domain.dense(1.0 - eps)
    enstrophy = 0.5 * (open_share * (dx[..., 1] - dy[..., 0]) ** 2).sum()
    assert VelocityGradients(simulation).enstrophy_and_dissipation()[0] == pytest.approx(enstrophy, rel=1e-10)
    assert np.abs(u[eps >= 1.0]).max() > 1e-4, "nothing is trapped: the test would pass without the mask"
