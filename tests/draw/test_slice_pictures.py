"""Pictures of slices show the whole box, bodies in true outline, and values in colours about 0 where they have both signs."""

import numpy as np
import pytest
from draw_cases import BALL, case, snapshot, stream
from matplotlib.image import imread

from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.section import plane_section
from sparselbm.results import slice_picture
from sparselbm.results.draw import Slice
from sparselbm.results.fields import Pressure, Speed
from sparselbm.results.slice_picture import Panel, draw_panels, draw_slices
from sparselbm.results.stage.colour import DIVERGING, limits_of, map_of


def shoelace(line):
    x, y = line.T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def hollow_ball():
    """A ball of radius 0.5 with a cavity of half the radius."""
    inner = TriangleMesh.sphere(0.25, subdivisions=3)
    faces = np.concatenate([BALL.faces, inner.faces[:, ::-1] + len(BALL.points)])
    return TriangleMesh(np.concatenate([BALL.points, inner.points]), faces)


@pytest.mark.parametrize("axis", range(3))
@pytest.mark.parametrize("at", [0.0, 0.1])
@pytest.mark.parametrize("shared", [True, False])
def test_a_section_is_the_true_outline(axis, at, shared):
    """Areas of the circles of a ball and its cavity, counter-clockwise and clockwise, also where faces share no points."""
    mesh = hollow_ball()
    if not shared:
        mesh = TriangleMesh(mesh.points[mesh.faces].reshape(-1, 3), np.arange(3 * len(mesh.faces)).reshape(-1, 3))
    lines = plane_section(mesh, axis, at)
    assert len(lines) == 2
    assert all(np.array_equal(line[0], line[-1]) for line in lines)
    radii = np.sqrt(0.5**2 - at**2), np.sqrt(0.25**2 - at**2)
    areas = sorted(map(shoelace, lines))
    assert areas == pytest.approx([-np.pi * radii[1] ** 2, np.pi * radii[0] ** 2], rel=0.02)
    assert plane_section(mesh, axis, 0.6) == []


def test_a_section_of_an_open_surface_is_an_open_line():
    tube = TriangleMesh.box((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    without_top = TriangleMesh(tube.points, tube.faces[(tube.points[tube.faces][..., 2] != 1.0).any(axis=1)])
    (line,) = plane_section(without_top, 0, 0.5)
    assert not np.array_equal(line[0], line[-1])
    assert {tuple(line[0]), tuple(line[-1])} == {(0.0, 1.0), (1.0, 1.0)}


@pytest.mark.parametrize("axis", range(3))
def test_a_panel_shows_every_cell_of_the_box(tmp_path, axis):
    """No row or column is missing, and values are continued behind the wall, so that no gap opens between it and the flow."""
    moment = case(tmp_path / "ball.usda").moment
    panel = Panel.of(moment, Slice(axis, 0.01, Pressure()))
    assert panel.known.shape == (32, 32)
    assert panel.extent == pytest.approx((-1.6, 1.6, -1.6, 1.6))
    x = np.arange(-1.55, 1.6, 0.1)
    positions = np.insert(np.stack(np.meshgrid(x, x, indexing="ij"), axis=-1), axis, 0.01, axis=-1)
    far = np.linalg.norm(positions, axis=-1) > 0.6
    assert np.isfinite(panel.known[far]).all()
    assert panel.known[far] == pytest.approx(positions[far] @ [1.0, 2.0, 3.0], abs=1e-5)
    assert np.isfinite(panel.shown[np.linalg.norm(positions, axis=-1) > 0.45]).all()
    again = Panel.restored(panel.saved())
    assert np.array_equal(again.shown, panel.shown, equal_nan=True)
    assert again.place == panel.place == f"plane {'xyz'[axis]} = 0.01 m"
    assert np.array_equal(again.outlines[0].lines[0], panel.outlines[0].lines[0])


def test_the_picture_is_full_of_colour_and_its_body_is_grey(tmp_path):
    """Shares of the pixels: those of the ball's section in the box, and no white ones in the box."""
    moment = case(tmp_path / "ball.usda").moment
    draw_slices(tmp_path, [Slice(), Slice(2, quantity=Pressure())], moment, title="ball, Reynolds number 1")
    assert {path.name for path in tmp_path.glob("*.png")} == {"slice.png", "slice_pressure_z.png"}
    image = imread(tmp_path / "slice.png")[..., :3]
    low = np.array([0.267, 0.005, 0.329])  # One speed everywhere: the first colour.
    coloured, grey = (np.abs(image - colour).max(axis=-1) < 0.02 for colour in (low, np.full(3, 0.55)))
    coloured &= np.arange(image.shape[1]) < 0.86 * image.shape[1]  # Without the colour bar.
    rows, columns = np.nonzero(coloured)
    box = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), abs=3), "equal scales"
    assert grey.sum() / box == pytest.approx(np.pi * 0.25 / 3.2**2, rel=0.05)
    assert (coloured.sum() + grey.sum()) / box > 0.97
    assert (tmp_path / "slice.png").stat().st_size < 300_000


