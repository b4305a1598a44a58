"""What is drawn stands on the stage in its units, at its time, in its colours, and survives a move of the folder."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
from draw_cases import BALL, VOXEL, case, stream

from sparselbm.geometry.section import plane_section
from sparselbm.results.draw import (
    Glyphs,
    Isosurface,
    Slice,
    Streamlines,
    SurfaceValues,
    Tracers,
    VolumeGrids,
    draw_all,
)
from sparselbm.results.fields import Pressure
from sparselbm.results.stage import ResultsStage, validate_stage
from sparselbm.scene.usd import open_stage

EVERYTHING = (
    SurfaceValues("shear"), Slice(), Slice(2, 0.2, Pressure()), Isosurface(Pressure(), 2.03), Streamlines(3), Tracers(3, 6, 4),
    Glyphs(every=4), VolumeGrids(),
)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Everything, at all times, in a folder that has been moved with its scene since."""
    folder = tmp_path_factory.mktemp("drawn")
    here, there = folder / "here", folder / "there"
    here.mkdir()
    ball = case(here / "ball.usda")
    with ResultsStage(here / "ball.usda", here / "out", "case") as stage:
        stage.folder.mkdir()
        stage.add_camera(ball.moment.bounds)
        draw_all(EVERYTHING, stage, ball.moment, None)
    shutil.move(here, there)
    return there / "out" / "case_results.usda"


@pytest.fixture(scope="module")
def stage(drawn):
    """Prims live as long as it does."""
    return open_stage(drawn)


def value(prim, name, time=0):
    return np.array(prim.GetAttribute(name).Get(time))


def test_openusd_finds_no_error_and_every_asset_after_a_move(drawn):
    from pxr import UsdUtils

    assert validate_stage(drawn) == []
    layers, assets, lost = UsdUtils.ComputeAllDependencies(str(drawn))
    assert not lost
    assert len(layers) == 3
    assert len(assets) == 5, "three legends, the map, and the volumes' file"
    assert str(drawn.parents[2]) not in "".join(layer.ExportToString() for layer in layers)


def test_prims_are_typed_with_extents_and_normals_and_play_from_start_to_end(stage):
    from pxr import Usd, UsdGeom

    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0, 3)
    assert stage.GetDefaultPrim().GetPath() == "/World"
    prims = [prim for prim in Usd.PrimRange(stage.GetPrimAtPath("/World/Results"))]
    assert all(prim.GetTypeName() for prim in prims)
    kinds = {prim.GetTypeName() for prim in prims}
    assert {"Mesh", "BasisCurves", "Points", "PointInstancer", "Volume", "OpenVDBAsset", "Material", "Camera"} <= kinds
    for prim in prims:
        if prim.IsA(UsdGeom.Boundable) and prim.GetTypeName() != "Camera":
            low, high = value(prim, "extent")
            assert np.all(low <= high), prim
        if prim.IsA(UsdGeom.Mesh) and prim.GetName() != "Arrow":
            mesh = UsdGeom.Mesh(prim)
            assert len(mesh.GetNormalsAttr().Get(0)) == len(mesh.GetPointsAttr().Get(0))


def test_slices_stand_where_they_are_cut_and_are_open_where_solid_is(stage):
    level = stage.GetPrimAtPath("/World/Results/Slices/speed_y")
    points = value(level, "points")
    assert points[:, 1] == pytest.approx(np.zeros(len(points)), abs=1e-4)
    pressure = stage.GetPrimAtPath("/World/Results/Slices/pressure_z")
    points = value(pressure, "points") / 100.0
    assert points[:, 2] == pytest.approx(np.full(len(points), 0.2))
    shown = value(pressure, "primvars:pressure")
    known = (np.abs(points[:, :2]) < 1.56).all(axis=1) & (np.linalg.norm(points, axis=1) > 0.5 + 2.0 * VOXEL)
    assert shown[known] == pytest.approx(points[known] @ [1.0, 2.0, 3.0], abs=1e-4)
    used = points[np.unique(value(pressure, "faceVertexIndices"))]
    # The triangles of the ball are up to 0.5 % flatter than a sphere, its outline is found to a fraction of a cell.
    assert 0.49 < np.linalg.norm(used, axis=1).min() < 0.51
    assert len(used) > 880


