"""Pictures show all shapes, as large as possible, with title, captions and colour bars; films show each design."""

import shutil

import numpy as np
import pytest

from sparselbm.errors import OptionError
from sparselbm.geometry import TriangleMesh
from sparselbm.results import Results
from sparselbm.results.formats import PictureOptions, film, picture
from sparselbm.results.formats.camera_frame import HIGHEST, LOWEST, MARGIN, CameraFrame
from sparselbm.results.formats.pictures import _captions
from sparselbm.results.formats.scene_view import WIDTH, SceneView
from sparselbm.results.formats.shapes import Surface

EYES = {"Y": [(0.0, 0.0, 1.0), (-0.5, 0.4, 1.0), (3.0, -5.0, 0.1)], "Z": [(0.0, -1.0, 0.0), (-0.5, -1.0, 0.4), (3.0, 0.1, 5.0)]}


@pytest.mark.parametrize(("up_axis", "eye"), [(axis, eye) for axis, eyes in EYES.items() for eye in eyes])
def test_a_frame_contains_all_points_and_no_more(up_axis, eye):
    """Within the margin the points reach all four edges of the frame, and the camera is upright and in front of them."""
    points = np.random.default_rng(7).uniform((-3.0, 1.0, 2.0), (5.0, 2.0, 2.5), (200, 3))
    frame = CameraFrame.around(points, eye, up_axis)
    right = np.cross(frame.up, frame.eye)
    for axis, size in zip((right, frame.up, frame.eye), (*frame.size, frame.depth), strict=True):
        assert np.linalg.norm(axis) == pytest.approx(1.0)
        places = (points - frame.centre) @ axis
        assert [places.min(), places.max()] == pytest.approx([-0.5 * size / MARGIN, 0.5 * size / MARGIN])
    assert right["XYZ".index(up_axis)] == pytest.approx(0.0, abs=1e-12)
    assert frame.up["XYZ".index(up_axis)] > 0.0


@pytest.mark.parametrize(
    ("size", "share"), [((2.0, 1.5), 0.75), ((9.0, 0.1), LOWEST), ((0.1, 9.0), HIGHEST), ((0.0, 0.0), LOWEST)]
)
def test_a_window_has_the_shape_of_its_frame_within_limits(size, share):
    frame = CameraFrame(np.zeros(3), np.array([0.0, -1.0, 0.0]), np.array([0.0, 0.0, 1.0]), size, 1.0)
    width, height = frame.window(1001)
    assert (width % 2, height % 2) == (0, 0), "as video requires"
    assert width == 1000
    assert height == pytest.approx(share * width, abs=2)


@pytest.mark.parametrize(("up_axis", "eye"), [("Y", (0.0, 2.0, 0.0)), ("Z", (0.0, 0.0, -1.0)), ("Z", (0.0, 0.0, 0.0)),
                                              ("Z", (float("nan"), 1.0, 0.0))])
def test_a_camera_cannot_look_along_the_up_axis(up_axis, eye):
    with pytest.raises(OptionError, match="choose a direction with a component across it"):
        PictureOptions(eye).eye_of(up_axis)


def test_what_is_framed_ends_at_a_distance_around_the_bodies():
    """A cube of 1 m in a plane of 20 x 20 m: 2 * 3 m + 1 m of the plane, the cube alone, or all."""
    cube, plane = TriangleMesh.box((1.0,) * 3, (2.0,) * 3), TriangleMesh.box((-10.0, 1.5, -10.0), (10.0, 1.6, 10.0))
    shapes = [
        Surface(name, each.points, each.faces, each.points, group)
        for name, each, group in (("/Cube", cube, ""), ("/Plane", plane, "Slices"))
    ]
    view = SceneView("title", None, ())
    extents = [np.ptp(view.framed([shapes], around), axis=0).tolist() for around in (3.0, 0.0, None)]
    assert extents == [[7.0, 1.0, 7.0], [1.0, 1.0, 1.0], [20.0, 1.0, 20.0]]
    with pytest.raises(OptionError, match="-1: the distance around the bodies is at least 0"):
        PictureOptions(around=-1.0)


