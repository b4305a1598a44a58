"""Taylor and Green's vortices in two dimensions: second order in space under diffusive scaling."""

import numpy as np
import pytest
import warp as wp
from flows import places

from sparselbm.grid.build import box
from sparselbm.models.collision import BGK, TRT
from sparselbm.solver import Simulation


def exact(simulation, time, *, speed, viscosity):
    """u = -U cos kx sin ky, v = U sin kx cos ky, and rho from p = -U^2 / 4 (cos 2kx + cos 2ky); U decays."""
    k = 2.0 * np.pi / simulation.domain.shape[0]
    x, y = np.moveaxis(k * (places(simulation) + 0.5), -1, 0)
    decay = np.exp(-2.0 * viscosity * k**2 * time)
    u = speed * decay * np.stack([-np.cos(x) * np.sin(y), np.sin(x) * np.cos(y)], axis=-1)
    return u, 1.0 - 0.75 * (speed * decay) ** 2 * (np.cos(2.0 * x) + np.cos(2.0 * y))


def errors(cells, collision, device):
    """Relative errors (L2) of velocity and pressure at half the first speed; U ~ 1 / cells, steps ~ cells^2."""
    viscosity, speed = 0.05, 0.02 * 16 / cells
    domain = box((cells, cells), periodic=(True, True), device=device)
    simulation = Simulation(domain, viscosity=viscosity, collision=collision, precision=wp.float64)
    given, density = exact(simulation, 0, speed=speed, viscosity=viscosity)
    simulation.set_state(density, given)
    steps = round(np.log(2.0) / (2.0 * viscosity * (2.0 * np.pi / cells) ** 2))
    simulation.run(steps)
    u, rho = exact(simulation, steps, speed=speed, viscosity=viscosity)
    du, dp = simulation.velocity() - u, simulation.density() - simulation.density().mean() + 1.0 - rho
    return np.linalg.norm(du) / np.linalg.norm(u), np.linalg.norm(dp) / np.linalg.norm(rho - 1.0)


@pytest.mark.parametrize("collision", [BGK(), TRT()], ids=["BGK", "TRT"])
def test_order_of_velocity_and_pressure(collision, device):
    velocity, pressure = np.array([errors(n, collision, device) for n in (16, 32, 64)]).T
    assert np.log2(velocity[:-1] / velocity[1:]) == pytest.approx([2.0, 2.0], abs=0.15)
    assert velocity[-1] < 3e-3
    assert pressure[-1] < 6e-3
