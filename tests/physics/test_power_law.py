"""Power-law and Carreau-Yasuda fluids: the implicit law of the cell, channels with an exact profile, slow shear."""

from dataclasses import dataclass

import numpy as np
import pytest
import warp as wp
from flows import places, run_until_steady

from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.collision import TRT, Collision
from sparselbm.models.rheology import Carreau, PowerLaw
from sparselbm.solver import Simulation


@dataclass(frozen=True)
class Keep(Collision):
    """No collision: gives the viscosity that it is called with."""

    def collide(self, lattice, f, viscosity, force):
        return [viscosity]


def viscosity_under(collision, q, viscosity):
    """What a model takes for nu in cells with the shear stress q / 2 and no flow."""
    f = [q / 8.0 * (c[0] * c[1]) for c in D2Q9.velocities]
    return collision.collide(D2Q9, f, viscosity, [0.0, 0.0])[0]


def shear_rate(q, nu):
    """gamma = 3 q / (2 tau)."""
    return 3.0 * q / (6.0 * nu + 1.0)


@pytest.mark.parametrize("exponent", [0.2, 0.3, 0.5, 0.8, 1.0, 1.5, 2.0, 3.0])
def test_the_power_law_is_solved(exponent):
    """nu = K gamma^(n - 1) at the gamma of that very nu, to 1e-11, over fifteen decades of stress and six of K."""
    q = np.logspace(-13, 1, 141)
    for K in np.logspace(-5, 1, 7):
        collision = PowerLaw(Keep(), exponent, min_viscosity=1e-7, max_viscosity=1e3)
        nu = viscosity_under(collision, q, K)
        assert nu == pytest.approx(np.clip(K * shear_rate(q, nu) ** (exponent - 1.0), 1e-7, 1e3), rel=1e-11)


