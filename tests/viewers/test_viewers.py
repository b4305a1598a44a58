"""What Blender and Chromium make of results: counts, frames that differ, colours in the picture."""

import json
import os
import re
import shutil
import subprocess
import threading
from html import unescape
from pathlib import Path

import numpy as np
import pytest
from draw_cases import BALL
from matplotlib.image import imread

from sparselbm.results.page import page_server, write_page
from sparselbm.scene.usd import open_stage

pytestmark = pytest.mark.viewers


def colourful(picture):
    """Share of pixels that are no grey."""
    pixels = imread(picture)[..., :3]
    return float(np.mean(np.ptp(pixels, axis=-1) > 0.2))


def colour(picture):
    """Mean colour of the darker half of all pixels that are not white: the others are edges, or lit."""
    pixels = imread(picture)[..., :3].reshape(-1, 3)
    pixels = pixels[pixels.min(axis=-1) < 0.6]
    return pixels[np.argsort(pixels.sum(axis=-1))[: len(pixels) // 2 + 1]].mean(axis=0)


def copies(results, frame):
    """Arrows and tracers of the stage at a time."""
    stage = open_stage(results / "ball_results.usda")
    places = ("/World/Results/Glyphs/velocity.positions", "/World/Results/Points/tracers.points")
    return sum(len(stage.GetAttributeAtPath(place).Get(frame)) for place in places)


def test_blender_plays_frames_sees_the_grids_and_renders(results, tmp_path):
    python = os.environ.get("BLENDER_PYTHON")
    assert python, "set BLENDER_PYTHON to a Python that has bpy; `make viewers` does"
    script = Path(__file__).with_name("blender_look.py")
    call = [python, script, results / "ball_results.usda", tmp_path, "0", "2"]
    done = subprocess.run(list(map(str, call)), capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    print(tmp_path, found)
    assert found["range"] == [0, 2]
    assert {"CAMERA", "MESH", "VOLUME"} <= set(found["types"])
    assert all(grids == ["pressure", "solid", "velocity"] for grids in found["grids"].values())
    assert len(found["grids"]) == 2
    first, last = found["frames"]["0"], found["frames"]["2"]
    assert last["Ball"][1] / first["Ball"][1] == pytest.approx(1.2, rel=1e-3), "the body's own points move"
    assert first["Ball"][0] == last["Ball"][0] == len(BALL.points)
    surface = next(name for name, sizes in first.items() if sizes != last[name] and name.startswith("pressure"))
    assert first[surface][0] != last[surface][0], "the isosurface is another at each time: value clips play"
    assert colourful(tmp_path / "all.png") > 0.1
    # Lines, points and arrows have the colours of their field, which is one all over: its lowest.
    for name in ("flow_solid", "tracers_solid", "velocity_solid"):
        red, green, blue = colour(tmp_path / f"{name}.png")
        assert green + 0.05 < red < blue, f"{name} is violet"
    # The body has those of its pressure, not the red of the user's own material.
    red, _, blue = colour(tmp_path / "Ball.png")
    assert blue > red + 0.1


def chromium(page, tmp_path, *options):
    """Document of a page, as Chromium has it in the end; it has written nothing to the console."""
    browser = shutil.which("chromium")
    assert browser, "install chromium (Debian: apt-get install chromium)"
    call = [browser, "--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    call += ["--virtual-time-budget=5000", "--enable-logging=stderr", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
    done = subprocess.run([*call, *options, page], capture_output=True, text=True, timeout=300)
    assert "CONSOLE" not in done.stderr, done.stderr
    return done.stdout


FRAME = """<body><iframe src="index.html" width="{}" height="{}" style="border: 0" onload="
document.body.dataset.probe = this.contentDocument.body.dataset.probe"></iframe></body>"""
"""Page in a frame, since a window of Chromium is at least 500 pixels wide."""


@pytest.mark.parametrize("size", [(360, 740), (1600, 900)])
@pytest.mark.parametrize("dark", [(), ("--blink-settings=preferredColorScheme=0",)], ids=["light", "dark"])
def test_the_page_opens_at_the_best_design_and_answers_keys_and_cursor(results, tmp_path, size, dark):
    results = shutil.copytree(results.parent, tmp_path / "case") / "out"
    (results / "summary.json").write_text(json.dumps({"obstacle": "/World/Ball", "objective": "drag coefficient"}))
    (results / "history.csv").write_text("iteration,objective,feasible\n0,2.0,1\n1,1.5,1\n2,1.0,1\n")
    page = write_page(results, tmp_path / "page")
    shutil.copy(Path(__file__).with_name("page_probe.js"), page.parent / "probe.js")
    page.write_text(page.read_text().replace("</body>", '<script src="probe.js"></script></body>'))
    page.with_name("frame.html").write_text(FRAME.format(*size))
    with page_server(page.parent) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        options = "--window-size=1700,1000", f"--screenshot={tmp_path / 'page.png'}", *dark
        text = chromium(f"http://127.0.0.1:{server.server_address[1]}/frame.html", tmp_path, *options)
        server.shutdown()
    found = json.loads(unescape(re.search('data-probe="(.+?)"', text)[1]))
    assert (found["start"], found["before"]) == ("iteration 2", "iteration 1")
    assert found["result"] == "iteration 2: drag coefficient 1, best design, 50.0 % below iteration 0"
    assert re.match(r"pressure .+ Pa, wall shear stress .+ Pa, x .+ m, y .+ m, z .+ m \(Ball\)$", found["value"])
    assert found["looks"] == pytest.approx([0.0, -1.0, 0.0], abs=1e-3)
    assert found["width"] == size[0]
    assert (found["unnamed"], found["overlaps"], found["isWide"]) == ([], 0, False)


def test_chromium_draws_two_different_frames_without_an_error(results, tmp_path):
    page, seen = write_page(results, tmp_path / "page"), []
    for frame in (0, 2):
        picture = tmp_path / f"chromium_{frame}.png"
        text = chromium(f"{page.as_uri()}#{frame}", tmp_path, "--window-size=1000,600", f"--screenshot={picture}")
        counted = re.search('<body data-frame="(.+?)" data-copies="(.+?)" data-triangles="(.+?)"', text)
        assert counted, text[:500]
        assert int(counted[1]) == frame
        assert int(counted[2]) == copies(results, frame), "an arrow a place, a ball a tracer"
        assert int(counted[3]) > 10_000, "no WebGL error, and thousands of triangles"
        assert colourful(picture) > 0.1
        seen.append((counted[3], imread(picture)))
        print(picture, counted[0])
    assert seen[0][0] != seen[1][0]
    assert np.mean(np.abs(seen[0][1] - seen[1][1]).max(axis=-1) > 0.1) > 0.01
