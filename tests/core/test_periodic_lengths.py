"""Periodic axes of any length: the flow of one period is that of the same geometry repeated up to whole tiles."""

from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import pytest
import warp as wp
from periodic_flows import FLOWS, tiled
from reference_from_models import DenseFlow
from states import dense_state, noise, set_dense_state

from sparselbm.errors import DomainError, MotionError
from sparselbm.flows import SteadyRun
from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.domain import build_domain
from sparselbm.grid.memory import put_tiles
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models import RigidVelocity
from sparselbm.models.collision import BGK, TRT
from sparselbm.models.turbulence import WALE
from sparselbm.observe import Force, Integral, KineticEnergy
from sparselbm.observe.evaluation import evaluate
from sparselbm.observe.monitor.velocity_gradients import VelocityGradients
from sparselbm.solver import Obstacle, Simulation
from sparselbm.solver.moving import MovingObstacles, Prescribed

SINGLE = ("10 cells",)
"""Also in fp32; the others under `make validate`."""
PRECISIONS = [
    *((name, wp.float64) for name in FLOWS), *((name, wp.float32) for name in SINGLE),
    *(pytest.param(name, wp.float32, marks=pytest.mark.validate) for name in FLOWS if name not in SINGLE),
]


@pytest.mark.parametrize(("name", "precision"), PRECISIONS)
def test_one_period_is_the_flow_of_many(device, name, precision):
    """Density, velocity and scalars of each cell, without bodies bit for bit; mass, energies and forces of the whole."""
    flow, rounding = FLOWS[name], {wp.float32: 2e-6, wp.float64: 1e-9}[precision]
    limit = rounding if flow.radius else 0.0  # The corners of bodies elsewhere are rounded otherwise.
    one, many = flow.on((1,) * len(flow.shape), device, precision), flow.on(flow.repeats, device, precision)
    for simulation in (one, many):
        simulation.run(40)
    fields = [simulation_fields(simulation) for simulation in (one, many)]
    assert fields[0].keys() == fields[1].keys()
    for key, values in fields[0].items():
        assert np.ptp(values) > 1e-4, key
        assert np.abs(tiled(values, flow.repeats) - fields[1][key]).max() <= limit, key
    for of in sums(one):
        expected = np.prod(flow.repeats) * of(one)
        assert of(many) == pytest.approx(expected, rel=10 * rounding, abs=10 * rounding)


def simulation_fields(simulation):
    """On the box, where the fluid moves or not."""
    domain = simulation.domain
    fields = {"density": simulation.density(), "velocity": simulation.velocity()}
    fields |= {scalar.name: simulation.scalar(scalar.name) for scalar in simulation.physics.scalars}
    if simulation.solids.fractions is not None or simulation.walls.fractions is not None:
        fields["force"] = 1e2 * simulation.force_field()
    return {name: domain.dense(values) for name, values in fields.items()}


def sums(simulation):
    """Functions of a simulation that grow with the number of periods."""
    integral = Integral(lambda rho, u: rho * (u[0] + 0.3 * u[1]) ** 2)
    yield Simulation.excess_mass
    yield lambda s: s.domain.fluid_cells
    yield partial(evaluate, KineticEnergy())
    yield partial(evaluate, integral)
    yield lambda s: np.array(VelocityGradients(s).enstrophy_and_dissipation())
    if simulation.obstacles and simulation.solids.fractions is None:  # Where two bodies meet in a cell, one of them owns it.
        yield partial(evaluate, Force("body", (1.0, 0.5, 0.2)[: simulation.lattice.dimension]))


LATTICES = pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=repr)