@pytest.mark.parametrize("exponent", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("yasuda", [0.2, 1.0, 2.0, 4.0])
def test_carreaus_law_is_solved(exponent, yasuda):
    """The same for times of 1 to 1e6 steps and viscosities of 1e-4 to 10 at rest."""
    q = np.logspace(-13, 1, 141)
    for time in np.logspace(0, 6, 4):
        for nu0 in np.logspace(-4, 1, 6):
            collision = Carreau(Keep(), time, exponent, infinite_shear_viscosity=1e-5, a=yasuda)
            nu = viscosity_under(collision, q, nu0)
            thinned = (1.0 + (time * shear_rate(q, nu)) ** yasuda) ** ((exponent - 1.0) / yasuda)
            assert nu == pytest.approx(1e-5 + (nu0 - 1e-5) * thinned, rel=1e-11)


@pytest.mark.parametrize("exponent", [0.2, 0.5, 1.5, 3.0])
@pytest.mark.parametrize("K", [1e-4, 1.0])
def test_a_fluid_at_rest_has_the_viscosity_of_a_bound(exponent, K):
    """In fp32 too, without overflow on the way: the largest where shear thins, the least where it thickens."""
    with np.errstate(all="raise", under="ignore"):
        law = PowerLaw(Keep(), exponent, min_viscosity=1e-5, max_viscosity=10.0)
        nu = viscosity_under(law, np.zeros(4, np.float32), np.float32(K))
    assert nu == pytest.approx(np.full(4, 10.0 if exponent < 1.0 else 1e-5), rel=1e-6)


def profile(law, drive, cells, places):
    """u(y) between walls at 0 and `cells`: nu(gamma) gamma = drive |y - cells / 2|, solved by bisection, summed from the wall."""
    half, count = cells / 2.0, 20_000
    depth = (np.arange(count) + 0.5) * half / count
    low, high = np.full(count, 1e-20), np.full(count, 1e3)
    for _ in range(200):
        middle = np.sqrt(low * high)
        slow = law(middle) * middle < drive * depth
        low, high = np.where(slow, middle, low), np.where(slow, high, middle)
    below = np.concatenate([[0.0], np.cumsum(low[::-1]) * half / count])[::-1]  # u at depth 0, half / count, ...
    return np.interp(np.abs(places - half), np.linspace(0.0, half, count + 1), below)


def channel_error(collision, law, lattice, cells, device, *, drive, viscosity):
    """Largest error of u in a channel that a force drives, relative to the largest u, and that u."""
    d = lattice.dimension
    domain = box((8, cells, 8)[:d], periodic=(True, False, True)[:d], device=device)
    force = (drive, 0.0, 0.0)[:d]
    simulation = Simulation(
        domain, lattice=lattice, viscosity=viscosity, collision=collision, force=force, precision=wp.float64
    )
    exact = np.where(domain.fluid, profile(law, drive, cells, places(simulation)[..., 1] + 0.5), 0.0)
    start = np.zeros((*exact.shape, d))
    start[..., 0] = 0.9 * exact
    simulation.set_state(1.0, start)
    run_until_steady(simulation, 1e-5)
    return np.abs(simulation.velocity()[..., 0] - exact).max() / exact.max(), exact.max()


def ostwald_profile(exponent, K, drive, cells, places):
    """n / (n + 1) (G / K)^(1 / n) ((H / 2)^(1 + 1/n) - |y - H / 2|^(1 + 1/n)): Bird, Stewart & Lightfoot."""
    grade, half = 1.0 + 1.0 / exponent, cells / 2.0
    return (drive / K) ** (1.0 / exponent) / grade * (half**grade - np.abs(places - half) ** grade)


FLUIDS = {"thinning": (0.5, 0.01, 1.6e-4), "viscosity_field": (1.5, 1.0, 2.5e-5)}
"""n, K and the force: u up to about 0.05."""


@pytest.mark.parametrize(("exponent", "K", "drive"), FLUIDS.values(), ids=FLUIDS)
def test_the_reference_is_ostwalds_profile(exponent, K, drive):
    y = np.arange(32) + 0.5
    found = profile(lambda gamma: K * gamma ** (exponent - 1.0), drive, 32, y)
    assert found == pytest.approx(ostwald_profile(exponent, K, drive, 32, y), rel=1e-4)


@pytest.mark.parametrize(
    ("lattice", "cells"), [(D2Q9, 32), pytest.param(D3Q19, 16, marks=pytest.mark.validate)], ids=["D2Q9", "D3Q19"]
)
@pytest.mark.parametrize(("exponent", "K", "drive"), FLUIDS.values(), ids=FLUIDS)
def test_power_law_channel(lattice, cells, exponent, K, drive, device):
    collision, drive = PowerLaw(TRT(), exponent), drive * (32 / cells) ** exponent
    error, peak = channel_error(
        collision, lambda gamma: K * gamma ** (exponent - 1.0), lattice, cells, device, drive=drive, viscosity=K
    )
    print(f"{lattice} n = {exponent}, {cells} cells: {error:.2%}, largest u {peak:.3f}")
    assert error < 0.02


def test_bounds_of_the_viscosity(device):
    """A power law between two bounds, both of which the channel meets; K given apart from the simulation's viscosity."""

    def law(gamma):
        return np.clip(0.002 / np.sqrt(gamma), 0.03, 0.06)

    collision = PowerLaw(TRT(), 0.5, consistency=0.002, min_viscosity=0.03, max_viscosity=0.06)
    error, _ = channel_error(collision, law, D2Q9, 32, device, drive=1.5e-5, viscosity=0.5)
    met = law(1.5e-5 * np.array([1.0, 15.0]) / np.array([0.06, 0.03]))
    assert tuple(met) == (0.06, 0.03)
    assert error < 0.01


def test_carreau_channel(device):
    """Thinned from 0.2 at the middle to about a third of it at the walls."""
    nu0, fastest, time, n, a = 0.2, 0.02, 1500.0, 0.4, 1.5

    def law(gamma):
        return fastest + (nu0 - fastest) * (1.0 + (time * gamma) ** a) ** ((n - 1.0) / a)

    collision = Carreau(TRT(), time, n, infinite_shear_viscosity=fastest, a=a)
    drive = 1.5e-5
    error, peak = channel_error(collision, law, D2Q9, 32, device, drive=drive, viscosity=nu0)
    newtonian = drive * 16.0**2 / (2.0 * nu0)
    print(f"{error:.2%}, largest u {peak:.3f}, of the Newtonian fluid {newtonian:.3f}")
    assert peak > 1.3 * newtonian
    assert error < 0.01
