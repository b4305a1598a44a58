"""The sides of a case are those of the flow."""

from dataclasses import replace

import numpy as np
import pytest

from sparselbm.case import Case, CaseBoundary, CaseDomain, CaseFluid, CaseSolver, SceneFile
from sparselbm.geometry import TriangleMesh
from sparselbm.models.boundary import (
    X_MAX,
    X_MIN,
    Y_MAX,
    Y_MIN,
    Z_MAX,
    Z_MIN,
    FreeSlip,
    MovingWall,
    Parabola,
    PressureOutlet,
    VelocityInlet,
)
from sparselbm.models.condition_groups import in_order
from sparselbm.solver import Simulation

BODIES = {"ball": TriangleMesh.sphere(0.5, subdivisions=2)}
WIND, OUT = CaseBoundary(kind="inlet", velocity=(2.0, 0.0, 0.0)), CaseBoundary(kind="outlet")


def setup_of(**parts):
    return Case(scene=SceneFile(file="ball.usda"), **parts).tunnel.around(BODIES, "ball")


def test_slip_applies_before_walls_and_these_before_inlet_and_outlet_those_at_rest_after_those_that_slide():
    sides = {
        "xMin": WIND, "xMax": OUT, "yMin": CaseBoundary(kind="wall"),
        "zMin": CaseBoundary(kind="movingWall", velocity=(1.0, 0.5, 0.0)),
        "zMax": CaseBoundary(kind="symmetry"),
    }
    *slips, road, wall, inlet, outlet = in_order(setup_of(boundary=sides).boundaries)
    assert inlet == VelocityInlet(X_MIN, (0.08, 0.0, 0.0))
    assert isinstance(road, MovingWall)
    assert road.face == Z_MIN
    assert road.velocity == pytest.approx((0.04, 0.02, 0.0))  # 0.08 cells / step are 2 m / s.
    assert wall == MovingWall(Y_MIN, (0.0, 0.0, 0.0))
    assert slips == [FreeSlip(Y_MAX), FreeSlip(Z_MAX)]
    assert isinstance(outlet, PressureOutlet)
    assert outlet.face == X_MAX


def test_a_parabola_between_four_walls():
    walls = {side: CaseBoundary(kind="wall") for side in ("yMin", "yMax", "zMin", "zMax")}
    inlet = CaseBoundary(kind="inlet", velocity=(2.0, 0.0, 0.0), profile="parabola")
    conditions = setup_of(boundary={"xMin": inlet, "xMax": OUT, **walls}).boundaries
    assert conditions[0] == VelocityInlet(X_MIN, (0.08, 0.0, 0.0), profile=Parabola(0))
    assert not any(isinstance(each, FreeSlip) for each in conditions)


def test_corners_and_viscosity_stand_in_place_of_margins_and_reynolds_number():
    setup = setup_of(
        domain=CaseDomain(voxel_size=0.05, lower=(-1.5, -1.0, -1.1), upper=(2.5, 1.0, 1.0)),
        fluid=CaseFluid(viscosity=0.02),
        boundary={"xMin": WIND, "xMax": OUT},
    )
    assert setup.bounds[0] == pytest.approx([-1.5, -1.0, -1.1])
    assert setup.shape == (80, 40, 48)  # 80, 40 and 42 cells, in whole tiles.
    assert setup.options.reynolds == pytest.approx(2.0 * setup.length / 0.02)
    assert setup.units.viscosity == pytest.approx(0.02)
    assert setup.refined(1.25).units.viscosity == pytest.approx(0.02)


def test_a_road_that_moves_with_the_wind_leaves_uniform_flow_as_it_is_and_one_at_rest_slows_it(device):
    def flow(road):
        setup = setup_of(
            domain=CaseDomain(voxel_size=0.1, upstream=0.5, downstream=0.5, side=0.3), solver=CaseSolver(precision="double"),
            boundary={"xMin": WIND, "xMax": OUT, "zMin": road},
        )
        simulation = Simulation(
            replace(setup, device=device).domain, viscosity=setup.units.lattice_viscosity, lattice=setup.options.lattice,
            collision=setup.options.collision, boundaries=setup.boundaries, precision=setup.options.precision,
        )
        simulation.set_state(1.0, (0.08, 0.0, 0.0))
        simulation.run(60)
        return np.array([simulation.domain.dense(each) for each in np.moveaxis(simulation.velocity(), -1, 0)])

    still = flow(CaseBoundary(kind="movingWall", velocity=(2.0, 0.0, 0.0)))
    assert np.abs(still[0] - 0.08).max() < 1e-12
    assert np.abs(still[1:]).max() < 1e-12
    slowed = flow(CaseBoundary(kind="wall"))
    middle = slowed[0][8, 8]
    assert middle[0] < 0.5 * 0.08
    assert middle[-1] > 0.99 * 0.08
