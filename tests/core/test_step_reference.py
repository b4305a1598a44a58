"""The tile kernels against dense NumPy, to rounding: streaming, walls, sparse tiles, boundaries, solids, classes of tiles."""

import itertools

import numpy as np
import pytest
import warp as wp
from reference_from_models import DenseFlow
from states import dense_state, noise, set_dense_state

from sparselbm.geometry import TriangleMesh
from sparselbm.grid.build import box
from sparselbm.grid.domain import build_domain
from sparselbm.grid.memory import tile_view
from sparselbm.kernels.step import step_kernel, stream_kernel, unstream_kernel
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Z_MAX, FreeSlip, MovingWall, PressureOutlet, VelocityInlet
from sparselbm.models.collision import BGK, TRT
from sparselbm.models.physics import TileClass
from sparselbm.models.turbulence import WALE
from sparselbm.solver import Obstacle, Simulation

STEPS = 5
ROUNDING = 1e-12
LATTICES = pytest.mark.parametrize("lattice", [D2Q9, D3Q19, D3Q27], ids=repr)


def sparse_domain(dimension, device):
    """A porous block: fluid cells drawn at random (seed 3), three of the tiles missing, one axis periodic."""
    shape = (24, 21, 16)[:dimension] if dimension == 3 else (24, 45)
    tiles = np.array(list(itertools.product(*[range(-(-n // 8)) for n in shape])), dtype=np.int32)
    tiles = np.pad(np.delete(tiles, [1, 4, 8], axis=0), [(0, 0), (0, 3 - dimension)])
    open_cells = np.random.default_rng(3).random([8 * -(-n // 8) for n in shape]) < 0.8
    periodic = tuple(axis == 0 for axis in range(dimension))
    return build_domain(
        shape=shape, voxel_size=1.0, origin=(0.0, 0.0, 0.0), periodic=periodic, tiles=tiles,
        fluid=lambda index: open_cells[tuple(np.moveaxis(index, -1, 0))], device=device,
    )


def advance_both(simulation, *, eps=None, force=None, seed=7):
    """Both solvers from the same noise, STEPS steps: the states (Q, *shape)."""
    lattice, domain = simulation.lattice, simulation.domain
    f = noise(lattice, domain.shape, seed)
    set_dense_state(simulation, f)
    reference = DenseFlow(
        lattice, simulation.physics.collision, simulation.parameter("viscosity"), f, fluid=domain.dense(domain.fluid, False),
        periodic=domain.periodic, force=force, boundaries=simulation.physics.boundaries, eps=eps,
    )
    simulation.run(STEPS)
    for _ in range(STEPS):
        reference.step()
    return dense_state(simulation), reference.populations


@LATTICES
@pytest.mark.parametrize("collision", [BGK(), TRT()], ids=["BGK", "TRT"])
def test_periodic_box(lattice, collision, device):
    force = (1e-3, -2e-3, 5e-4)[: lattice.dimension]
    domain = box((16, 24, 16)[: lattice.dimension], periodic=[True] * lattice.dimension, device=device)
    simulation = Simulation(
        domain, lattice=lattice, collision=collision, viscosity=0.07, force=force, precision=wp.float64
    )
    ours, reference = advance_both(simulation, force=force)
    assert np.abs(ours - reference).max() < ROUNDING


@LATTICES
def test_missing_tiles_and_cells_are_walls(lattice, device):
    domain = sparse_domain(lattice.dimension, device)
    simulation = Simulation(domain, lattice=lattice, viscosity=0.07, precision=wp.float64)
    ours, reference = advance_both(simulation)
    assert 0 < domain.fluid_cells < 0.8 * np.prod(domain.shape)
    assert np.abs(ours - reference).max() < ROUNDING


@LATTICES
def test_boundary_conditions_meet_in_corners(lattice, device):
    d = lattice.dimension
    conditions = [
        VelocityInlet(X_MIN, (0.05, 0.01, -0.01)[:d]), PressureOutlet(X_MAX, density=1.01), FreeSlip(Y_MAX),
        *([MovingWall(Z_MAX, (0.02, -0.01, 0.0))] if d == 3 else []),
    ]
    domain = box((19, 10, 12)[:d], device=device)
    simulation = Simulation(domain, lattice=lattice, viscosity=0.07, boundaries=conditions, precision=wp.float64)
    ours, reference = advance_both(simulation)
    assert np.abs(ours - reference).max() < ROUNDING


@pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=repr)
@pytest.mark.parametrize("sides", ["missing cells", "conditions"])
def test_gradients_of_the_velocity(lattice, sides, device):
    """What a collision is told of its neighbours' velocities: beside walls, missing tiles, conditions, solids."""
    if sides == "missing cells":
        simulation = Simulation(
            sparse_domain(lattice.dimension, device), lattice=lattice, viscosity=0.07, collision=WALE(BGK()), precision=wp.float64
        )
        ours, reference = advance_both(simulation)
    else:
        d = lattice.dimension
        conditions = (VelocityInlet(X_MIN, (0.05, 0.01, -0.01)[:d]), PressureOutlet(X_MAX, density=1.01), FreeSlip(Y_MAX))
        mesh = TriangleMesh.sphere(2.3, (9.2, 5.4, 5.7), 1)
        if d == 2:
            mesh = TriangleMesh.cylinder(2.3, (9.2, 5.4, -9), (9.2, 5.4, 9))
        simulation = Simulation(
            box((19, 11, 12)[:d], device=device), lattice=lattice, viscosity=0.07, collision=WALE(BGK()), precision=wp.float64,
            boundaries=conditions, obstacles=[Obstacle("body", mesh)],
        )
        eps = simulation.domain.dense(tile_view(simulation.domain, simulation.solids.fractions, 1)[:, 0])
        ours, reference = advance_both(simulation, eps=eps)
    assert np.abs(reference[lattice.size :]).max() > 0.004
    assert np.abs(ours - reference).max() < ROUNDING


def with_obstacle(lattice, device, **options):
    """Interior, solid and wall tiles: a body inside some tiles of a box with walls on all sides but x."""
    d = lattice.dimension
    shape = (40, 40, 40)[:d] if d == 2 else (32, 24, 24)
    mesh = TriangleMesh.sphere(5.3, (12.2, 11.0, 12.7)[:d] + (0.5,) * (3 - d), 2)
    if d == 2:
        mesh = TriangleMesh.cylinder(5.3, (18.2, 20.1, -9.5), (18.2, 20.1, 10.5))
    domain = box(shape, periodic=[True, *[False] * (d - 1)], device=device)
    force = (1e-3, -2e-3, 5e-4)[:d]
    return Simulation(
        domain,
        lattice=lattice,
        viscosity=0.07,
        obstacles=[Obstacle("body", mesh)],
        force=force,
        precision=wp.float64,
        **options,
    ), force


@LATTICES
def test_solid_fractions(lattice, device):
    simulation, force = with_obstacle(lattice, device)
    eps = simulation.domain.dense(
        tile_view(simulation.domain, simulation.solids.fractions, 1)[:, 0]
    )
    ours, reference = advance_both(simulation, force=force, eps=eps)
    assert np.abs(ours - reference).max() < ROUNDING


@LATTICES
def test_each_class_of_tiles_steps_as_the_general_one(lattice, device):
    simulation, _ = with_obstacle(lattice, device)
    set_dense_state(simulation, noise(lattice, simulation.domain.shape))
    special, general = simulation.state.zeros(), simulation.state.zeros()
    simulation.stepper.advance(simulation.state.populations, special, 0)
    simulation.passes.general(step_kernel)(source=simulation.state.populations, target=general, solid=simulation.solids.fractions)
    classes = {group.tiles for group in simulation.passes.groups}
    if lattice is D2Q9:
        assert classes == {TileClass(False, False), TileClass(False, True), TileClass(True, True)}
    assert np.abs(special.numpy() - general.numpy()).max() < 1e-15


@LATTICES
def test_streaming_is_a_permutation_undone_by_its_transpose(lattice, device):
    simulation = Simulation(
        sparse_domain(lattice.dimension, device), lattice=lattice, viscosity=0.1, precision=wp.float64
    )
    f = noise(lattice, simulation.domain.shape)
    set_dense_state(simulation, f)
    fluid = simulation.domain.dense(simulation.domain.fluid, False)
    streamed, back = simulation.state.zeros(), simulation.state.zeros()
    simulation.passes.general(stream_kernel)(source=simulation.state.populations, target=streamed)
    simulation.passes.general(unstream_kernel)(adjoint=streamed, target=back)
    simulation.state.populations = back
    assert np.array_equal(dense_state(simulation)[:, fluid], f[:, fluid])
    simulation.state.populations = streamed
    assert np.array_equal(np.sort(dense_state(simulation)[:, fluid], axis=None), np.sort(f[:, fluid], axis=None))