@pytest.mark.parametrize("axis", range(3))
def test_slices_cover_the_box_up_to_its_edges_and_the_body(tmp_path, axis):
    """Area of the plane without that of the ball's section, which a drawing of the centres of cells alone does not have."""
    moment = case(tmp_path / "ball.usda").moment
    with ResultsStage(tmp_path / "ball.usda", tmp_path / "out", "case") as results:
        Slice(axis, 0.013).draw(results, moment, None)
    drawn = open_stage(results.path)
    prim = drawn.GetPrimAtPath(f"/World/Results/Slices/speed_{'xyz'[axis]}")
    points, counts, corners = (value(prim, name) for name in ("points", "faceVertexCounts", "faceVertexIndices"))
    low, high = np.delete(points / 100.0, axis, axis=1).min(axis=0), np.delete(points / 100.0, axis, axis=1).max(axis=0)
    assert low == pytest.approx(np.full(2, -1.6))
    assert high == pytest.approx(np.full(2, 1.6))
    area = 0.0
    for face in np.split(corners, np.cumsum(counts)[:-1]):
        x, y = np.delete(points[face] / 100.0, axis, axis=1).T
        area += 0.5 * abs(x @ np.roll(y, -1) - y @ np.roll(x, -1))
    (x, y), = (line.T for line in plane_section(BALL, axis, 0.013))
    # The outline between the points of the grid is straight, so that a chord of 2 cells at most is cut off.
    assert area == pytest.approx(3.2**2 - 0.5 * abs(x[:-1] @ y[1:] - x[1:] @ y[:-1]), abs=0.01)


def test_an_isosurface_has_its_value_and_its_normals_face_what_is_less(stage):
    prim = stage.GetPrimAtPath("/World/Results/Surfaces/pressure")
    points, normals = value(prim, "points") / 100.0, value(prim, "normals")
    assert points @ [1.0, 2.0, 3.0] == pytest.approx(np.full(len(points), 2.03), abs=1e-4)
    assert normals @ [1.0, 2.0, 3.0] == pytest.approx(np.full(len(points), -(14.0**0.5)), rel=1e-3)


def test_colours_of_points_and_of_the_picture_are_the_same(drawn, stage):
    """displayColor is linear, the picture for the screen (sRGB)."""
    from matplotlib.image import imread

    picture = imread(drawn.parent / "case_colours.png")[::-1, :, :3]
    for path, coordinates, row in (
        ("/World/Results/Surfaces/pressure", "st", 0.25), ("/World/Ball", "st_field", 0.25),
        ("/World/Results/Slices/pressure_z", "st", 0.75),
    ):
        prim = stage.GetPrimAtPath(path)
        linear, (u, v) = value(prim, "primvars:displayColor"), value(prim, f"primvars:{coordinates}").T
        assert (v == row).all(), "a pressure on both sides of 0 is on the diverging map, speed and shear are on the other one"
        screen = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)
        assert picture[(v * 8).astype(int), (u * 256).astype(int)] == pytest.approx(screen, abs=0.02)


def test_the_body_takes_pressure_and_shear_on_its_own_points(stage):
    prim = stage.GetPrimAtPath("/World/Ball")
    points = value(prim, "points") / 100.0
    assert value(prim, "primvars:pressure") == pytest.approx(points @ [1.0, 2.0, 3.0], abs=1e-4)
    u, n = np.array([1.0, 2.0, 0.0]), BALL.point_normals
    # mu (4 u_1 - u_2) / 2 dx of a uniform stream: 0.5 (4 - 1) u / 0.2, along the surface.
    assert value(prim, "primvars:shear") == pytest.approx(7.5 * (u - (n @ u)[:, None] * n), abs=1e-4)


