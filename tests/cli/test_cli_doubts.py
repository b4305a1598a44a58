"""Every command prints sizes, reference quantities and all doubts before it runs, and stores them to repeat the run."""

import inspect
import json
import re

import numpy as np
import pytest
import trimesh
from cli_cases import scene_of
from vessel_cases import tube_scene

from sparselbm.case.parts import PARTS
from sparselbm.cli.exits import spoken
from sparselbm.cli.inspect import inspect as inspect_command
from sparselbm.cli.run import run as run_command
from sparselbm.cli.settings import settings_of
from sparselbm.geometry import TriangleMesh

TINY = ("--voxel-size", 0.1, "--margins", "0.5,0.6,0.4", "--device", "cpu")
QUICK = (*TINY, "--max-steps", 2, "--draw", "surface=pressure")
STUDY = ("--no-fixed-volume", "--iterations", 1, "--no-grid-check", "--no-cross-check", "--ffd", "2,2,2")
KINDS = {
    "unit": "/: .stl files have no unit; metres are assumed (metres_per_unit)",
    "open": "/poor_stl: it is open along 3 edges",
    "crossing": "/poor_stl: it intersects itself in",
    "thin": "of its surface has less than 2 cells (0.2 m) of solid behind it, or none",
    "cells": "the smallest length is 10 cells, below 12",
    "faces": "/poor_stl: a tenth of its area or more has faces with edges of",
    "blockage": "of the tunnel's cross-section, above 3%",
}
"""A text of each kind of doubt about the scene below."""
COMMANDS = {
    "run": (("run", *QUICK), "summary.json"),
    "optimize": (("optimize", *QUICK, *STUDY), "summary.json"),
    "gradcheck": (("gradcheck", *TINY, *STUDY[:1], "--steps", 0, "--directions", 0, "--samples", 0), "gradcheck.json"),
}


def poor_scene(path):
    """Two crossing plates of a fifth of a cell as an STL file, with one face missing."""
    plates = [TriangleMesh.box((-0.01, -0.5, -0.5), (0.01, 0.5, 0.5)), TriangleMesh.box((-0.4, -0.01, -0.4), (0.4, 0.01, 0.4))]
    points, faces = np.concatenate([each.points for each in plates]), np.concatenate([plates[0].faces, 8 + plates[1].faces])
    trimesh.Trimesh(points, faces[:-1], process=False).export(path)
    return path


@pytest.fixture
def poor(tmp_path):
    return poor_scene(tmp_path / "poor.stl")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_prints_and_stores_the_same_doubts(in_process, tmp_path, poor, command):
    assert in_process("inspect", poor, *TINY, "--json", "seen.json")[0] == 0
    seen = json.loads((tmp_path / "seen.json").read_text())
    for kind, text in KINDS.items():
        assert any(text in doubt for doubt in seen["doubts"]), kind
    (name, *options), file = COMMANDS[command]
    code, out, err = in_process(name, poor, *options, "--output", "out")
    assert code == (1 if command == "gradcheck" and "FAILED" in out else 0), err
    found = json.loads((tmp_path / "out" / file).read_text())
    assert found["doubts"] == seen["doubts"]
    for kind, text in KINDS.items():
        assert text.replace("(metres_per_unit)", "(--metres-per-unit)") in err, kind
    for line in ("size              0.8 x 1 x 1 m", "reference area    1 m^2", "reference length  1 m, 10.0 cells"):
        assert line in out
    require_repeatable(found["run"], command)


def require_repeatable(run, command):
    assert run["command"] == command
    assert float(run["options"]["voxel_size"]) == 0.1
    assert run["case"]["file"].endswith("poor.stl")
    assert run["case"]["settings"]["domain"]["upstream"] == 0.5
    assert run["machine"]["cores"] >= 1
    assert run["version"]
    assert run["wall_time"] >= 0.0
    assert run["velocity"] == run["density"] == 1.0
    assert run["viscosity"] == pytest.approx(1.0 / 60.0)
    assert run["time_step"] == pytest.approx(0.008)
    assert np.shape(run["box"]) == (2, 3)
    assert run["setup"]["lattice"] == "D3Q19"
    assert run["setup"]["wall"] == "SolidFraction(width=1.0)"
    assert {"collision", "sides", "precision", "lattice_velocity"} <= set(run["setup"])
    if command == "run":
        assert run["steps"] == 2
        assert run["convergence"]["max_steps"] == 2


