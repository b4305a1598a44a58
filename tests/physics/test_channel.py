"""Channels: Poiseuille, Couette, plug flow, square duct, and the balance of mass between inlet and outlet."""

import numpy as np
import pytest
import warp as wp
from flows import momentum_density, places, run_until_steady

from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    Face,
    MovingWall,
    PressureOutlet,
    VelocityInlet,
)
from sparselbm.models.collision import BGK, TRT
from sparselbm.solver import Simulation

DIRECTIONS = pytest.mark.parametrize(
    ("lattice", "flow", "wall"),
    [
        (D2Q9, 0, 1), (D2Q9, 1, 0), (D3Q19, 1, 2), (D3Q27, 0, 2), (D3Q27, 2, 1),
        *(pytest.param(D3Q19, flow, wall, marks=pytest.mark.validate) for flow, wall in ((0, 1), (2, 0))),
    ],
)


def channel(lattice, wall, cells, device, **options):
    """Fluid between two walls `cells` apart, periodic along the other axes."""
    shape = [cells if k == wall else 8 for k in range(lattice.dimension)]
    domain = box(shape, periodic=[k != wall for k in range(lattice.dimension)], device=device)
    return Simulation(domain, lattice=lattice, precision=wp.float64, **options)


def poiseuille_error(lattice, flow, wall, cells, device, *, viscosity, collision):
    """Largest error of u against G y (H - y) / (2 nu), relative to the largest u."""
    peak = 1e-5
    drive = 8.0 * viscosity * peak / cells**2
    force = [drive if k == flow else 0.0 for k in range(lattice.dimension)]
    simulation = channel(lattice, wall, cells, device, viscosity=viscosity, force=force, collision=collision)
    run_until_steady(simulation, 1e-9)
    y = places(simulation)[..., wall] + 0.5
    exact = np.where(simulation.domain.fluid, drive * y * (cells - y) / (2.0 * viscosity), 0.0)
    u = simulation.velocity()
    others = [k for k in range(lattice.dimension) if k != flow]
    return max(np.abs(u[..., flow] - exact).max(), np.abs(u[..., others]).max()) / peak


@DIRECTIONS
@pytest.mark.parametrize("viscosity", [0.3, 1.0])
def test_poiseuille_is_exact_with_magic_three_sixteenths(lattice, flow, wall, viscosity, device):
    assert poiseuille_error(lattice, flow, wall, 11, device, viscosity=viscosity, collision=TRT(3 / 16)) < 1e-6


def test_poiseuille_by_bgk_is_second_order(device):
    errors = [poiseuille_error(D2Q9, 0, 1, n, device, viscosity=0.5, collision=BGK()) for n in (8, 16, 32)]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert orders == pytest.approx([2.0, 2.0], abs=0.02)


@DIRECTIONS
@pytest.mark.parametrize("collision", [pytest.param(BGK(), marks=pytest.mark.validate), TRT()], ids=["BGK", "TRT"])
def test_couette_is_exact(lattice, flow, wall, collision, device):
    cells, speed = 10, 1e-3
    lid = MovingWall(Face(wall, 1), tuple(speed if k == flow else 0.0 for k in range(lattice.dimension)))
    simulation = channel(lattice, wall, cells, device, viscosity=0.5, collision=collision, boundaries=[lid])
    run_until_steady(simulation, 1e-13)
    exact = np.where(simulation.domain.fluid, speed * (places(simulation)[..., wall] + 0.5) / cells, 0.0)
    assert np.abs(simulation.velocity()[..., flow] - exact).max() < 1e-10 * speed


def test_square_duct(device):
    """Q = 0.0351443 G L^4 / mu and u_max / u_mean = 2.0963: the series for a square cross-section."""
    cells, viscosity, drive = 32, 0.5, 1e-6
    domain = box((8, cells, cells), periodic=[True, False, False], device=device)
    simulation = Simulation(domain, viscosity=viscosity, force=(drive, 0.0, 0.0), precision=wp.float64)
    run_until_steady(simulation, 1e-6)
    u = domain.dense(simulation.velocity()[..., 0])[0]
    assert u.sum() == pytest.approx(0.0351443 * drive * cells**4 / viscosity, rel=5e-3)
    even = np.array([-1.0, 9.0]) / 8.0  # The middle lies between cells: the even parabola through the two beside it.
    assert even @ u[14:16, 14:16] @ even / u.mean() == pytest.approx(2.0963, rel=5e-3)


@pytest.mark.parametrize("lattice", [D2Q9, pytest.param(D3Q19, marks=pytest.mark.validate), D3Q27], ids=repr)
def test_plug_flow_between_walls_that_move_along_is_exact(lattice, device):
    """Inlet, walls and fluid at one velocity, outlet at density 1: nothing changes, from the first step on."""
    d, speed = lattice.dimension, 0.05
    u = (speed, 0.0, 0.0)[:d]
    walls = [Y_MIN, Y_MAX] + ([Z_MIN, Z_MAX] if d == 3 else [])
    conditions = [*(MovingWall(face, u) for face in walls), VelocityInlet(X_MIN, u)]
    domain = box((20, 10, 10)[:d], device=device)
    outlet = PressureOutlet(X_MAX)
    simulation = Simulation(
        domain, lattice=lattice, viscosity=0.05, boundaries=[*conditions, outlet], precision=wp.float64
    )
    simulation.set_state(1.0, u)
    simulation.run(200)
    moving = simulation.velocity()[domain.fluid]
    assert np.abs(moving - np.asarray(u)).max() < 1e-12
    assert np.abs(simulation.density() - 1.0).max() < 1e-12


@pytest.mark.parametrize(("lattice", "shape"), [(D2Q9, (40, 12)), (D3Q19, (24, 8, 8))], ids=["D2Q9", "D3Q19"])
def test_what_flows_in_flows_out(lattice, shape, device):
    d, speed = lattice.dimension, 0.01
    conditions = [VelocityInlet(X_MIN, (speed, 0.0, 0.0)[:d]), PressureOutlet(X_MAX, relaxation=0.05)]
    simulation = Simulation(
        box(shape, device=device), lattice=lattice, viscosity=1.0, boundaries=conditions, precision=wp.float64
    )
    run_until_steady(simulation, 1e-9)
    flux = momentum_density(simulation)[..., 0].reshape(shape[0], -1).sum(axis=1)
    section = np.prod(shape[1:])
    assert flux == pytest.approx(np.full(shape[0], speed * section), rel=1e-6)