def test_tracers_come_to_where_the_ones_before_them_were(stage):
    prim = stage.GetPrimAtPath("/World/Results/Points/tracers")
    first, second = value(prim, "points", 0), value(prim, "points", 1)
    step = np.array([1.0, 2.0, 0.0]) / 5.0**0.5
    moved = second[: len(first) // 2] - first[: len(first) // 2]
    # 3.2 m in 6 rows, a quarter of a row a frame.
    assert moved == pytest.approx(np.broadcast_to(100.0 * 3.2 / 6 / 4 * step, moved.shape), rel=1e-3, abs=1e-3)
    assert value(prim, "velocities")[0] == pytest.approx([100.0, 200.0, 0.0], rel=1e-4)
    assert value(prim, "widths", 0) == pytest.approx(np.full(len(first), 50.0 * VOXEL)), "half a cell, in centimetres"


def test_arrows_point_along_the_flow(stage):
    from pxr import Gf, Usd, UsdGeom

    instancer = UsdGeom.PointInstancer(stage.GetPrimAtPath("/World/Results/Glyphs/velocity"))
    turned = instancer.ComputeInstanceTransformsAtTime(Usd.TimeCode(0), Usd.TimeCode(0))
    tip = np.array([matrix.TransformDir(Gf.Vec3d(1, 0, 0)) for matrix in turned])
    length = 1.5 * 4 * VOXEL * 100.0
    assert tip == pytest.approx(np.broadcast_to(length * np.array([1.0, 2.0, 0.0]) / 5.0**0.5, tip.shape), rel=2e-3, abs=0.1)


def test_each_time_is_a_file_of_its_own_and_no_drawing_outlives_its_time(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    ball = case(here / "ball.usda")
    results = ResultsStage(ball.scene.path, here / "out", "case")
    clips, layer, written, sizes = here / "out" / "case_clips", here / "out" / "case_layer.usdc", {}, []
    for time, level in enumerate((1.0, 2.0, 99.0)):
        draw_all([Isosurface(Pressure(), level), Slice()], results, ball.moment, time)
        # A crash here loses nothing: all that was drawn is read back from the disk.
        _check_frames(results.path, time)
        for name, then in written.items():
            assert (clips / name).stat().st_mtime_ns == then
        written = {file.name: file.stat().st_mtime_ns for file in clips.glob("[0-9]*.usdc")}
        assert len(written) == time + 1
        sizes.append(layer.stat().st_size)
    assert max(sizes) < 1.05 * sizes[0], "the data are in the frames, but for the defaults, which are those of the first"
    shutil.move(here, there)
    _check_frames(there / "out" / "case_results.usda", 2)
    assert validate_stage(there / "out" / "case_results.usda") == []


def _check_frames(path, last):
    """Isosurfaces of 1, of 2, and none, as far as they are there: the prim is not shown then, but whole for who looks."""
    from pxr import UsdGeom

    stage = open_stage(path)
    assert stage.GetEndTimeCode() == last
    prim = stage.GetPrimAtPath("/World/Results/Surfaces/pressure")
    for time in range(min(last + 1, 2)):
        points = value(prim, "points", time) / 100.0
        assert points @ [1.0, 2.0, 3.0] == pytest.approx(np.full(len(points), 1.0 + time), abs=1e-4)
        assert value(prim, "faceVertexIndices", time).max() == len(points) - 1
    shown = [UsdGeom.Imageable(prim).ComputeVisibility(time) for time in range(last + 1)]
    assert shown == ["inherited", "inherited", "invisible"][: last + 1]
    if last == 2:
        assert len(value(prim, "points", 2)) == len(value(prim, "points", 0)) == len(value(prim, "normals", 2))


def test_what_is_empty_at_a_time_is_not_shown_then(tmp_path):
    """Neither what comes late nor what was there before; and nothing of a flow at rest but its slice."""
    from pxr import UsdGeom

    at_rest, moving = (case(tmp_path / "ball.usda", flow).moment for flow in (np.zeros_like, stream))
    results = ResultsStage(tmp_path / "ball.usda", tmp_path / "out", "case")
    for time, moment in enumerate((at_rest, moving, at_rest)):
        drawings = [Slice(2), Streamlines(3), Tracers(3, 6, 4), Glyphs(every=8), SurfaceValues()]
        draw_all([*drawings, *([Isosurface(Pressure(), 1.0)] if time == 1 else [])], results, moment, time)
    assert validate_stage(results.path) == []
    stage = open_stage(results.path)

    def shown(path):
        prim = UsdGeom.Imageable(stage.GetPrimAtPath(f"/World/Results/{path}"))
        return [prim.ComputeVisibility(time) == "inherited" for time in range(3)]

    assert shown("Slices/speed_z") == [True] * 3
    for path in ("Streamlines/flow", "Points/tracers", "Glyphs/velocity", "Surfaces/pressure"):
        assert shown(path) == [False, True, False]
        assert value(stage.GetPrimAtPath(f"/World/Results/{path}"), "extent", 0).shape == (2, 3)
        assert not stage.GetPrimAtPath(f"/World/Results/{path}_solid") or shown(f"{path}_solid") == [False, True, False]


def test_a_slice_in_the_solid_alone_is_left_out(tmp_path):
    with ResultsStage(case(tmp_path / "ball.usda").scene.path, tmp_path / "out", "case") as stage:
        stage.add_slice("none", np.zeros((2, 2, 3)), np.full((2, 2), np.nan))
    assert not open_stage(stage.path).GetPrimAtPath("/World/Results/Slices")


@pytest.mark.parametrize(
    ("make", "part"),
    [
        (lambda: SurfaceValues("speed"), "use one of pressure, pressure_coefficient, .*y_plus, sensitivity"),
        (lambda: Isosurface(value=np.nan), "pass a finite value"),
        (lambda: Streamlines(0), "at least 1 seed"),
        (lambda: Tracers(rows=0), "rows=0"),
        (lambda: Glyphs(every=0), "at least 1 cell"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, part):
    with pytest.raises(ValueError, match=part):
        make()


@pytest.mark.parametrize("direction", [(1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (1.0, -0.4, 0.2), (0.1, 0.0, -2.0)])
def test_seeds_lie_upstream_of_the_body_in_any_stream(tmp_path, direction):
    """Along the stream their middle reaches the body's centre, which is the origin."""
    moment = replace(case(tmp_path / "ball.usda").moment, direction=direction)
    seeds, axis = moment.seeds(3), int(np.argmax(np.abs(direction)))
    assert np.ptp(seeds[:, axis]) == 0.0
    assert np.sign(seeds[0, axis]) == -np.sign(direction[axis])
    middle = seeds.mean(axis=0)
    assert middle - middle[axis] / direction[axis] * np.array(direction) == pytest.approx(np.zeros(3), abs=1e-9)
