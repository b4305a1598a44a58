"""Openings of vessels saved as bare STL files in millimetres, and the case that is written for them."""

import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import trimesh

from sparselbm.case import Case
from sparselbm.flows import Inlet, Outlet
from sparselbm.geometry import SurfaceQuery, TriangleMesh
from sparselbm.geometry.cap import Cap
from sparselbm.geometry.closing import closed
from sparselbm.geometry.find_caps import find_caps
from sparselbm.scene.usd import Scene

ASSETS = Path(__file__).parents[2] / "assets"


def of_asset(name):
    """Surface and caps of a scene of the assets, made by hand [m], and the name of its inlet."""
    case = Case.open(ASSETS / f"{name}.usda")
    scene = case.read_scene()
    inlet = next(path for path, each in case.opening.items() if each.kind == "inlet")
    return scene.body(case.surface).mesh, {path: scene.body(path).mesh for path in case.opening}, inlet


def of_bend():
    """A bent tube of 10 mm radius, cut open at its ends."""
    shapes = runpy.run_path(str(ASSETS / "vessel_shapes.py"))
    tubes = [shapes["Tube"]((-60.0, 0.0, 0.0), (0.0, 0.0, 0.0), 10.0), shapes["Tube"]((0.0, 0.0, 0.0), (30.0, 52.0, 0.0), 10.0)]
    ends = [shapes["End"]((-50.0, 0.0, 0.0), (-1.0, 0.0, 0.0), 10.0), shapes["End"]((22.0, 38.1, 0.0), (1.0, 1.733, 0.0), 10.0)]
    wall, caps = shapes["contoured"](
        shapes["union"](tubes, 4.0), ends, np.array([-75.0, -16.0, -16.0]), np.array([52.0, 68.0, 16.0]), 2.1
    )
    triangles = wall[1][:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3)
    named = {name: TriangleMesh(1e-3 * points, faces) for name, (points, faces) in zip(("in", "out"), caps, strict=True)}
    return TriangleMesh(1e-3 * wall[0], triangles), named, "in"


VESSELS = {"vessel_tree": lambda: of_asset("vessel_tree"), "manifold": lambda: of_asset("manifold"), "bend": of_bend}


def stl(path, mesh):
    """Writes a bare STL file in millimetres."""
    trimesh.Trimesh(1e3 * mesh.points, mesh.faces, process=False).export(path)
    return path


def measured(surface, caps):
    query = SurfaceQuery(closed(surface, caps, "vessel"), device="cpu")
    return {name: Cap.of(mesh, query, name) for name, mesh in caps.items()}


@pytest.mark.parametrize(("name", "ends"), [
    ("bend", "open rims"), ("bend", "flat ends"), ("manifold", "flat ends"), ("vessel_tree", "open rims"),
    pytest.param("manifold", "open rims", marks=pytest.mark.validate),
    pytest.param("vessel_tree", "flat ends", marks=pytest.mark.validate),
])
def test_the_caps_of_a_bare_file_are_those_made_by_hand(tmp_path, name, ends):
    """Centre, area and normal to the rounding of the file, which is single precision."""
    surface, by_hand, _ = VESSELS[name]()
    expected = measured(surface, by_hand)
    saved = surface if ends == "open rims" else closed(surface, by_hand, name)
    read = Scene.open(stl(tmp_path / "bare.stl", saved), metres_per_unit=1e-3).body("/").mesh
    found = measured(read, {str(k): cap for k, cap in enumerate(find_caps(read))})
    assert len(found) == len(expected)
    areas = [cap.area for cap in found.values()]
    assert areas == pytest.approx(sorted(areas, reverse=True), rel=1e-5)
    for cap in expected.values():
        nearest = min(found.values(), key=lambda each: np.linalg.norm(each.mesh.centroid - cap.mesh.centroid))
        size = cap.hydraulic_diameter
        assert nearest.mesh.centroid == pytest.approx(cap.mesh.centroid, abs=1e-3 * size)
        assert nearest.area == pytest.approx(cap.area, rel=1e-5)
        assert nearest.hydraulic_diameter == pytest.approx(size, rel=1e-5)
        assert nearest.normal == pytest.approx(cap.normal, abs=1e-4)


def test_a_case_is_written_for_the_openings(in_process, tmp_path):
    stl(tmp_path / "bend.stl", VESSELS["bend"]()[0])
    code, out, err = in_process("caps", "bend.stl", "--metres-per-unit", "0.001", "--inlet", "2", "--flow-rate", "3e-5")
    assert code == 0, err
    assert "opening 1  centre (" in out
    case = Case.open(tmp_path / "bend_case.usda")
    assert {path: each.kind for path, each in case.opening.items()} == {"/Vessel/Opening2": "inlet", "/Vessel/Opening1": "outlet"}
    assert case.opening["/Vessel/Opening2"].flow_rate == 3e-5
    scene = case.read_scene()
    caps = {path: scene.body(path).mesh for path in case.opening}
    closed(scene.body(case.surface).mesh, caps, "vessel")  # It would be refused if it stayed open.
    assert in_process("caps", "bend.stl", "--inlet", "2")[0] == 2  # The case exists.
    assert in_process("caps", "bend.stl", "--inlet", "2", "--overwrite")[0] == 0


