"""Flows with an exact solution through every collision model: waves, vortices in two and three dimensions, channels."""

import numpy as np
import pytest
import warp as wp
from collision_cases import NEWTONIAN, cases
from flows import places
from test_channel import poiseuille_error
from test_shear_wave import ShearWave
from test_taylor_green import errors

from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19, D3Q27
from sparselbm.models.collision import BGK, MRT, CentralMoment, Cumulant, RecursiveRegularised
from sparselbm.models.turbulence import Smagorinsky
from sparselbm.solver import Simulation

VISCOSITY = 0.05


@pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN, later=(D3Q19,)))
@pytest.mark.parametrize("wave", [pytest.param("x", marks=pytest.mark.validate), "diagonal"])
def test_viscosity(collision, lattice, wave, device):
    flow = ShearWave(lattice, wave, device, viscosity=VISCOSITY, collision=collision, precision=wp.float64)
    assert -flow.rate().real / (flow.k @ flow.k) == pytest.approx(VISCOSITY, rel=0.01)


def carried(collision, lattice, wave, speed, device):
    """The rate of decay in a mean flow along x over that at rest."""
    mean = (speed, 0.0, 0.0)[: lattice.dimension]
    options = {"viscosity": VISCOSITY, "collision": collision, "precision": wp.float64, "amplitude": 1e-4}
    rest = ShearWave(lattice, wave, device, **options).rate()
    return ShearWave(lattice, wave, device, mean=mean, **options).rate().real / rest.real


@pytest.mark.parametrize("lattice", [D2Q9, D3Q27], ids=repr)
def test_the_viscosity_of_cumulants_does_not_depend_on_the_speed(lattice, device):
    """Along x the third moments of all orders suffice; along the diagonal they lack those of one axis, which the correction of
    the second cumulants makes up for."""
    speed = 0.1
    assert carried(BGK(), lattice, "x", speed, device) == pytest.approx(1.0 - 3.0 * speed**2, abs=3e-4)
    assert carried(RecursiveRegularised(), lattice, "x", speed, device) == pytest.approx(1.0, abs=3e-4)
    assert carried(RecursiveRegularised(), lattice, "diagonal", speed, device) < 0.98
    for wave in ("x", "diagonal"):
        assert carried(Cumulant(), lattice, wave, speed, device) == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize(
    ("model", "lattice"), [(MRT, D2Q9), (CentralMoment, D3Q19), (Cumulant, D3Q27)], ids=["MRT", "CentralMoment", "Cumulant"]
)
@pytest.mark.parametrize("zeta", [0.02, 0.3])
def test_sound_is_damped_by_the_bulk_viscosity(model, lattice, zeta, device):
    """A standing wave decays at k^2 / 2 (2 (d - 1) / d nu + zeta)."""
    d, cells = lattice.dimension, 64
    domain = box((cells, 8, 8)[:d], periodic=[True] * d, device=device)
    simulation = Simulation(domain, lattice=lattice, viscosity=VISCOSITY, collision=model(zeta), precision=wp.float64)
    k = 2.0 * np.pi / cells
    phase = k * places(simulation)[..., 0]
    simulation.set_state(1.0 + 1e-4 * np.cos(phase))

    logs = []
    for _ in range(8):  # Once a period of 64 sqrt(3) steps.
        logs.append(np.log(((simulation.density() - 1.0) * np.cos(phase)).mean()))
        simulation.run(111)
    rate = -(logs[-1] - logs[1]) / (6 * 111)
    assert rate == pytest.approx(0.5 * k**2 * (2.0 * (d - 1) / d * VISCOSITY + zeta), rel=0.03)


@pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN, lattices=(D2Q9,)))
def test_order_of_vortices_in_the_plane(collision, lattice, device):
    velocity, pressure = np.array([errors(n, collision, device) for n in (16, 32, 64)]).T
    assert np.log2(velocity[:-1] / velocity[1:]) == pytest.approx([2.0, 2.0], abs=0.15)
    assert velocity[-1] < 3e-3
    assert pressure[-1] < 6e-3