@pytest.mark.parametrize(
    ("values", "limits", "diverges"),
    [
        (np.linspace(0.0, 2.0, 11), (0.0, 2.0), False),
        (np.linspace(-1.0, 3.0, 11), (-3.0, 3.0), True),
        (np.linspace(-0.1, 3.0, 11), (-0.1, 3.0), False),
        (np.linspace(5.0, 6.0, 11), (5.0, 6.0), False),
        (np.full(4, 2.0), (2.0, 2.0), False),
        (np.zeros(4), (0.0, 0.0), False),
    ],
)
def test_colours_use_their_range_and_diverge_about_0(values, limits, diverges):
    assert limits_of(values) == pytest.approx(limits)
    assert (map_of(limits_of(values)) == DIVERGING) == diverges


def test_two_panels_have_one_range_of_colours_and_one_scale(tmp_path, monkeypatch):
    figures = []
    monkeypatch.setattr(slice_picture, "save_figure", lambda figure, path: figures.append(figure))
    panels = {
        name: Panel.of(case(tmp_path / "ball.usda", lambda x, f=factor: f * stream(x)).moment, Slice())
        for name, factor in (("first", 1.0), ("second", 2.0))
    }
    draw_panels(tmp_path / "a.png", panels, quantity=Speed(), title="title")
    *axes, bar = figures[0].axes
    assert [each.get_title() for each in axes] == ["title\nfirst: plane y = 0 m", "title\nsecond: plane y = 0 m"]
    images = [each.get_images()[0] for each in axes]
    assert [each.get_clim() for each in images] == [pytest.approx((5.0**0.5, 2.0 * 5.0**0.5))] * 2
    assert [each.get_extent() for each in images] == [pytest.approx((-1.6, 1.6, -1.6, 1.6))] * 2
    assert [(each.get_xlim(), each.get_ylim()) for each in axes] == [(pytest.approx((-1.6, 1.6)), pytest.approx((-1.6, 1.6)))] * 2
    assert (axes[0].get_xlabel(), axes[0].get_ylabel(), bar.get_ylabel()) == ("x [m]", "z [m]", "speed [m/s]")


def test_a_flow_that_has_diverged_is_refused(tmp_path):
    moment = case(tmp_path / "ball.usda").moment
    panel = Panel.of(moment, Slice())
    nothing = Panel.restored({**panel.saved(), "known": np.full((32, 32), np.nan)})
    with pytest.raises(ValueError, match="diverged"):
        draw_panels(tmp_path / "a.png", {"": nothing}, quantity=Speed(), title="")
    assert not list(tmp_path.glob("*.png"))


def test_cells_without_a_surface_stay_cells(tmp_path):
    """Voxel images have no true outline: solid is left free cell by cell."""
    from dataclasses import replace

    flow = snapshot(stream, solid=lambda x: (x[..., 0] > 0.0).astype(float))
    moment = replace(case(tmp_path / "ball.usda").moment, snapshot=replace(flow, obstacles=()))
    panel = Panel.of(moment, Slice())
    assert np.isfinite(panel.shown[:16]).all()
    assert np.isnan(panel.shown[16:]).all()