@LATTICES
@pytest.mark.parametrize("collision", [BGK(), TRT(), WALE(TRT())], ids=["BGK", "TRT", "WALE"])
def test_five_steps_of_a_porous_block(lattice, collision, device):
    """Against NumPy on dense arrays: cells drawn at random, tiles missing, seams along all axes but the second."""
    shape = (18, 13, 15)[: lattice.dimension]
    fluid = np.random.default_rng(3).random(shape) < 0.8
    fluid[:8, 8:] = False
    periodic = (True, False, True)[: lattice.dimension]
    tiles = np.array([t for t in product(*(range(-(-n // 8)) for n in shape)) if t[:2] != (0, 1)], dtype=np.int32)
    domain = build_domain(
        shape=shape, voxel_size=1.0, origin=(0.0,) * 3, periodic=periodic, tiles=np.pad(tiles, [(0, 0), (0, 3 - len(shape))]),
        fluid=lambda index: fluid[tuple(np.moveaxis(np.minimum(index, np.asarray(shape) - 1), -1, 0))], device=device,
    )
    force, f = (1e-3, -2e-3, 5e-4)[: lattice.dimension], noise(lattice, shape)
    simulation = Simulation(domain, viscosity=0.02, lattice=lattice, collision=collision, force=force, precision=wp.float64)
    set_dense_state(simulation, f)
    reference = DenseFlow(lattice, collision, 0.02, f, fluid=fluid, periodic=periodic, force=force)
    simulation.run(5)
    for _ in range(5):
        reference.step()
    assert np.abs(dense_state(simulation) - reference.populations).max() < 1e-12


@pytest.mark.parametrize("name", ["walls", "two seams", "three seams", "WALE, 2D", "scalar", "solid"])
def test_mass_is_conserved(device, name):
    """Over 200 steps."""
    flow = FLOWS[name]
    simulation = flow.on((1,) * len(flow.shape), device)
    before = simulation.excess_mass()
    simulation.run(200)
    assert abs(before) > 1e-3
    assert abs(simulation.excess_mass() - before) < 1e-13


@LATTICES
@pytest.mark.parametrize("cells", [5, 10])
def test_shear_waves_decay_at_the_rate_of_the_viscosity(lattice, cells, device):
    """u_y = a sin(2 pi x / n): TRT with Lambda = 1/6 is within 0.3 % of nu k^2."""
    nu, d = 0.1, lattice.dimension
    domain = box((cells, *(3, 2)[: d - 1]), periodic=(True,) * d, device=device)
    simulation = Simulation(domain, viscosity=nu, lattice=lattice, collision=TRT(1 / 6), precision=wp.float64)
    k = 2.0 * np.pi / cells
    wave = np.sin(k * (domain.cell_indices()[..., 0] + 0.5))
    simulation.set_state(1.0, 1e-3 * wave[..., None] * np.eye(d)[1])

    def amplitude():
        return float((simulation.velocity()[..., 1] * wave).sum())

    simulation.run(30)
    before = amplitude()
    simulation.run(30)
    assert -np.log(amplitude() / before) / 30 == pytest.approx(nu * k**2, rel=3e-3)


def test_a_body_that_moves(device):
    """A body that keeps away from the seams: one in a period of 20 cells against two in 40."""
    forces = []
    for k in (1, 2):
        names = [f"body{j}" for j in range(k)]
        meshes = [TriangleMesh.cylinder(3.1, (10.2 + 20 * j, 9.1, -9.0), (10.2 + 20 * j, 9.1, 10.0), 24) for j in range(k)]
        bodies = [Obstacle(n, m, motion=RigidVelocity.at_rest(2)) for n, m in zip(names, meshes, strict=True)]
        simulation = Simulation(
            box((20 * k, 18), periodic=(True, True), device=device), viscosity=0.05, obstacles=bodies, precision=wp.float64
        )
        simulation.set_state(1.0, (0.03, 0.0))
        tracks = MovingObstacles(simulation, dict.fromkeys(names, Prescribed(drift))).run(40)
        forces += [tracks[name].force for name in names]
        assert abs(simulation.excess_mass()) < 1e-11
    assert np.abs(forces[0]).max() > 1e-2
    assert all(np.abs(force - forces[0]).max() < 1e-12 for force in forces)


def test_a_body_that_moves_across_a_seam_is_refused(device):
    """As at the end of a periodic axis of whole tiles."""
    mesh = TriangleMesh.cylinder(3.1, (14.2, 9.1, -9.0), (14.2, 9.1, 10.0), 24)
    body = Obstacle("body", mesh, motion=RigidVelocity.at_rest(2))
    for cells in (20, 24):
        domain = box((cells, 18), periodic=(True, False), device=device)
        simulation = Simulation(domain, viscosity=0.05, obstacles=[body], precision=wp.float64)
        with pytest.raises(MotionError, match=r"leaves the domain's cells at step .*with tiles along its whole path"):
            MovingObstacles(simulation, {"body": Prescribed(lambda t: drift(0.0) + 0.1 * t * np.eye(4, k=3))}).run(100)


def drift(t):
    matrix = np.eye(4)
    matrix[:2, 3] = 0.03 * np.sin(0.2 * t), -0.03 * t
    return matrix


@pytest.mark.parametrize("precision", [wp.float32, wp.float64], ids=["fp32", "fp64"])
@pytest.mark.parametrize("speed", [1e-3, 1e-7])
def test_permeability_of_a_duct_in_an_image_of_ten_voxels(device, precision, speed):
    """A square duct of side 6 in 100 voxels of cross-section: k = 6^4 x 0.0351443 / 100 = 0.4555 voxels^2."""
    image = np.zeros((10, 10, 10), dtype=bool)
    image[:, 2:8, 2:8] = True
    domain = box(image.shape, periodic=(True, False, False), device=device)
    inside = np.moveaxis(np.minimum(domain.cell_indices(), 9), -1, 0)
    domain = replace(domain, fluid=domain.fluid & image[tuple(inside)])
    exact, nu = 6**4 * 0.0351443 / 100, 1 / 6
    force = speed * nu / (36 * 0.0351443)
    simulation = Simulation(domain, viscosity=nu, force=(force, 0.0, 0.0), precision=precision)
    result = SteadyRun(tolerance=1e-6, interval=200, max_steps=4000).run(simulation, Integral(lambda rho, u: u[0]))
    assert result.converged
    assert nu * result.value / image.size / force == pytest.approx(exact, rel=0.025)


def test_a_pass_leaves_what_it_reads_as_it_was(device):
    """Ghost cells hold images during a pass alone: a state, whatever lies outside the fluid, keeps every bit."""
    simulation = FLOWS["WALE, 2D"].on((1, 1), device)
    domain, rng = simulation.domain, np.random.default_rng(4)
    values = rng.uniform(-0.01, 0.01, (domain.tile_count, simulation.physics.size, domain.cells_per_tile))
    put_tiles(values, simulation.state.populations)
    before = simulation.state.populations.numpy().copy()
    simulation.moments()
    with simulation.state.scratch() as target:
        simulation.stepper.advance(simulation.state.populations, target, 0)
        ghosts = domain.ghosts.cells
        assert not target.numpy()[ghosts[:, 0], :, ghosts[:, 1]].any()
    assert np.array_equal(simulation.state.populations.numpy(), before)


@pytest.mark.parametrize("shape", [(7, 16), (10, 12, 15)])
def test_ghost_cells_and_their_tiles(shape, device):
    """No tile is added but where one unused layer of cells is too few; no ghost cell is fluid or within the box."""
    domain = box(shape, periodic=(True,) * len(shape), device=device)
    inner, added = np.prod([-(-n // 8) for n in shape]), [n % 8 == 7 for n in shape]
    ghosts, sources = domain.ghosts.cells, domain.ghosts.sources
    index = domain.cell_indices()
    assert domain.fluid_cells == np.prod(shape)
    assert domain.tile_count == np.prod([-(-n // 8) + more for n, more in zip(shape, added, strict=True)])
    assert domain.ghost_tiles.sum() == domain.tile_count - inner
    assert domain.fluid[tuple(sources.T)].all()
    assert not domain.fluid[tuple(ghosts.T)].any()
    assert len(np.unique(ghosts, axis=0)) == len(ghosts)
    beyond, within = index[tuple(ghosts.T)], index[tuple(sources.T)]
    wraps = np.where(np.asarray(shape) % 8, -(-(np.asarray(shape) + 2) // 8) * 8, shape)
    place = np.where(beyond == wraps - 1, np.where(np.asarray(shape) % 8, -1, beyond), beyond)
    assert np.array_equal(place % shape, within)


def test_whole_tiles_have_no_ghost_cells(device):
    domain = box((16, 8, 5), periodic=(True, True, False), device=device)
    assert domain.ghosts is None
    assert not domain.ghost_tiles.any()


def test_fluid_without_room_for_its_images_is_refused(device):
    """A tile that holds images alone is there for the cells that were fluid when the domain was built."""
    tiles = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [1, 1, 0]], dtype=np.int32)
    domain = build_domain(
        shape=(16, 15), voxel_size=1.0, origin=(0.0,) * 3, periodic=(True, True), tiles=tiles,
        fluid=lambda index: index[..., 0] < 8, device=device,
    )
    assert domain.ghosts is not None
    with pytest.raises(DomainError, match=r"tile \(1, 2, 0\) is missing.*build the domain with these cells"):
        replace(domain, fluid=np.all(domain.cell_indices() < (16, 15), axis=-1)).ghosts  # noqa: B018
