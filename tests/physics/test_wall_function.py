"""Smooth and rough walls with a wall law: the momentum that they take, and the branches of the law."""

from itertools import pairwise

import numpy as np
import pytest
import warp as wp
from flows import places, run_until_steady

from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.lattice.moments import excess_density, momentum
from sparselbm.models.boundary import Y_MAX, Y_MIN, Z_MAX, MovingWall
from sparselbm.models.turbulence import RoughWall, WallFunction
from sparselbm.models.turbulence.rough_wall import KAPPA, rough_friction
from sparselbm.models.turbulence.wall_function import friction
from sparselbm.solver import Simulation


def test_the_law_is_the_integral_of_its_profile():
    """u = mean over the cell of u_tau min(y+, 8.3 y+^(1/7)); continuous where the branches meet."""
    viscosity = 1e-4
    for shear in (1e-8, 1e-6, 1e-5, 1e-4):
        u_tau = np.sqrt(shear)
        y = np.linspace(0.0, 1.0, 2_000_001) * u_tau / viscosity
        mean = np.trapezoid(np.minimum(y, 8.3 * y ** (1.0 / 7.0)), dx=5e-7) * u_tau
        assert friction(mean, viscosity) * mean == pytest.approx(shear, rel=1e-5)
    limit = 0.5 * viscosity * 8.3 ** (7.0 / 3.0)
    below, above = friction(np.array([limit * (1 - 1e-9), limit * (1 + 1e-9)]), viscosity)
    assert below == pytest.approx(above, rel=1e-7)


WALLS = {
    "smooth at 1e-05": lambda face: WallFunction(face, 1e-5), "smooth at 0.3": lambda face: WallFunction(face, 0.3),
    "rough": lambda face: RoughWall(face, 0.03),
}


@pytest.mark.parametrize(("lattice", "face"), [(D2Q9, Y_MIN), (D3Q19, Z_MAX), (D3Q27, Y_MAX)], ids=str)
@pytest.mark.parametrize("wall", WALLS.values(), ids=WALLS)
def test_the_wall_takes_the_stress_and_no_mass(lattice, face, wall):
    """What was sent against it less what comes back: k j along the wall, 0 in mass and in momentum along the normal."""
    f = 0.05 * np.random.default_rng(1).uniform(-1.0, 1.0, (lattice.size, 50))
    model = wall(face)
    value = {number.name: number.excess for number in model.parameters(lattice.dimension)}
    entering = face.entering(lattice)
    filled = np.array(model.fill(lattice, list(f), value, [q in entering for q in range(lattice.size)]))
    c = np.array(lattice.velocities, dtype=float)
    loss = np.einsum("qk,qn->kn", -c[entering], f[entering]) - np.einsum("qk,qn->kn", c[entering], filled[entering])
    j = np.array(momentum(lattice, list(filled)))
    along = [k for k in range(lattice.dimension) if k != face.axis]
    assert np.abs(excess_density(list(filled)) - excess_density(list(f))).max() < 1e-15
    assert np.abs(filled[entering].sum(axis=0) - f[entering].sum(axis=0)).max() < 1e-15
    k = loss[along] / j[along]
    before = np.linalg.norm(j[along] + loss[along], axis=0) / (1.0 + np.array(excess_density(list(f))))
    assert np.abs(k - model.friction(before, value)).max() < 1e-12
    assert (k > 0.0).all()


@pytest.mark.parametrize("roughness", [1e-5, 0.01, 0.4])
def test_the_stress_of_a_rough_wall_is_that_of_the_logarithmic_law(roughness):
    """tau_w = rho (kappa u / ln((1/2 + z_0) / z_0))^2 at the speed u = u_free / (1 + k) after the loss, and 0 at rest."""
    free = np.geomspace(1e-6, 0.3, 50)
    k = rough_friction(free, roughness)
    u = free / (1.0 + k)
    assert k * u == pytest.approx((KAPPA * u / np.log(0.5 / roughness + 1.0)) ** 2, rel=1e-12)
    assert rough_friction(0.0, roughness) == 0.0


@pytest.mark.parametrize("roughness", [0.0, -0.1, 0.5, np.nan])
def test_a_roughness_length_lies_below_the_first_cell(roughness):
    with pytest.raises(ValueError, match=r"must be above 0 and below 0\.5 and finite"):
        RoughWall(Y_MIN, roughness)


def test_couette_flow_in_the_sublayer_is_exact(device):
    """Below y+ = 11.8 the wall is a wall at rest, half a cell beyond the centres."""
    cells, speed, viscosity = 10, 1e-3, 0.2
    conditions = [WallFunction(Y_MIN, viscosity), MovingWall(Y_MAX, (speed, 0.0))]
    domain = box((8, cells), periodic=[True, False], device=device)
    simulation = Simulation(domain, viscosity=viscosity, boundaries=conditions, precision=wp.float64)
    run_until_steady(simulation, 1e-13)
    exact = speed * (places(simulation)[..., 1] + 0.5) / cells
    assert np.abs(simulation.velocity()[..., 0] - exact)[domain.fluid].max() < 1e-10 * speed


def test_at_high_reynolds_number_the_first_cell_obeys_the_power_law(device):
    """Under a lid, tau_w of the law at the first cell is the stress nu du/dy of the layer above."""
    cells, speed, viscosity = 10, 0.1, 0.01
    conditions = [WallFunction(Y_MIN, 1e-5), MovingWall(Y_MAX, (speed, 0.0))]
    domain = box((8, cells), periodic=[True, False], device=device)
    simulation = Simulation(domain, viscosity=viscosity, boundaries=conditions, precision=wp.float64)
    start = np.zeros((*domain.fluid.shape, 2))
    start[..., 0] = speed
    simulation.set_state(1.0, start)
    simulation.run(30_000)
    u = domain.dense(simulation.velocity()[..., 0])[0]
    stress = viscosity * np.diff(u)
    assert np.ptp(stress) < 1e-3 * stress.mean()
    assert u[0] > 0.5 * 8.3 ** (7.0 / 3.0) * 1e-5
    assert friction(u[0], 1e-5) * u[0] == pytest.approx(stress.mean(), rel=5e-3)


def test_friction_grows_with_viscosity_and_speed():
    """tau_w grows with nu and with the speed, at every speed."""
    speeds, viscosities = np.geomspace(1e-6, 0.3, 200), (1e-6, 1e-5, 1e-4, 1e-3)
    for low, high in pairwise([friction(speeds, nu) * speeds for nu in viscosities]):
        assert (high > low).all()
        assert (np.diff(low) > 0.0).all()
