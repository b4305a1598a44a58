"""The mixing length above rough walls: the logarithmic law in equilibrium and over a fetch, and its conditions."""

import numpy as np
import pytest
import warp as wp
from flows import run_until_steady

from sparselbm.errors import SimulationError
from sparselbm.flows import LogLawProfile
from sparselbm.flows.tunnel.inflow_profile import InletPlace
from sparselbm.grid.build import box
from sparselbm.lattice import D2Q9, D3Q19
from sparselbm.models.boundary import X_MAX, X_MIN, Y_MAX, Y_MIN, FreeSlip, MovingWall, PressureOutlet, VelocityInlet
from sparselbm.models.collision import BGK, TRT, CentralMoment, Regularised
from sparselbm.models.turbulence import MixingLength, RoughWall, Smagorinsky, WallFunction
from sparselbm.models.turbulence.rough_wall import KAPPA
from sparselbm.solver import Simulation
from sparselbm.units import Units

NU = 1e-6


def log_law(height, roughness, top, speed):
    """Velocity at a height that is `speed` at the top."""
    return speed * np.log1p(height / roughness) / np.log1p(top / roughness)


def over_a_fetch(device, roughness, collision, upper, *, length=256, height=24, speed=0.05):
    """Velocity (length, height) [speed] of a wind that enters with the logarithmic law over a rough wall, after six crossings."""
    domain = box((length, height), device=device)
    units = Units(voxel_size=1.0, velocity=speed, viscosity=NU, density=1.0, lattice_velocity=speed)
    profile = LogLawProfile(float(height), roughness_length=roughness).of(InletPlace(0, 1, (0.0, 0.0, 0.0), units))
    simulation = Simulation(
        domain, viscosity=NU, collision=collision, precision=wp.float64, boundaries=(
            VelocityInlet(X_MIN, (speed, 0.0), profile=profile), PressureOutlet(X_MAX, relaxation=0.02),
            RoughWall(Y_MIN, roughness), upper,
        ),
    )
    start = np.zeros((*domain.fluid.shape, 2))
    start[..., 0] = log_law(domain.cell_indices()[..., 1] + 0.5, roughness, height, speed)
    simulation.set_state(1.0, start)
    simulation.run(6 * int(length / speed))
    return domain.dense(simulation.velocity()[..., 0]) / speed


@pytest.mark.parametrize("roughness", [1e-3, 0.05])
def test_under_constant_stress_the_velocity_follows_the_logarithmic_law(device, roughness):
    """Below a wall that moves with it, within 0.5 % in every cell, from a state that is 20 % off."""
    height, speed = 8, 0.1
    domain = box((8, height), periodic=[True, False], device=device)
    simulation = Simulation(
        domain, viscosity=NU, collision=MixingLength(Regularised()), precision=wp.float64,
        boundaries=(RoughWall(Y_MIN, roughness), MovingWall(Y_MAX, (speed, 0.0))),
    )
    exact = log_law(np.arange(height) + 0.5, roughness, height, speed)
    start = np.zeros((*domain.fluid.shape, 2))
    start[..., 0] = 0.8 * log_law(domain.cell_indices()[..., 1] + 0.5, roughness, height, speed)
    simulation.set_state(1.0, start)
    run_until_steady(simulation, 1e-9)
    u = domain.dense(simulation.velocity()[..., 0])
    print(u[0] / exact - 1.0)
    assert np.ptp(u, axis=0).max() < 1e-9
    assert u[0] == pytest.approx(exact, rel=5e-3)


@pytest.mark.validate
@pytest.mark.parametrize("roughness", [0.002, 0.03, 0.2])
def test_the_wind_keeps_its_profile_over_a_fetch_of_ten_heights(device, roughness):
    """The logarithmic law enters and leaves: within 1.3 % in every cell from a fetch of five heights on."""
    u = over_a_fetch(device, roughness, MixingLength(CentralMoment()), MovingWall(Y_MAX, (0.05, 0.0)))
    exact = log_law(np.arange(24) + 0.5, roughness, 24, 1.0)
    print(u[128] / exact - 1.0, u[240] / exact - 1.0)
    assert u[128] == pytest.approx(exact, rel=0.013)
    assert u[240] == pytest.approx(exact, rel=0.013)


@pytest.mark.validate
def test_without_a_stress_at_the_top_or_a_mixing_length_the_profile_changes(device):
    """Free slip at the top: 4 % near ground and top; Smagorinsky alone: less than half of the velocity in the first cell."""
    exact = log_law(np.arange(24) + 0.5, 0.03, 24, 1.0)
    slip = over_a_fetch(device, 0.03, MixingLength(CentralMoment()), FreeSlip(Y_MAX))[240] / exact - 1.0
    assert slip[0] == pytest.approx(0.04, abs=0.01)
    assert slip[-1] == pytest.approx(-0.045, abs=0.01)
    bare = over_a_fetch(device, 0.03, Smagorinsky(CentralMoment()), FreeSlip(Y_MAX))[240] / exact - 1.0
    assert bare[0] < -0.5


@pytest.mark.parametrize("longest", [None, 2.0])
@pytest.mark.parametrize("lattice", [D2Q9, D3Q19], ids=str)
def test_it_is_smagorinskys_model_with_the_mixing_length(lattice, longest):
    """1 / l = 1 / (kappa z) + 1 / longest, with 1 / 6 added to z^2."""
    f, force, d = 0.01 * np.random.default_rng(3).standard_normal((lattice.size, 9)), [0.0] * lattice.dimension, 5.0
    length = KAPPA * np.sqrt(d * d + 1.0 / 6.0)
    length = length if longest is None else 1.0 / (1.0 / length + 1.0 / longest)
    found = MixingLength(BGK(), longest).collide(lattice, list(f), 0.01, force, d)
    assert found == pytest.approx(np.array(Smagorinsky(BGK(), length).collide(lattice, list(f), 0.01, force)), abs=1e-14)
    at_wall = MixingLength(BGK(), longest).collide(lattice, list(f), 0.01, force)
    assert at_wall == pytest.approx(np.array(MixingLength(BGK(), longest).collide(lattice, list(f), 0.01, force, 0.5)))


WITHOUT = (), (MovingWall(Y_MIN, (0.0, 0.0)),), (RoughWall(Y_MIN, 0.1), WallFunction(Y_MAX, 0.1))
"""Conditions from which the distance cannot be measured."""


@pytest.mark.parametrize("conditions", WITHOUT)
def test_the_length_needs_a_wall_law_on_a_lower_side(device, conditions):
    with pytest.raises(SimulationError, match=r"MixingLength: its length is measured.*make a lower side a rough"):
        Simulation(box((8, 8), device=device), viscosity=0.1, collision=MixingLength(TRT()), boundaries=conditions)


def test_only_the_outermost_collision_receives_the_distance():
    with pytest.raises(ValueError, match=r"needs the distance from the walls.*write MixingLength\(Smagorinsky"):
        Smagorinsky(MixingLength(BGK()))
    with pytest.raises(ValueError, match="must be above 0 and finite, or None"):
        MixingLength(BGK(), longest=0.0)
