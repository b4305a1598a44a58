"""Flow inside a prim of a scene, through caps that are prims: against Hagen and Poiseuille, and what is refused."""

import json

import numpy as np
import pytest
from pxr import UsdGeom
from vessel_cases import (
    AXIS,
    DENSITY,
    END,
    IN,
    LENGTH,
    OUT,
    RADIUS,
    REYNOLDS,
    SPEED,
    START,
    VOXEL,
    disc,
    open_tube,
    tube_scene,
)

from sparselbm.errors import GeometryError, InternalFlowError
from sparselbm.flows import Inlet, InternalFlow, Outlet
from sparselbm.geometry import TriangleMesh
from sparselbm.observe.monitor import Csv
from sparselbm.results.stage import validate_stage
from sparselbm.scene.usd import open_stage

VISCOSITY = SPEED * 2 * RADIUS / REYNOLDS
GRADIENT = 8.0 * DENSITY * VISCOSITY * SPEED / RADIUS**2
"""Gradient of the pressure in developed flow [Pa / m]."""
AREA = np.pi * RADIUS**2


def test_a_tilted_tube_has_the_flow_rate_pressure_drop_and_shear_of_hagen_and_poiseuille(in_process, tmp_path, device):
    scene = tube_scene(tmp_path / "tube.usda", outlet={"kind": "outlet", "pressure": 9e4})
    before = scene.read_bytes()
    code, out, err = in_process("inspect", scene, "--device", device, "--json", "seen.json")
    assert code == 0, err
    seen = json.loads((tmp_path / "seen.json").read_text())
    box = np.prod(np.ptp(open_tube().bounds, axis=0))
    assert seen["share_of_box"] == pytest.approx(AREA * LENGTH / box, rel=0.01)
    assert seen["openings"]["/World/In"]["area"] == pytest.approx(AREA, rel=0.01)
    assert seen["openings"]["/World/In"]["hydraulic_diameter"] == pytest.approx(2 * RADIUS, rel=0.01)
    assert seen["viscosity"] == pytest.approx(VISCOSITY, rel=0.01)
    assert not [doubt for doubt in seen["doubts"] if "open" in doubt]  # A cap has a rim, which the tube's is closed by.
    assert f"a cap: area {seen['openings']['/World/In']['area']:.4g} m^2, normal into the fluid (0.8018, 0.5345, 0.2673)" in out
    assert out.count("not watertight") == 1  # The tube by itself; the ball beside it is.
    for text in (f"{seen['share_of_box']:.2%}", f"{seen['tiles']}, {512 * seen['tiles']:,} cells"):
        assert text in out

    code, out, err = in_process("run", scene, "--device", device, "--draw", "surface=shear", "--draw", "streamlines=2")
    assert code == 0, err
    found = json.loads((tmp_path / "results" / "tube" / "summary.json").read_text())
    inlet, outlet = found["openings"]["/World/In"], found["openings"]["/World/Out"]
    assert found["converged"]
    assert inlet["flow_rate"] == pytest.approx(SPEED * AREA, rel=0.01)
    assert outlet["flow_rate"] == pytest.approx(-inlet["flow_rate"], rel=0.015)
    assert found["mass_balance"] == pytest.approx(1.0 + outlet["flow_rate"] / inlet["flow_rate"])
    assert ("inflow and outflow differ by" in " ".join(err.split())) == (abs(found["mass_balance"]) > 1e-3)
    assert outlet["pressure"] == pytest.approx(9e4, abs=0.03 * GRADIENT * LENGTH)
    assert found["pressure_drop"] == pytest.approx(GRADIENT * LENGTH, rel=0.03)
    assert found["wall_shear_mean"] == pytest.approx(GRADIENT * RADIUS / 2, rel=0.01)
    assert "mass balance" in out
    _require_series(tmp_path / "results" / "tube" / "time_series.csv", found)
    path = tmp_path / "results" / "tube" / "tube_results.usda"
    assert validate_stage(path) == []
    stage = open_stage(path)
    shear = UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/World/Tube")).GetPrimvar("shear").Get()
    assert len(shear) == len(open_tube().points)
    # At the rims too, where half of the cells around lie behind a cap.
    along = (open_tube().points - START) @ AXIS
    pressure = np.array(UsdGeom.PrimvarsAPI(stage.GetPrimAtPath("/World/Tube")).GetPrimvar("pressure").Get())
    shear, rim = np.linalg.norm(shear, axis=1), (along < 1e-4) | (along > LENGTH - 1e-4)
    for where, share in ((~rim, 0.15), (rim, 0.2)):
        assert pressure[where] == pytest.approx(GRADIENT * (LENGTH - along[where]), abs=share * GRADIENT * LENGTH)
    assert np.abs(shear / (GRADIENT * RADIUS / 2) - 1.0).max() < 0.16
    assert shear[rim].mean() == pytest.approx(GRADIENT * RADIUS / 2, rel=0.03)
    assert stage.GetPrimAtPath("/World/Results/Streamlines/flow")
    assert (tmp_path / "results" / "tube" / "slice.png").is_file()
    assert scene.read_bytes() == before


