"""Moving bodies from a stage: their paths, their loads over time, their places in the results, and refusals."""

import json
from dataclasses import replace

import numpy as np
import pytest
from cli_cases import scene_of
from pxr import Gf, Sdf, Usd, UsdGeom

from sparselbm.case import Case, CaseStudy
from sparselbm.errors import CaseError, SimulationError, WindTunnelError
from sparselbm.geometry import TriangleMesh
from sparselbm.observe.monitor import Csv
from sparselbm.results.formats.shapes import all_shapes
from sparselbm.results.reader import Results
from sparselbm.scene.usd import Scene

GRAVITY, DENSITY = -0.5, 3.0
SETTINGS = {
    "domain:voxelSize": 0.125, "domain:lower": Gf.Vec3d(-1.0, -1.0, -1.0), "domain:upper": Gf.Vec3d(2.0, 1.0, 1.0),
    "fluid:reynolds": 40.0, "solver:latticeVelocity": 0.08, "force:gravity": Gf.Vec3d(0.0, 0.0, GRAVITY), "time:duration": 0.3,
    "time:recordEvery": 0.01, "time:outputEvery": 0.15, "time:statisticsFrom": 0.1, "output:folder": "out",
}
TYPES = {float: Sdf.ValueTypeNames.Double, str: Sdf.ValueTypeNames.Token, Gf.Vec3d: Sdf.ValueTypeNames.Double3}


def put(prim, settings):
    """Applies the schemas of settings such as `time:duration` to a prim, and sets them; None: leaves one out."""
    for name, value in settings.items():
        part = name.split(":")[0]
        prim.AddAppliedSchema(f"Sparselbm{part[0].upper()}{part[1:]}API")
        if value is not None:
            kind = Sdf.ValueTypeNames.String if name == "output:folder" else TYPES[type(value)]
            prim.CreateAttribute(f"sparselbm:{name}", kind, variability=Sdf.VariabilityUniform).Set(value)


def stage_of(path, *, plate=None, ball=None, case=None, motion=(0.1, 30.0), aside=0.0):
    """A plate that turns on an arm above the flow, and a ball that falls in it: 10 time codes per second from code 5 on.

    `motion`: distance along y [m] and turn about z [degrees] in a second; `aside`: place of the ball along x [m].
    """
    plate_mesh = TriangleMesh.box((-0.25, -0.5, 0.1), (0.25, 0.5, 0.6))
    scene_of(path, {"Plate": plate_mesh, "Ball": TriangleMesh.sphere(0.3, (1.1, 0.0, -0.3))})
    stage = Usd.Stage.Open(str(path))
    stage.SetTimeCodesPerSecond(10.0)
    stage.SetStartTimeCode(5.0)
    stage.SetEndTimeCode(25.0)
    arm = UsdGeom.Xformable(stage.GetPrimAtPath("/World"))
    shift, turn = arm.AddTranslateOp(), UsdGeom.Xformable(stage.GetPrimAtPath("/World/Plate")).AddRotateZOp()
    ball_place = UsdGeom.Xformable(stage.GetPrimAtPath("/World/Ball"))
    ball_place.AddTranslateOp().Set(Gf.Vec3d(aside, 0.0, 0.0))
    ball_place.SetResetXformStack(True)
    for code in (5.0, 25.0):
        share = (code - 5.0) / 10.0
        shift.Set(Gf.Vec3d(0.0, motion[0] * share, 0.0), code)
        turn.Set(motion[1] * share, code)
    put(stage.GetPrimAtPath("/World/Plate"), {"obstacle:role": "design", "obstacle:motion": "timeSamples"} | (plate or {}))
    free = {"obstacle:motion": "free", "obstacle:density": DENSITY, "obstacle:translate": "xz", "obstacle:rotate": "none"}
    put(stage.GetPrimAtPath("/World/Ball"), free | (ball or {}))
    put(stage.DefinePrim("/Case", "Scope"), SETTINGS | (case or {}))
    stage.GetRootLayer().Save()
    return path


@pytest.fixture
def moving(tmp_path):
    return stage_of(tmp_path / "moving.usda")


def test_bodies_move_and_their_loads_are_recorded_and_drawn(moving, in_process, tmp_path):
    """The plate is where the stage has it; the ball's momentum is that of its weight, its buoyancy and the recorded force."""
    code, said, wrong = in_process("run", moving, "--device", "cpu", "--draw", "surface", "--density", "2")
    assert code == 0, wrong
    folder = tmp_path / "out"
    series, summary = Csv().read(folder / "time_series.csv"), json.loads((folder / "summary.json").read_text())
    t, step = series.values[:, 0], summary["run"]["time_step"]
    assert series["centre /World/Plate y [m]"].values == pytest.approx(0.1 * (t - 0.5 * step * (t > 0.0)), abs=1e-4)
    assert series["angular velocity /World/Plate z [rad/s]"].values[1:] == pytest.approx(np.pi / 6.0, rel=1e-4)
    volume = TriangleMesh.sphere(0.3).volume
    force = np.sum(np.diff(t) * series["force /World/Ball z [N]"].values[1:])
    momentum = (DENSITY - 2.0) * volume * series["velocity /World/Ball z [m/s]"].values[-1]
    assert momentum == pytest.approx(force + (DENSITY - 2.0) * volume * GRAVITY * t[-1], rel=2e-3)
    assert np.abs(series["velocity /World/Ball y [m/s]"].values).max() == 0.0
    assert series["velocity /World/Ball x [m/s]"].values[-1] > 0.0
    assert "force on /World/Ball" in said
    assert summary["moving_bodies"]["/World/Plate"]["angular_velocity"][2] == pytest.approx(np.pi / 6.0, rel=1e-4)
    for number, seconds in enumerate(summary["output_times"]):
        there = Scene.open(folder / "moving_results.usda", time=summary["output_codes"][number])
        wanted = Scene.open(moving, time=5.0 + 10.0 * seconds).body("/World/Plate").mesh.points
        assert there.body("/World/Plate").mesh.points == pytest.approx(wanted, abs=1e-4)
    _, shapes = all_shapes(Results.open(folder))
    last = next(each for each in shapes if each.name.startswith("/World/Plate"))
    assert last.points[:, 1].mean() == pytest.approx(0.03, abs=1e-3)
    low = [Scene.open(folder / "moving_results.usda", time=each).body("/World/Ball").mesh.bounds[0, 2] for each in (0.0, 3.0)]
    fall = np.ptp(series["centre /World/Ball z [m]"].values[[0, -1]])
    assert abs(low[1] - low[0]) == pytest.approx(fall, abs=5e-3)