def beltrami_error(collision, lattice, cells, device):
    """Error (L2) of the velocity of the flow of Arnold, Beltrami and Childress when it has decayed to a fraction.

    curl u = k u, so that u = u_0 exp(-nu k^2 t) solves the equations of Navier and Stokes with p = -u^2 / 2.
    """
    viscosity, speed = 0.05, 0.02 * 8 / cells
    domain = box((cells,) * 3, periodic=[True] * 3, device=device)
    simulation = Simulation(domain, lattice=lattice, viscosity=viscosity, collision=collision, precision=wp.float64)
    k = 2.0 * np.pi / cells
    x, y, z = np.moveaxis(k * (places(simulation) + 0.5), -1, 0)
    start = speed * np.stack(
        [np.sin(z) + 0.7 * np.cos(y), 0.5 * np.sin(x) + np.cos(z), 0.7 * np.sin(y) + 0.5 * np.cos(x)], axis=-1
    )
    square = (start**2).sum(axis=-1)
    simulation.set_state(1.0 - 1.5 * (square - square.mean()), start)
    steps = round(0.5 / (viscosity * k**2))
    simulation.run(steps)
    expected = start * np.exp(-viscosity * k**2 * steps)
    inside = simulation.domain.fluid
    return np.linalg.norm((simulation.velocity() - expected)[inside]) / np.linalg.norm(expected[inside])


@pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN, lattices=(D3Q19, D3Q27), later=(D3Q19,)))
def test_order_of_vortices_in_space(collision, lattice, device):
    found = np.array([beltrami_error(collision, lattice, n, device) for n in (8, 16, 24)])
    orders = np.log(found[:-1] / found[1:]) / np.log([2.0, 1.5])
    print(f"{collision} {lattice}: {found}, orders {orders}")
    assert orders[-1] == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize(("collision", "lattice"), cases(NEWTONIAN, later=(D3Q19,)))
def test_a_force_drives_the_parabola(collision, lattice, device):
    """Second order: the wall's place depends on the viscosity as h^2 nu (1 / rate - 1 / 2) of the third moments."""
    errors = [poiseuille_error(lattice, 0, 1, n, device, viscosity=0.2, collision=collision) for n in (8, 16)]
    print(f"{collision} {lattice}: {errors}")
    assert errors[1] < 0.02
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize(
    ("model", "lattice"),
    [(MRT, D2Q9), (MRT, D3Q19), (CentralMoment, D2Q9), (Cumulant, D2Q9)],
    ids=lambda x: getattr(x, "__name__", str(x)),
)
def test_the_third_order_places_the_walls(model, lattice, device):
    """The parabola is exact where (1 / omega - 1 / 2) (1 / rate - 1 / 2) = 3 / 16: Ginzburg & d'Humieres 2003."""
    viscosity = 0.2
    third = 1.0 / (3.0 / 16.0 / (3.0 * viscosity) + 0.5)
    collision = model(higher=(third, 1.0, 1.0, 1.0))
    assert poiseuille_error(lattice, 0, 1, 11, device, viscosity=viscosity, collision=collision) < 1e-6


def test_eddies_slow_a_shear_wave_down(device):
    """nu_t = C^2 |S| of the wave's own shear: at once its decay is that of nu + C^2 a k <|cos|^3> / <cos^2>."""
    C, viscosity = 0.8, 0.02
    collision = Smagorinsky(BGK(), C)
    flow = ShearWave(D2Q9, "x", device, amplitude=0.1, viscosity=viscosity, collision=collision, precision=wp.float64)
    measured = -flow.rate(steps=4).real / (flow.k @ flow.k)
    expected = viscosity + C**2 * abs(flow.amplitude()) * flow.k[0] * 8.0 / (3.0 * np.pi)
    assert expected > 1.4 * viscosity
    assert measured == pytest.approx(expected, rel=0.02)
