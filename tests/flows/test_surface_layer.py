"""Wind over rough ground in a tunnel: conditions of its sides, refusals and doubts, and the same from a case."""

import re
from dataclasses import replace

import numpy as np
import pytest

from sparselbm.case import Case, CaseBoundary, SceneFile
from sparselbm.case.parts import CaseDomain, CaseFluid, CaseSolver, CaseStream
from sparselbm.errors import UnitsError, WindTunnelError
from sparselbm.flows import LogLawProfile, SideWall, WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.models.boundary import Y_MAX, Z_MAX, Z_MIN, MovingWall
from sparselbm.models.in_si import InSI
from sparselbm.models.rheology import Carreau
from sparselbm.models.turbulence import MixingLength, RoughWall, Smagorinsky

HOUSE = TriangleMesh.box((-5.0, -5.0, 0.0), (5.0, 5.0, 10.0))
GROUND, TOP = SideWall(Z_MIN, roughness_length=0.03), SideWall(Z_MAX, None)
WIND = WindTunnel(
    velocity=8.0, viscosity=1.5e-5, voxel_size=1.25, profile=LogLawProfile(10.0, roughness_length=0.03), sides=(GROUND, TOP),
    corners=((-40.0, -20.0, 0.0), (80.0, 20.0, 40.0)), turbulence=InSI(MixingLength),
)
"""A house in the wind at its true Reynolds number."""


def around(**changes):
    return replace(WIND, **changes).around({"house": HOUSE}, "house")


def test_the_sides_have_the_roughness_of_the_ground_and_the_velocity_of_the_wind_at_the_top():
    setup = around()
    found = {each.face: each for each in setup.boundaries}
    assert isinstance(found[Z_MIN], RoughWall)
    assert found[Z_MIN].roughness_length == pytest.approx(0.024)
    assert isinstance(found[Z_MAX], MovingWall)
    height = setup.bounds[1, 2]
    expected = setup.lattice_velocity * np.log1p(height / 0.03) / np.log1p(10.0 / 0.03)
    assert found[Z_MAX].velocity == pytest.approx((expected, 0.0, 0.0))
    uniform = {each.face: each for each in around(profile=None, yaw=30.0).boundaries}
    assert uniform[Z_MAX].velocity == pytest.approx(setup.lattice_velocity * np.array([np.sqrt(0.75), 0.5, 0.0]))
    assert not any("roughness" in each or "fully rough" in each for each in setup.doubts)


REFUSED = {
    "below the cells": ({"sides": (SideWall(Z_MIN, roughness_length=2.0), TOP)}, WindTunnelError,
                        "roughness_length is 2 m, but the centres of the first cells are at 0.625 m.*above 4 m, better 40 m"),
    "not positive": ({"sides": (SideWall(Z_MIN, roughness_length=0.0),)}, WindTunnelError, "roughness_length is 0.0 m: it must"),
    "sliding": ({"sides": (SideWall(Z_MIN, (1.0, 0.0, 0.0), 0.03),)}, WindTunnelError, "only walls at rest are rough: set the"),
    "beside the wind": ({"sides": (GROUND, SideWall(Y_MAX, None))}, WindTunnelError, "y_max: .* depends on the height.*give"),
    "no ground": ({"sides": (TOP,)}, UnitsError, "turbulence is MixingLength: its length .*but there is none: make a lower side"),
    "rough top": ({"sides": (GROUND, SideWall(Z_MAX, roughness_length=0.1))}, UnitsError, "but there is one on z_max"),
    "rheology": ({"turbulence": None, "rheology": InSI(Carreau, relaxation_time=1.0, power_index=0.5)}, UnitsError,
                 "the wall on z_min is rough and rheology is Carreau.*holds for a constant viscosity"),
}


@pytest.mark.parametrize(("changes", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_the_cells_the_profile_or_other_models_do_not_allow_is_refused(changes, error, message):
    with pytest.raises(error, match=message):
        around(**changes)


DOUBTS = {
    "elements": ({"sides": (SideWall(Z_MIN, roughness_length=0.1), TOP)}, "roughness elements, about 10 z_0 = 1 m high"),
    "other ground": ({"sides": (SideWall(Z_MIN, roughness_length=0.05), TOP)}, "length 0.03 m, and the wall on z_min has 0.05 m"),
    "smooth ground": ({"sides": (SideWall(Z_MIN), TOP), "turbulence": InSI(MixingLength), "wall_function": True},
                      "the wall on z_min is smooth: the profile changes"),
    "no turbulence": ({"turbulence": InSI(Smagorinsky, constant=0.17)}, "rough and turbulence is Smagorinsky.*use MixingLength"),
    "viscous": ({"viscosity": 0.02}, "u_tau z_0 / nu is about 0.83, below 2.3: the wall is not fully rough"),
}


@pytest.mark.parametrize(("changes", "words"), DOUBTS.values(), ids=DOUBTS)
def test_ground_that_fits_neither_cells_nor_wind_is_doubted(changes, words):
    assert any(re.search(words, each) for each in around(**changes).doubts)


def test_a_case_says_the_same():
    case = Case(
        scene=SceneFile(file="house.usda"), domain=CaseDomain(voxel_size=1.25, lower=WIND.corners[0], upper=WIND.corners[1]),
        fluid=CaseFluid(viscosity=1.5e-5), solver=CaseSolver(turbulence="MixingLength"),
        stream=CaseStream(velocity=(8.0, 0.0, 0.0), profile="LogLawProfile(reference_height=10, roughness_length=0.03)"),
        boundary={"zMin": CaseBoundary(kind="wall", roughness_length=0.03), "zMax": CaseBoundary(kind="movingWall")},
    )
    tunnel = case.tunnel
    assert tunnel.sides == (GROUND, TOP)
    assert tunnel.turbulence == WIND.turbulence
    assert tunnel.around({"house": HOUSE}, "house").boundaries == around().boundaries


@pytest.mark.validate
def test_the_wind_past_a_house_is_steady_at_its_true_reynolds_number(device):
    """At 5e6, on 8 cells: C_d changes by less than 1 % in a flow-through time, and lies between 1.2 and 1.8."""
    flow = WIND.around({"house": HOUSE}, "house", device=device).build()
    flow.simulation.run(1500)
    before = flow.value()
    flow.simulation.run(1200)
    assert flow.value() == pytest.approx(before, rel=0.01)
    assert 1.2 < before < 1.8
