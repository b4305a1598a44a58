"""Scalars carried by the flow: exact solutions of advection and diffusion, and what is conserved."""

import numpy as np
import pytest
import warp as wp
from flows import cylinder

from sparselbm.boundary import X_MAX, X_MIN, PressureOutlet, VelocityInlet
from sparselbm.domain import box
from sparselbm.evaluate import evaluate
from sparselbm.geometry import TriangleMesh
from sparselbm.memory import tile_view
from sparselbm.objective import ScalarFlux, ScalarIntegral, ScalarRelease
from sparselbm.obstacle import Obstacle
from sparselbm.scalar import BodyValue, FixedFlux, FixedValue, Outflow, Scalar, ScalarBGK, ScalarTRT
from sparselbm.simulation import Simulation, SimulationError

DIMENSIONS = pytest.mark.parametrize("dimension", [2, 3])
COLLISIONS = pytest.mark.parametrize("collision", [ScalarBGK(), ScalarTRT()], ids=["BGK", "TRT"])


def strip(device, dimension, length=24, **options):
    """A bar of cells along x, periodic across, in fp64."""
    periodic = [False] + [True] * (dimension - 1)
    domain = box((length, *[8] * (dimension - 1)), periodic=periodic, device=device)
    return Simulation(domain, viscosity=0.1, precision=wp.float64, **options)


def along_x(simulation, name):
    """phi on the line of cells along x."""
    return simulation.domain.dense(simulation.scalar(name)).reshape(simulation.domain.shape[0], -1)[:, 0]


def hill_error(device, dimension, collision, n):
    """Largest error, relative to the peak, of a hill that goes once through a periodic box of n cells and spreads.

    Diffusive scaling: D n^2 / steps, u n and D are those of one continuous problem, sigma_0 = n / 12, 2 D t = sigma_0^2.
    """
    D, sigma = 0.06, n / 12.0
    steps = round(sigma**2 / (2.0 * D)) - 1
    time = steps + 1  # Populations are set as they leave a collision, and are seen as they arrive at the next.
    u = np.array([n, -n / 2.0, n / 4.0][:dimension]) / time * 0.5
    domain = box((n,) * dimension, periodic=[True] * dimension, device=device)
    simulation = Simulation(
        domain, viscosity=0.1, precision=wp.float64, scalars=(Scalar("dye", D, collision=collision),)
    )  # fmt: skip
    simulation.set_state(1.0, u)

    def hill(width, centre):
        away = (domain.cell_indices() - centre + n / 2.0) % n - n / 2.0
        return (sigma / width) ** dimension * np.exp(-0.5 * (away**2).sum(axis=-1) / width**2)

    simulation.set_scalar("dye", hill(sigma, n / 2.0))
    simulation.run(steps)
    width = np.sqrt(sigma**2 + 2.0 * D * time)
    expected = hill(width, n / 2.0 + u * time)
    return np.abs(simulation.scalar("dye") - expected).max() / expected.max()


@pytest.mark.parametrize("dimension", [2, 3])
@COLLISIONS
def test_a_gaussian_hill_is_carried_and_spreads_to_second_order(device, dimension, collision):
    """Row 21 of the references: exact solution on three grids."""
    grids = (32, 48, 64)
    errors = [hill_error(device, dimension, collision, n) for n in grids]
    orders = np.log(np.divide(errors[:-1], errors[1:])) / np.log(np.divide(grids[1:], grids[:-1]))
    print(f"D{dimension} {collision}: errors {errors}, orders {orders}")
    assert orders == pytest.approx(2.0, abs=0.2)
    assert errors[-1] < 0.02