def _require_series(path, found):
    """The last row holds the values of the summary, with their units."""
    series = Csv().read(path)
    last = dict(zip(series.columns, series.values[-1]))
    assert series.steps[-1] == found["steps"]
    assert last.pop("time [s]") == pytest.approx(found["steps"] * found["run"]["time_step"])
    assert last.pop("pressure drop [Pa]") == pytest.approx(found["pressure_drop"])
    for name, each in found["openings"].items():
        assert last.pop(f"flow rate {name} [m^3/s]") == pytest.approx(each["flow_rate"])
        assert last.pop(f"pressure {name} [Pa]") == pytest.approx(each["pressure"])
    assert not last


@pytest.mark.parametrize(("change", "words"), [
    ({"inlet": {"kind": "inlet"}}, ("/World/In: sparselbm:opening:velocity is missing", "flowRate")),
    ({"inlet": {"kind": "outlet"}}, ("/World/Tube: sparselbm:obstacle:role is fluidVolume", "no opening is an inlet")),
    ({"inlet": {"kind": "inlet", "velocity": 0.1, "flowRate": 1e-5}}, ("/World/In: sparselbm:opening:flowRate", "contradict")),
    ({"outlet": {"kind": "outlet", "velocity": 0.1}}, ("/World/Out: sparselbm:opening:velocity requires kind inlet",)),
    ({"cap": disc(END + 0.002)}, ("open along 96 edges", "/World/Out")),
    ({"inlet": {"kind": "inlet", "waveform": "flow.csv"}},
     ("/World/In: sparselbm:opening:period is missing: the waveform at /World/In ends after 2 s", "is to steady state")),
    ({"inlet": {"kind": "inlet", "velocity": 0.1, "profile": "womersley"}},
     ("/World/In: sparselbm:opening:profile is womersley, which requires a periodic inflow",)),
    ({"outlet": {"kind": "outlet", "flowShare": 0.5}}, ("add up to 0.5, and there is no other outlet for the rest",)),
])
def test_what_contradicts_itself_is_refused_before_any_work(in_process, tmp_path, change, words):
    scene = tube_scene(tmp_path / "tube.usda", **change)
    (tmp_path / "flow.csv").write_text("time [s], flowRate [mL/s]\n0, 1\n2, 2\n")
    code, _, err = in_process("run", scene)
    assert code == 2
    for each in words:
        assert each in err
    assert not (tmp_path / "results").exists()


def test_options_and_studies_of_a_body_in_a_box_are_refused(in_process, tmp_path):
    scene = tube_scene(tmp_path / "tube.usda")
    for arguments, words in (
        (("run", scene, "--velocity", "2"), "--velocity: the fluid volume /World/Tube has no box"),
        (("run", scene, "--obstacle", "/World/Ball"), "/World/Ball"),
        (("optimize", scene), "/World/Tube: sparselbm:obstacle:role is fluidVolume, whose wall is on links and does not move"),
        (("gradcheck", scene), "give DesignVariables of your own, FILE.py:ClassName"),
        (("run", scene, "--voxel-size", "0.002"), "the smallest length is 5.9872 cells, below the limit of 8"),
    ):
        code, _, err = in_process(*arguments)
        assert code == 2, err
        assert words in err
    text = scene.read_text()
    scene.write_text(text.replace('role = "fluidVolume"', 'role = "fixed"'))
    code, _, err = in_process("run", scene)
    assert code == 2
    assert "/World/In: sparselbm:opening:profile is laminar, which an opening on a part of a side does not have" in err
    assert "give this surface the role fluidVolume" in err


def test_a_cap_off_the_surface_and_a_vessel_without_outlet_are_refused():
    closed = TriangleMesh.cylinder(RADIUS, tuple(START), tuple(END), 48)
    openings = {"in": Inlet(velocity=SPEED), "out": Outlet()}
    with pytest.raises(InternalFlowError, match=r"out is .* m away from the surface of wall, .* limit of .* \(half a cell\)"):
        InternalFlow(voxel_size=VOXEL).within(closed, {"in": IN, "out": disc(END - 0.004 * AXIS)}, openings)
    with pytest.raises(GeometryError, match="out has 0 rim edges"):
        InternalFlow(voxel_size=VOXEL).within(closed, {"in": IN, "out": TriangleMesh.sphere(0.003, tuple(END))}, openings)
    with pytest.raises(InternalFlowError, match=r"inside wall, .* cells of 1e-06 m need .* a voxel size of"):
        InternalFlow(voxel_size=1e-6, lattice_velocity=1e-4).within(closed, {"in": IN, "out": OUT}, openings)
    with pytest.raises(InternalFlowError, match=r"no opening is an outlet with a pressure \(openings: in\)"):
        InternalFlow(voxel_size=VOXEL).within(closed, {"in": IN, "out": OUT}, {"in": Inlet(velocity=SPEED)})
    with pytest.raises(InternalFlowError, match="pass exactly one of them, above 0"):
        Inlet(velocity=-1.0)
