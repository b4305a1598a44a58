"""A value that is not finite, or from an unsound state, is an error of every command, wherever the run ends."""

import json

import numpy as np
import pytest
from cli_cases import ROOT, scene_of

from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.geometry import TriangleMesh

TINY = ("--voxel-size", 0.1, "--margins", "0.5,0.6,0.4", "--device", "cpu", "--draw", "surface=pressure")
WILD = (*TINY, "--reynolds", 50_000, "--lattice-velocity", 0.17, "--collision", "mine.py:Unmeasured")
"""Blows up between steps 75 and 80, before the first check of a run. The limit of a collision of the user's own is not known, so
that the run is not refused before it begins."""
UNMEASURED = """from dataclasses import dataclass
from sparselbm.models.collision import TRT, Collision

@dataclass(frozen=True)
class Unmeasured(Collision):
    def collide(self, lattice, f, viscosity, force):
        return TRT().collide(lattice, f, viscosity, force)
"""
STUDY = ("--iterations", 1, "--no-grid-check", "--no-cross-check", "--ffd", "2,2,2")


@pytest.fixture
def ball(tmp_path):
    return scene_of(tmp_path / "ball.usda", {"Body": TriangleMesh.sphere(0.5, subdivisions=2)})


@pytest.mark.parametrize("command", [
    ("run", *WILD, "--max-steps", 84), ("run", *WILD, "--max-steps", 99), ("optimize", *WILD, *STUDY, "--max-steps", 90),
    pytest.param(
        ("gradcheck", *WILD[:6], *WILD[8:], "--steps", 90, "--directions", 0, "--samples", 0), marks=pytest.mark.validate,
    ),
])
def test_a_run_that_ends_before_its_first_check_is_checked_too(in_process, tmp_path, ball, command):
    name, *options = command
    (tmp_path / "mine.py").write_text(UNMEASURED)
    code, out, err = in_process(name, ball, *options, "--output", "out")
    assert code == 1
    assert "The run failed: the flow has blown up by step" in err
    assert "drag coefficient" not in out
    assert not (tmp_path / "out" / "summary.json").exists()


@pytest.mark.validate
@pytest.mark.parametrize("steps", [1, 50, 100, 150, 199, 250, 299, 300, 301, 399])
def test_the_bunny_at_reynolds_3000_is_a_sound_result_or_an_error(in_process, tmp_path, steps):
    """It blows up by step 299: then C_d was printed as -1.25e11, with exit code 0."""
    scene = ROOT / "assets" / "bunny_tunnel.usda"
    given = ("--voxel-size", 0.12, "--reynolds", 3000, "--collision", "TRT", "--max-steps", steps, "--draw", "surface=pressure")
    code, out, _ = in_process("run", scene, *given, "--output", "out")
    if code == 0:
        assert steps < 299
        assert abs(json.loads((tmp_path / "out" / "summary.json").read_text())["drag_coefficient"]) < 100.0
    else:
        assert code == 1
        assert "drag coefficient" not in out


def nan_bytes(folder):
    """The first value of the velocity that is not 0 becomes NaN in the file."""
    path = folder / "velocity.nvdb"
    value = read_nvdb(path).values.ravel()
    some = value[np.abs(value) > 1e-3][0].tobytes()
    path.write_bytes(path.read_bytes().replace(some, np.float32(np.nan).tobytes()))


def low_pressure(folder):
    """A pressure of -1000 Pa, where the fluid has rho u^2 = 1 Pa: negative density."""
    grid = read_nvdb(folder / "pressure.nvdb")
    grid.values[:] = -1000.0
    write_nvdb(folder / "pressure.nvdb", grid)


def high_speed(folder):
    grid = read_nvdb(folder / "velocity.nvdb")
    grid.values[:] = 1e9
    write_nvdb(folder / "velocity.nvdb", grid)


@pytest.fixture(scope="module")
def former(tmp_path_factory):
    """Velocity and pressure of a short run."""
    from sparselbm.flows import WindTunnel
    from sparselbm.observe import Snapshot

    tunnel = WindTunnel(voxel_size=0.1, upstream=0.5, downstream=0.6, side=0.4)
    flow = tunnel.around({"ball": TriangleMesh.sphere(0.5, subdivisions=2)}, "ball", device="cpu").build()
    flow.run(10 * flow.setup.units.time_step)
    folder = tmp_path_factory.mktemp("former")
    for grid in Snapshot.of(flow.simulation, flow.setup.units).grids():
        write_nvdb(folder / f"{grid.name}.nvdb", grid)
    return folder


@pytest.mark.parametrize(("damage", "code", "text"), [
    (None, 0, ""), (nan_bytes, 2, "values of 'velocity' are not finite"),
    (low_pressure, 1, "restart: velocity and pressure give a state that cannot be continued"),
    (high_speed, 1, "the speed of sound"),
])
def test_a_damaged_restart_is_an_error(in_process, tmp_path, ball, former, damage, code, text):
    start = tmp_path / "start"
    start.mkdir()
    for name in ("velocity.nvdb", "pressure.nvdb"):
        (start / name).write_bytes((former / name).read_bytes())
    if damage is not None:
        damage(start)
    found, out, err = in_process("run", ball, *TINY, "--max-steps", 2, "--restart", start, "--output", "out")
    assert found == code, err
    assert text in err
    assert ("drag coefficient" in out) == (code == 0)
