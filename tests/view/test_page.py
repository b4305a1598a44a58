"""The page holds what the stage shows, at every time, and needs nothing but its own folder."""

import base64
import json
import re
import shutil
import threading
import urllib.request
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from draw_cases import BALL, case

from sparselbm.draw import Isosurface, Pressure, Slice, Streamlines, SurfaceValues, Tracers, draw_all
from sparselbm.usd import ResultsStage, open_stage
from sparselbm.usd.shapes import shapes_at
from sparselbm.view import PageError, write_page


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Three iterations of a ball that grows by a tenth, in Z-up centimetres; the second has no isosurface."""
    folder = tmp_path_factory.mktemp("view")
    ball = case(folder / "ball.usda")
    with ResultsStage(ball.scene.path, folder / "out", "ball") as stage:
        for time, level in enumerate((1.0, 99.0, 2.0)):
            stage.add_iteration(ball.moment.body, time, BALL.points * (1.0 + 0.1 * time))
            drawings = [SurfaceValues(), Slice(), Streamlines(3), Tracers(3), Isosurface(Pressure(), level)]
            draw_all(drawings, stage, ball.moment, time)
    (folder / "out" / "history.csv").write_text("iteration,objective,feasible\n0,1.5,True\n1,1.2,True\n2,1.1,True\n")
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


def test_every_shape_of_every_time_is_there_and_equal_arrays_once(results, page):
    found, data = page
    assert found["times"] == [0.0, 1.0, 2.0]
    stage, corners = open_stage(results / "ball_results.usda"), {}
    for k, time in enumerate(found["times"]):
        shapes = {shape.path: shape for shape in shapes_at(stage, time)}
        assert set(shapes) == {entry["path"] for entry in found["shapes"] if entry["frames"][k]}
        for entry in found["shapes"]:
            if entry["frames"][k]:
                points, colours, indices, count, elements = entry["frames"][k]
                shape = shapes[entry["path"]]
                assert np.array_equal(np.frombuffer(data, "<f4", 3 * count, points).reshape(-1, 3), shape.positions)
                assert np.array_equal(np.frombuffer(data, "u1", 3 * count, colours).reshape(-1, 3), shape.colours)
                corner = np.frombuffer(data, "<u4", elements, indices)
                assert corner.max() < count
                corners.setdefault(entry["path"], []).append(indices)
    assert len(set(corners["/World/Ball"])) == 1, "the faces of three iterations are kept once"
    assert len(corners["/Results/Surfaces/pressure"]) == 2


def test_positions_are_world_metres_and_play_the_iterations(page):
    found, data = page
    ball = next(entry for entry in found["shapes"] if entry["path"] == "/World/Ball")
    for k, (points, _, _, count, _) in enumerate(ball["frames"]):
        there = np.frombuffer(data, "<f4", 3 * count, points).reshape(-1, 3)
        assert there == pytest.approx(BALL.points * (1.0 + 0.1 * k), abs=1e-6)
    assert found["up"] == "Z"
    assert np.array(found["bounds"])[1, 0] == pytest.approx(1.55, abs=0.1)
    assert [entry["clear"] for entry in found["shapes"] if "Surfaces" in entry["path"]] == [True]


def test_the_convergence_and_the_legends_come_along(results, page):
    found, _ = page
    assert found["history"] == [[0.0, 1.5], [1.0, 1.2], [2.0, 1.1]]
    assert sorted(found["legends"]) == ["ball_legend_pressure.png", "ball_legend_speed.png"]
    for name in found["legends"]:
        assert (results.parent / "page" / name).read_bytes() == (results / name).read_bytes()


def test_the_page_asks_for_no_other_address_and_every_file_it_names_is_served(results, page):
    folder = results.parent / "page"
    for name in ("index.html", "viewer.js"):
        assert not re.search(r"https?://", (folder / name).read_text())
    names = re.findall('src="([^"]+)"', (folder / "index.html").read_text())
    assert names == ["data.js", "viewer.js"]
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *arguments: None
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for name in ("", *names):
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_address[1]}/{name}") as answer:
                assert answer.status == 200
        server.shutdown()


def test_a_folder_without_results_is_refused(tmp_path):
    with pytest.raises(PageError, match=r"0 files \*_results.usda: give the folder of one run"):
        write_page(tmp_path, tmp_path / "view")
    assert not (tmp_path / "view").exists()