@pytest.mark.parametrize("count", [0, 1, 2])
@pytest.mark.parametrize("panes", [1, 2])
def test_colour_bars_stand_beside_the_panes(count, panes):
    """Everything is in the picture, whatever the number of colour bars: none is left out, and none covers a pane."""
    green, legend = np.array([0, 255, 0], np.uint8), np.full((90, 30, 3), (255, 0, 0), np.uint8)
    view = SceneView("title", None, (legend,) * count)
    width = view.pane_width(panes)
    whole = view.composed([np.broadcast_to(green, (300, width, 3))] * panes, ["caption"] * panes)
    assert whole.shape[1] == WIDTH
    assert (whole == green).all(axis=-1).sum() == panes * 300 * width
    bars = (whole == (255, 0, 0)).all(axis=-1)
    assert bars.any() == (count > 0)
    assert not bars[:, : panes * width].any()
    assert len(np.flatnonzero(np.diff(bars.any(axis=0).astype(int)) > 0)) <= count
    assert (whole[:50] < 128).any(), "title"


@pytest.fixture(scope="module")
def pictures():
    pytest.importorskip("pyvista", reason="PyVista is not installed (pip install 'sparselbm[pictures]')")
    return pytest.importorskip("imageio.v3", reason="imageio is not installed (pip install 'sparselbm[pictures]')")


def test_the_picture_shows_the_shapes(case, tmp_path, pictures):
    (path,) = picture().write(Results.open(case.folder), tmp_path)
    image = pictures.imread(path)[..., :3]
    assert image.shape[1] == 1600
    drawn = (image < 250).any(axis=-1)
    assert 0.05 < drawn.mean() < 0.9
    # Colours of the map, of which there is no grey.
    assert np.ptp(image[drawn].astype(int), axis=1).mean() > 40


def test_the_film_goes_through_the_designs(case, tmp_path, pictures, monkeypatch):
    pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setattr("sparselbm.results.formats.pictures.FRAMES_A_DESIGN", 2)
    monkeypatch.setattr("sparselbm.results.formats.scene_view.WIDTH", 320)
    (path,) = film().write(Results.open(case.folder), tmp_path)
    frames = np.stack(list(pictures.imiter(path))).astype(int)
    assert frames.shape[0] == 7
    assert frames.shape[2] == 320
    assert frames.shape[1] % 2 == 0, "as video requires"
    assert np.abs(frames[0] - frames[-1]).max() > 60


def test_the_film_shows_the_flow_of_each_design(each_flow, tmp_path, pictures, monkeypatch):
    """A slice in dark blue at first, none about the second design, one in yellow at last."""
    pytest.importorskip("imageio_ffmpeg")
    monkeypatch.setattr("sparselbm.results.formats.pictures.FRAMES_A_DESIGN", 2)
    monkeypatch.setattr("sparselbm.results.formats.scene_view.WIDTH", 320)
    (path,) = film().write(each_flow, tmp_path)
    frames = np.stack(list(pictures.imiter(path))).astype(int)
    blue, yellow = (frames[..., 2] - frames[..., 1] > 40), (frames[..., 1] - frames[..., 2] > 60)
    assert [(each.mean() > 0.05) for each in blue] == [True, True, False, False, False]
    assert [(each.mean() > 0.05) for each in yellow] == [False, False, False, True, True]


def test_captions_have_the_converged_objectives_of_the_summary(each_flow, tmp_path):
    """The history has values of flows that had not converged yet."""
    shutil.copytree(each_flow.folder, tmp_path / "out")
    assert _captions(each_flow)[2] == "iteration 2, drag coefficient 0"
    (tmp_path / "out" / "summary.json").write_text('{"objective_first": 1.974, "objective_best": 1.466}')
    assert list(_captions(Results.open(tmp_path / "out")).values()) == [
        "iteration 0, drag coefficient 1.974", "iteration 1, drag coefficient 1", "iteration 2, drag coefficient 1.466",
    ]


def test_the_picture_of_an_optimization_has_the_first_and_the_best_design(each_flow, tmp_path, pictures):
    """Beside each other, each with its own flow: a slice in dark blue and one in yellow."""
    (path,) = picture(PictureOptions((0.0, -1.0, 0.0))).write(each_flow, tmp_path)
    image = pictures.imread(path)[..., :3].astype(int)
    blue, yellow = (image[..., 2] - image[..., 1] > 40), (image[..., 1] - image[..., 2] > 60)
    shares = [each.mean() for part in (blue, yellow) for each in (part[:, : WIDTH // 2], part[:, WIDTH // 2 :])]
    assert [each > 0.2 for each in shares] == [True, False, False, True]
