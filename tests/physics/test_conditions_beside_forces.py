"""Conditions beside a body force: exact flows along a channel, whose flow rate is the nominal one at every place."""

import numpy as np
import pytest
import warp as wp

from sparselbm.grid.build import box
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    FreeSlip,
    GradPressure,
    GradVelocity,
    LinkPressure,
    MovingWall,
    Parabola,
    PressureOutlet,
    RegularisedPressure,
    RegularisedVelocity,
    VelocityInlet,
    ZouHePressure,
    ZouHeVelocity,
)
from sparselbm.models.force import Brinkman, UniformForce
from sparselbm.solver import Simulation

LENGTH, HEIGHT, NU, U, ALPHA = 8, 8, 0.1, 1e-5, 0.2
OUTLET = PressureOutlet(X_MAX, relaxation=0.2)
ENDS = {
    **{kind.__name__: (kind, OUTLET) for kind in (VelocityInlet, ZouHeVelocity, RegularisedVelocity, GradVelocity)},
    **{kind.__name__: (VelocityInlet, kind(X_MAX)) for kind in (ZouHePressure, RegularisedPressure, GradPressure, LinkPressure)},
}
CENTRES = np.arange(HEIGHT) + 0.5



def uniform(inlet, outlet):
    """Poiseuille's flow, whose friction the force balances, so that the pressure is the same everywhere."""
    u = 4.0 * U * CENTRES * (HEIGHT - CENTRES) / HEIGHT**2
    peak = U * 2.0 / 3.0 * U * HEIGHT / u.sum()  # The sum over the cells is 1 + 1 / 2 H^2 times the integral.
    ends = inlet(X_MIN, (U, 0.0), profile=Parabola(0)), outlet
    return UniformForce((8.0 * NU * peak / HEIGHT**2, 0.0)), ends, u * peak / U, 0.0


def brinkman(inlet, outlet):
    """A uniform flow through a porous medium between planes of symmetry: dp/dx = -alpha U."""
    ends = inlet(X_MIN, (U, 0.0)), outlet, FreeSlip(Y_MIN), FreeSlip(Y_MAX)
    return Brinkman(ALPHA), ends, np.full(HEIGHT, U), -3.0 * ALPHA * U


def started(force, boundaries, exact, slope, device):
    """The exact flow along a channel, in which the density has this slope."""
    flow = Simulation(
        box((LENGTH, HEIGHT), device=device), viscosity=NU, boundaries=boundaries, force=force, precision=wp.float64
    )
    x, y = np.moveaxis(flow.domain.cell_indices(), -1, 0)
    flow.set_state(1.0 + slope * (x + 0.5 - LENGTH), np.stack([exact[y], 0.0 * y], axis=-1))
    return flow


QUICK = {(name, brinkman) for name in ENDS if "Pressure" not in name} | {("ZouHeVelocity", uniform)}


@pytest.mark.parametrize(
    ("name", "case"),
    [
        pytest.param(name, case, marks=() if (name, case) in QUICK else pytest.mark.validate)
        for name in ENDS for case in (uniform, brinkman)
    ],
)
def test_the_exact_flow_holds_and_the_flow_rate_is_nominal(name, case, device):
    """Beside the porous medium the three velocity conditions at the cells' centres let 9 % less through, and `VelocityInlet`
    without the momentum after the collision lost half of the force as mass."""
    force, boundaries, exact, slope = case(*ENDS[name])
    flow = started(force, boundaries, exact, slope, device)
    flow.run(600)
    u, rho = flow.domain.dense(flow.velocity()), flow.domain.dense(flow.density())
    rates = (rho * u[..., 0]).sum(axis=1)
    plug = case is brinkman
    assert rates == pytest.approx(np.full(LENGTH, exact.sum()), rel=1e-9 if plug else 1e-3)
    assert np.abs(u[..., 0] - exact).max() < (1e-4 if plug else 4e-3) * U
    assert np.abs(u[..., 1]).max() < 2e-3 * U
    gradients = np.diff(rho[1:-1], axis=0) / 3.0
    assert np.abs(gradients - slope / 3.0).max() < (1e-4 * ALPHA if plug else 0.04 * 8.0 * NU / HEIGHT**2) * U


def pushed(y):
    """u = U y / H + G y (H - y) / 2 nu."""
    G = 4.0 * NU * U / HEIGHT**2
    return UniformForce((G, 0.0)), U * y / HEIGHT + G / (2.0 * NU) * y * (HEIGHT - y)


def porous(y):
    """u = U sinh k y / sinh k H with k^2 = alpha / nu."""
    k = np.sqrt(0.02 * ALPHA / NU)
    return Brinkman(0.02 * ALPHA), U * np.sinh(k * y) / np.sinh(k * HEIGHT)


@pytest.mark.parametrize("case", [pushed, porous])
def test_a_moving_wall_beside_a_force(case, device):
    """Couette's flow with a force along it, and in a porous medium; no mass is won or lost."""
    force, exact = case(CENTRES)
    flow = Simulation(
        box((8, HEIGHT), periodic=(True, False), device=device), viscosity=NU, boundaries=[MovingWall(Y_MAX, (U, 0.0))],
        force=force, precision=wp.float64,
    )
    flow.run(3000)
    u = flow.domain.dense(flow.velocity())
    assert np.abs(u[..., 0] - exact).max() < 1e-3 * U
    assert np.abs(u[..., 1]).max() < 1e-9 * U
    assert abs(flow.excess_mass()) < 1e-12
