"""The page holds what the stage shows, at every time, and needs nothing but its own folder."""

import base64
import json
import re
import shutil
import threading
import urllib.request

import numpy as np
import pytest
from draw_cases import BALL, case

from sparselbm.errors import OutputExistsError, ResultsError
from sparselbm.results.draw import Glyphs, Isosurface, Slice, Streamlines, SurfaceValues, Tracers, draw_all
from sparselbm.results.fields import Pressure
from sparselbm.results.page import PageFollower, page_server, write_page
from sparselbm.results.stage import ResultsStage
from sparselbm.results.stage.colour import for_screen
from sparselbm.results.stage.shapes import shapes_at
from sparselbm.scene.usd import open_stage


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Three iterations of a ball that grows by a tenth, in Z-up centimetres; the second has no isosurface."""
    folder = tmp_path_factory.mktemp("view")
    ball = case(folder / "ball.usda")
    with ResultsStage(ball.scene.path, folder / "out", "ball") as stage:
        for time, level in enumerate((1.0, 99.0, 2.0)):
            stage.add_iteration(ball.moment.body, time, BALL.points * (1.0 + 0.1 * time))
            drawings = [SurfaceValues(), Slice(), Streamlines(3), Tracers(3), Glyphs(every=8), Isosurface(Pressure(), level)]
            draw_all(drawings, stage, ball.moment, time)
    (folder / "out" / "history.csv").write_text("iteration,objective,feasible\n0,1.5,1\n1,1.2,1\n2,1.1,1\n")
    return folder / "out"


@pytest.fixture(scope="module")
def page(results):
    """What `data.js` says, and its bytes."""
    index = write_page(results, results / "view")
    shutil.move(results / "view", results.parent / "page")
    text = (results.parent / "page" / "data.js").read_text()
    assert index.name == "index.html"
    data = base64.b64decode(re.search('const DATA = "(.*)";', text)[1])
    return json.loads(re.search("const PAGE = (.*);", text)[1]), data


def read_data(index):
    """What the `data.js` beside an `index.html` says."""
    return json.loads(re.search("const PAGE = (.*);", (index.parent / "data.js").read_text())[1])


def test_every_shape_of_every_time_is_there_and_equal_arrays_once(results, page):
    found, data = page
    times = [moment["code"] for moment in found["moments"]]
    assert times == [0.0, 1.0, 2.0]
    stage, corners = open_stage(results / "ball_results.usda"), {}
    for k, time in enumerate(times):
        shapes = {shape.path: shape for shape in shapes_at(stage, time)}
        assert set(shapes) == {entry["path"] for entry in found["shapes"] if entry["frames"][k]}
        for entry in found["shapes"]:
            if entry["frames"][k]:
                piece, shape = entry["frames"][k], shapes[entry["path"]]
                count = piece["points"]
                there = np.frombuffer(data, "<f4", 3 * count, piece["positions"]).reshape(-1, 3)
                assert np.array_equal(there, shape.positions)
                colours = np.frombuffer(data, "u1", 3 * count, piece["colours"]).reshape(-1, 3)
                assert np.array_equal(colours, for_screen(shape.colours))
                assert np.frombuffer(data, "<u4", piece["corners"], piece["indices"]).max() < count
                corners.setdefault(entry["path"], []).append(piece["indices"])
    assert len(set(corners["/World/Ball"])) == 1, "the faces of three iterations are kept once"
    assert len(corners["/World/Results/Surfaces/pressure"]) == 2


def test_positions_are_world_metres_and_play_the_iterations(page):
    found, data = page
    ball = next(entry for entry in found["shapes"] if entry["path"] == "/World/Ball")
    for k, piece in enumerate(ball["frames"]):
        there = np.frombuffer(data, "<f4", 3 * piece["points"], piece["positions"]).reshape(-1, 3)
        assert there == pytest.approx(BALL.points * (1.0 + 0.1 * k), abs=1e-6)
    assert found["up"] == "Z"
    assert np.array(found["bounds"])[1, 0] == pytest.approx(1.55, abs=0.1)
    assert [entry["opacity"] for entry in found["shapes"] if "Surfaces" in entry["path"]] == [pytest.approx(0.4)]


def test_arrows_are_one_shape_and_the_places_of_its_copies(results, page):
    from pxr import UsdGeom

    found, data = page
    arrow = next(entry for entry in found["shapes"] if "Glyphs" in entry["path"])
    stage = open_stage(results / "ball_results.usda")
    instancer = UsdGeom.PointInstancer(stage.GetPrimAtPath("/World/Results/Glyphs/velocity"))
    piece, places = arrow["frames"][2], 0.01 * np.array(instancer.GetPositionsAttr().Get(2))
    assert piece["copies"] == len(places)
    # As WebGL has them: the last column, which is the place, comes last.
    matrices = np.frombuffer(data, "<f4", 16 * len(places), piece["matrices"]).reshape(-1, 4, 4)
    assert matrices[:, 3, :3] == pytest.approx(places, abs=1e-6)
    tip = matrices[:, 0, :3] / np.linalg.norm(matrices[:, 0, :3], axis=1, keepdims=True)
    assert tip == pytest.approx(np.broadcast_to(np.array([1.0, 2.0, 0.0]) / 5.0**0.5, tip.shape), abs=2e-3)
    colours = for_screen(np.array(instancer.GetPrim().GetAttribute("primvars:displayColor").Get(2)))
    assert np.array_equal(np.frombuffer(data, "u1", 3 * len(places), piece["tints"]).reshape(-1, 3), colours)


@pytest.mark.parametrize("kind", ["Surfaces/pressure", "Slices/speed_y", "Streamlines/flow", "Points/tracers", "Glyphs/velocity"])
def test_the_values_of_a_drawing_come_with_their_unit(results, page, kind):
    found, data = page
    entry = next(each for each in found["shapes"] if each["name"].startswith(kind))
    piece = entry["frames"][2]
    assert list(piece["fields"]) == ["speed"]
    assert found["labels"]["speed"] == ["speed", "m/s"]
    values = np.frombuffer(data, "<f4", piece.get("copies", piece["points"]), piece["fields"]["speed"])
    stage = open_stage(results / "ball_results.usda")
    prim = stage.GetPrimAtPath(entry["path"].removesuffix("/Prototypes/Arrow"))
    assert np.array_equal(values, np.array(prim.GetAttribute("primvars:speed").Get(2.0)))
    assert np.median(values) == pytest.approx(5.0**0.5, rel=1e-3)


def test_the_fields_of_the_body_are_those_of_its_points(page):
    found, data = page
    entry = next(each for each in found["shapes"] if each["path"] == "/World/Ball")
    assert entry["name"] == "Ball"
    piece = entry["frames"][0]
    assert {"pressure", "shear"} <= set(piece["fields"])
    assert found["labels"]["shear"] == ["wall shear stress", "Pa"]
    pressure = np.frombuffer(data, "<f4", piece["points"], piece["fields"]["pressure"])
    assert pressure == pytest.approx(BALL.points @ [1.0, 2.0, 3.0], abs=0.3)


def test_the_page_opens_with_the_view_of_the_stage_s_camera(results, page):
    from pxr import UsdGeom

    view = page[0]["view"]
    stage = open_stage(results / "ball_results.usda")
    camera = UsdGeom.Camera(stage.GetPrimAtPath("/World/Results/Camera"))
    to_world = camera.ComputeLocalToWorldTransform(0)
    place, target = np.array(view["place"]), np.array(view["target"])
    assert place == pytest.approx(0.01 * np.array(to_world.ExtractTranslation()), abs=1e-6)
    ahead = (target - place) / np.linalg.norm(target - place)
    assert ahead == pytest.approx(np.array(to_world.TransformDir((0, 0, -1))), abs=1e-6)
    assert view["angle"] == pytest.approx(np.degrees(2.0 * np.arctan(20.955 / 70.0)), abs=1e-3)


def test_the_convergence_and_the_legends_come_along(results, page):
    found, _ = page
    assert found["curve"] == {"across": "iteration", "label": "objective", "points": [[0, 1.5], [1, 1.2], [2, 1.1]]}
    assert [legend["name"] for legend in found["legends"]] == ["pressure", "speed"]
    for legend in found["legends"]:
        assert base64.b64decode(legend["picture"]) == (results / f"ball_legend_{legend['name']}.png").read_bytes()


def test_the_page_asks_for_no_other_address_and_every_file_it_names_is_served(results, page):
    folder = results.parent / "page"
    for path in folder.iterdir():
        assert path.name in ("three.min.js", "data.js") or not re.search(r"https?://", path.read_text())
    names = re.findall('(?:src|stylesheet" href)="([^"]+)"', (folder / "index.html").read_text())
    assert {*names, "index.html"} == {path.name for path in folder.iterdir()}
    with page_server(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in ("", *names):
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_address[1]}/{name}") as answer:
                assert answer.status == 200
        server.shutdown()


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(ResultsError, match=r"0 stages \*_results.usda, limit 1; use the folder"):
        write_page(tmp_path, tmp_path / "view")
    assert not (tmp_path / "view").exists()


def test_an_earlier_page_is_replaced_and_no_other_file(results, tmp_path):
    folder = tmp_path / "view"
    write_page(results, folder)
    (folder / "notes.txt").touch()
    (folder / "data.js").write_text("cut")
    write_page(results, folder)
    assert (folder / "data.js").read_text().startswith("const PAGE = {")
    assert (folder / "notes.txt").exists()


@pytest.mark.parametrize("name", ["index.html", "notes.txt", "ball_legend_speed.png"])
def test_a_folder_without_a_page_is_left_alone_unless_asked_and_keeps_its_files(results, tmp_path, name):
    folder = tmp_path / "other"
    folder.mkdir()
    (folder / name).write_text("mine")
    with pytest.raises(OutputExistsError, match="pass overwrite=True"):
        write_page(results, folder)
    assert [path.name for path in folder.iterdir()] == [name]
    write_page(results, folder, overwrite=True)
    assert name == "index.html" or (folder / name).read_text() == "mine"


def test_a_page_in_the_folder_of_the_results_removes_none_of_them(results, tmp_path):
    both = shutil.copytree(results, tmp_path / "both")
    shutil.copy(results.parent / "ball.usda", tmp_path)
    before = {path: path.read_bytes() for path in both.rglob("*") if path.is_file()}
    write_page(both, both, overwrite=True)
    assert all(path.read_bytes() == data for path, data in before.items())


def test_a_page_is_written_again_when_a_run_has_written_more(results, tmp_path):
    going = shutil.copytree(results, tmp_path / "going")
    shutil.copy(results.parent / "ball.usda", tmp_path)
    write_page(going, going / "view", follow=True)
    follower, data = PageFollower(going, going / "view"), going / "view" / "data.js"
    before = data.read_text()
    assert not follower.update()
    with (going / "history.csv").open("a") as file:
        file.write("3,1.0,1\n")
    assert follower.update()
    assert not follower.update()
    assert data.read_text() != before
    assert '"follow": true' in data.read_text()
    # A run that begins removes the results of the one before.
    (going / "ball_results.usda").unlink()
    before = data.read_text()
    assert not follower.update()
    assert data.read_text() == before


def test_the_body_opens_the_view_and_walls_around_the_flow_are_see_through(results, tmp_path):
    both = shutil.copytree(results, tmp_path / "both")
    (both / "summary.json").write_text('{"obstacle": "/World/Ball"}')
    scene = (results.parent / "ball.usda").read_text()
    wall = 'def Cylinder "Wall" {\n double radius = 400\n double height = 800\n }\n'
    (tmp_path / "ball.usda").write_text(scene.replace('def Mesh "Ball"', f'{wall}    def Mesh "Ball"'))
    found = read_data(write_page(both, both / "view"))
    assert np.array(found["body"]) == pytest.approx(np.array([[-0.6] * 3, [0.6] * 3]), abs=1e-2)
    assert {entry["name"]: entry["encloses"] for entry in found["shapes"] if not entry["group"]} == {"Ball": False, "Wall": True}
    assert np.array(found["bounds"]) == pytest.approx(np.array([[-4.0] * 3, [4.0] * 3]), abs=1e-2)