HELD = {"obstacle:density": None, "obstacle:translate": "xyz", "obstacle:rotate": "xyz"}
MOTION = "sparselbm:obstacle:motion"
REFUSED = {
    "no duration": (
        {"case": {f"time:{each}": None for each in ("duration", "recordEvery", "outputEvery", "statisticsFrom")}},
        (f"/World/Plate: {MOTION} is timeSamples", "/Case: sparselbm:time:duration is missing", "give the duration"),
    ),
    "no density": (
        {"ball": {"obstacle:density": None}}, (f"{MOTION} is free", "obstacle:density is missing", "give the density"),
    ),
    "no mass": ({"ball": {"obstacle:density": 0.0}}, ("/World/Ball: sparselbm:obstacle:density is 0: it must be above 0",)),
    "too light": (
        {"ball": {"obstacle:density": 0.2}},
        ("/World/Ball: sparselbm:obstacle:density is 0.2 kg/m^3, below 0.25 kg/m^3", "use a higher density"),
    ),
    "too fast": (
        {"motion": (3.0, 0.0)},
        (f"/World/Plate: {MOTION} reaches a speed of 3 m/s", "above the limit of 0.17", "--lattice-velocity of at most"),
    ),
    "leaves the box": (
        {"motion": (1.2, 0.0)},
        (f"/World/Plate: {MOTION} brings the body within", "of yMax at", "below the limit of 0.25 m", "enlarge the box"),
    ),
    "meets another": (
        {"ball": {"obstacle:motion": "none", **HELD}, "aside": -0.6},
        (f"/World/Plate: {MOTION} brings the body", "/World/Ball at", "below the limit of 0.25 m", "smaller --voxel-size"),
    ),
    "density of a held body": (
        {"ball": {"obstacle:motion": "none"}}, ("sparselbm:obstacle:density is 3.0, but the motion is none", "remove it"),
    ),
    "no samples": (
        {"ball": {"obstacle:motion": "timeSamples", **HELD}},
        (f"/World/Ball: {MOTION} is timeSamples", "0 time samples", "animate its xformOps"),
    ),
    "ignored": ({"ball": {"obstacle:role": "ignored"}}, (f"{MOTION} is free, but the role is ignored",)),
    "turns in place": (
        {"plate": {"obstacle:rpm": 3.0, "obstacle:rotationAxis": Gf.Vec3d(0.0, 0.0, 1.0)}},
        (f"/World/Plate: {MOTION} is set, and so is a rotation in its place", "keep one of them"),
    ),
    "wall on links": (
        {"case": {"solver:wall": "interpolated"}}, (f"{MOTION} is set, but the wall model is", "hold the body"),
    ),
}


@pytest.mark.parametrize(("given", "said"), REFUSED.values(), ids=REFUSED)
def test_motions_that_cannot_be_are_refused_before_the_run(given, said, in_process, tmp_path):
    """With the prim, the attribute, the value, the limit and the remedy."""
    path = stage_of(tmp_path / "moving.usda", **given)
    code, _, wrong = in_process("run", path, "--device", "cpu")
    assert code == 2, wrong
    for each in said:
        assert each in wrong
    assert not (tmp_path / "out").exists()


def test_shapes_that_change_are_refused(moving, in_process):
    stage = Usd.Stage.Open(str(moving))
    points = UsdGeom.Mesh(stage.GetPrimAtPath("/World/Plate")).GetPointsAttr()
    points.Set(points.Get(), 5.0)
    points.Set([1.1 * each for each in points.Get(5.0)], 25.0)
    stage.GetRootLayer().Save()
    code, _, wrong = in_process("inspect", moving, "--device", "cpu")
    assert code == 2
    assert "points of /World/Plate varies in time" in wrong
    assert "has to be rigid" in wrong


def test_time_samples_that_end_or_begin_within_the_run_are_noted(moving):
    case = Case.open(moving)
    for begin, duration, said in ((5.0, 4.0, "end at 2 s, before the run at 4 s"), (2.0, 0.3, "begin 0.3 s after the run")):
        changed = replace(case, time=replace(case.time, duration=duration), scene=replace(case.scene, time=begin))
        notes = changed.setup(changed.read_scene(), "cpu").notes
        assert any(each.startswith("/World/Plate: its time samples") and said in each for each in notes)


def test_neither_optimisations_nor_steady_runs_move_bodies(moving):
    case = Case.open(moving)
    setup = case.setup(case.read_scene(), "cpu")
    with pytest.raises(CaseError, match=rf"/World/Plate: {MOTION} is timeSamples, but an optimisation .* set it to none"):
        CaseStudy.of(case, setup)
    with pytest.raises(WindTunnelError, match="/World/Plate, /World/Ball move"):
        setup.require_movable()
    with pytest.raises(SimulationError, match="run it for a duration"):
        setup.build().run_to_steady()