def test_openings_that_are_not_named_are_closed_by_walls(in_process, tmp_path):
    surface, by_hand, _ = VESSELS["manifold"]()
    stl(tmp_path / "manifold.stl", surface)
    code, _, err = in_process(
        "caps", "manifold.stl", "--metres-per-unit", "0.001", "--inlet", "1", "--outlet", "3", "--velocity", "0.1"
    )
    assert code == 0, err
    assert "openings 2, 4, 5 are closed by walls" in err
    case = Case.open(tmp_path / "manifold_case.usda")
    scene = case.read_scene()
    whole = closed(scene.body(case.surface).mesh, {path: scene.body(path).mesh for path in case.opening}, "wall")
    assert whole.volume == pytest.approx(closed(surface, by_hand, "wall").volume, rel=1e-5)


@pytest.mark.parametrize(("options", "words"), [
    ((), "no inlet is given: choose among the openings 1, 2 by --inlet N"),
    (("--inlet", "3"), "there is no opening 3: choose among 1, 2"),
    (("--inlet", "1", "--inlet", "2"), "2 inlets are given"),
    (("--inlet", "1", "--outlet", "1"), "opening 1 is given as inlet and as outlet"),
    (("--inlet", "1", "--velocity", "1", "--flow-rate", "1"), "--velocity and --flow-rate exclude each other"),
    (("--inlet", "1", "--output", "case.toml"), "the case of a vessel ends with .usda"),
])
def test_what_does_not_name_openings_is_refused(in_process, tmp_path, options, words):
    stl(tmp_path / "bend.stl", VESSELS["bend"]()[0])
    code, _, err = in_process("caps", "bend.stl", *options)
    assert code == 2
    assert words in err
    assert not list(tmp_path.glob("*.usd*"))


def test_a_closed_body_without_flat_ends_has_no_openings(in_process, tmp_path):
    stl(tmp_path / "ball.stl", TriangleMesh.sphere(0.01, subdivisions=3))
    code, _, err = in_process("caps", "ball.stl", "--inlet", "1")
    assert code == 2
    assert "has 0 openings" in err


def test_a_terminal_is_asked(in_process, tmp_path, monkeypatch):
    answers = iter(("2", ""))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    stl(tmp_path / "bend.stl", VESSELS["bend"]()[0])
    code, out, err = in_process("caps", "bend.stl", "--metres-per-unit", "0.001")
    assert code == 0, err
    assert "inlets    2" in out
    assert "outlets   1" in out


@pytest.mark.validate
@pytest.mark.parametrize("name", VESSELS)
def test_the_flow_is_that_with_caps_made_by_hand(in_process, tmp_path, name, device):
    """Flow rates and pressures of all openings, on 10 cells across the narrowest one."""
    surface, by_hand, inlet = VESSELS[name]()
    stl(tmp_path / "bare.stl", surface)
    caps = find_caps(Scene.open(tmp_path / "bare.stl", metres_per_unit=1e-3).body("/").mesh)
    entering = 1 + min(range(len(caps)), key=lambda k: np.linalg.norm(caps[k].centroid - by_hand[inlet].centroid))
    code, _, err = in_process("caps", "bare.stl", "--metres-per-unit", "0.001", "--inlet", entering, "--velocity", "0.1")
    assert code == 0, err
    voxel = min(cap.hydraulic_diameter for cap in measured(surface, by_hand).values()) / 10
    case = Case.open(tmp_path / "bare_case.usda").on_cells(voxel)
    own = case.setup(case.read_scene(), device)
    conditions = {each: Inlet(velocity=0.1) if each == inlet else Outlet() for each in by_hand}
    options = replace(own.options, collision=None, lattice=None)
    results = []
    for setup in (options.within(surface, by_hand, conditions, device=device), own):
        flow = setup.build()
        flow.run_to_steady()
        results.append({tuple(setup.caps[each].mesh.centroid): port for each, port in flow.ports.items()})
    largest, drop = (max(abs(getattr(port, each)) for port in results[0].values()) for each in ("flow_rate", "pressure"))
    for place, port in results[0].items():
        other = min(results[1].items(), key=lambda item: np.linalg.norm(np.subtract(item[0], place)))[1]
        print(f"{name} {np.round(place, 4)}: {port.flow_rate:.6g}, {other.flow_rate:.6g} m^3/s, {port.pressure:.6g}, "
              f"{other.pressure:.6g} Pa")
        assert other.flow_rate == pytest.approx(port.flow_rate, abs=2e-3 * largest)
        assert other.pressure == pytest.approx(port.pressure, abs=2e-3 * drop)