@pytest.mark.validate
def test_a_sweep_has_the_doubts_of_each_variant(in_process, tmp_path):
    cubes = (("large", 1.2), ("small", 1.0))
    sets = "".join(f'"{name}" {{\ndef Cube "Body" {{\ndouble size = {value}\n}}\n}}\n' for name, value in cubes)
    (tmp_path / "car.usda").write_text(
        '#usda 1.0\n( metersPerUnit = 1 )\ndef Xform "Car" (\n    variants = { string size = "small" }\n'
        f'    prepend variantSets = "size"\n)\n{{\n    variantSet "size" = {{\n{sets}    }}\n}}\n'
    )
    code, out, err = in_process("run", "car.usda", *QUICK, "--sweep", "/Car:size")
    assert code == 0, err
    found = json.loads((tmp_path / "results" / "car" / "sweep.json").read_text())["summaries"]
    for extent, summary in zip((1.2, 1.0), found.values(), strict=True):
        assert f"size              {extent:g} x {extent:g} x {extent:g} m" in out
        assert any("blocks" in doubt for doubt in summary["doubts"])
        assert all(spoken(doubt).split("(")[0] in err for doubt in summary["doubts"])
    code, out, err = in_process("inspect", "car.usda", *QUICK, "--sweep", "/Car:size", "--json", "seen.json")
    assert code == 0, err
    seen = json.loads((tmp_path / "seen.json").read_text())["runs"]
    assert {name: each["doubts"] for name, each in seen.items()} == {name: each["doubts"] for name, each in found.items()}


def _settings(out):
    """Lines of the table of settings."""
    lines = out.splitlines()
    first = lines.index("Settings in SI units")
    return [line.rstrip() for line in lines[first : first + 8]]


@pytest.mark.validate
def test_a_fluid_volume_has_sizes_and_doubts_too(in_process, tmp_path):
    scene = tube_scene(tmp_path / "tube.usda")
    given = ("--max-steps", 2, "--voxel-size", 0.0014, "--device", "cpu", "--draw", "surface=pressure")
    code, out, err = in_process("run", scene, *given, "--output", "out")
    assert code == 0, err
    found = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert any("narrowest opening is" in doubt for doubt in found["doubts"])
    assert "Warning: the narrowest opening is" in err
    condition = "0\\.1 m/s on average, laminar profile"
    assert re.search(rf"^inlet /World/In +.* m\^2, hydraulic diameter .* m, {condition}$", out, re.MULTILINE)
    settings = _settings(out)
    assert settings[1:3] == [f"scene                 file {scene}", "obstacle /World/Tube  role fluidVolume"], settings
    code, seen, err = in_process("inspect", scene, *given[:-2])
    assert _settings(seen) == settings
    assert "m, hydraulic diameter of /World/In" in out
    assert max(found["size"]) == pytest.approx(max(np.ptp(found["run"]["box"], axis=0)))
    assert found["run"]["kind"] == "InternalFlowSetup"
    code, _, err = in_process("run", scene, "--reference-area", 1.0)
    assert code == 2
    assert "reference.area is 1.0, but the case has the fluid volume /World/Tube" in err


def test_reference_quantities_are_options(in_process, tmp_path):
    scene = scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=2)})
    code, out, err = in_process(
        "inspect", scene, *TINY, "--viscosity", 0.02, "--reference-length", 3, "--reference-area", 2, "--json", "seen.json"
    )
    assert code == 0, err
    found = json.loads((tmp_path / "seen.json").read_text())
    assert (found["reference_length"], found["reference_area"], found["reynolds"]) == (3.0, 2.0, 150.0)
    assert "reference area        2 m^2 (given; the silhouette is" in out
    assert "reference length      3 m, 30.0 cells" in out


def test_inspect_takes_every_option_of_run():
    def names(command):
        return set(inspect.signature(command).parameters)

    assert names(run_command) - {"resume"} <= names(inspect_command)


def test_inspect_names_the_results_that_are_in_the_way(in_process, tmp_path):
    scene = scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=2)})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "summary.json").write_text("{}")
    for more, text in (((), "not empty: give --overwrite"), (("--overwrite",), "will be replaced")):
        code, out, err = in_process("inspect", scene, *TINY, "--output", "out", *more)
        assert code == 0, err
        assert text in out
    code, _, err = in_process("inspect", scene, *TINY, "--restart", "out")
    assert code == 2
    assert "velocity.nvdb" in err


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.space)
def test_messages_name_settings_as_options_or_as_files_do(part):
    """They used Python's names, such as voxel_size, also where the user wrote TOML or options."""
    for known in settings_of(part):
        option = f"--{known.parameter.replace('_', '-')}"
        text = f"use a {known.parameter} of 2"
        assert spoken(text) == (f"use a {option} of 2" if "_" in known.parameter else text)
    assert spoken("mean_velocity is 1") == "meanVelocity is 1"
    kept = "/a/voxel_size.py voxel_size=0.1 'voxel_size' voxel_size(1) mean_wind"
    assert spoken(kept) == kept
