"""Fields of a flow against their formulas, on slices, surfaces and in volumes."""

from dataclasses import replace

import numpy as np
import pytest
from draw_cases import BALL, VOXEL, case, inside_ball, snapshot, stream

from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.geometry import TriangleMesh
from sparselbm.results.draw import Glyphs, Slice, Streamlines, SurfaceValues, VolumeGrids, draw_all, with_fields
from sparselbm.results.fields import FIELDS, CellField, Scalar, WallShearStress, YPlus, field_named
from sparselbm.results.stage import ResultsStage
from sparselbm.scene.usd import open_stage

DENSITY, REFERENCE = 2.0, 3.0


def turning(x):
    """u = (-y, x, 1): curl u = (0, 0, 2), and Q = 1."""
    return np.stack([-x[..., 1], x[..., 0], np.ones(x.shape[:-1])], axis=-1)


@pytest.fixture
def frame(tmp_path):
    """Density 2, reference velocity 3, and p = x + 2 y + 3 z."""
    return replace(case(tmp_path / "ball.usda", turning).moment, density=DENSITY, velocity=REFERENCE)


EXACT = {
    "speed": lambda x: np.sqrt(x[..., 0] ** 2 + x[..., 1] ** 2 + 1.0),
    "velocity_x": lambda x: -x[..., 1], "velocity_y": lambda x: x[..., 0], "velocity_z": lambda x: np.ones(x.shape[:-1]),
    "pressure": lambda x: x @ [1.0, 2.0, 3.0],
    "pressure_coefficient": lambda x: x @ [1.0, 2.0, 3.0] / 9.0,
    "total_pressure": lambda x: x @ [1.0, 2.0, 3.0] + x[..., 0] ** 2 + x[..., 1] ** 2 + 1.0,
    "vorticity": lambda x: np.full(x.shape[:-1], 2.0),
    "q": lambda x: np.ones(x.shape[:-1]),
}


def test_every_field_of_the_cells_has_an_exact_solution_here():
    assert set(EXACT) == {each.name for each in FIELDS if isinstance(each, CellField)}


@pytest.mark.parametrize("name", EXACT)
def test_fields_of_the_cells(frame, name):
    found, field = field_named(name), frame.snapshot.domain.cell_centres()
    assert found.name == name
    assert found.of(frame) == pytest.approx(EXACT[name](field), abs=2e-4)
    shown = found.in_fluid(frame)
    assert np.array_equal(np.isnan(shown), ~frame.is_fluid)


def test_labels_have_units():
    labels = {each.label for each in FIELDS}
    assert {"pressure [Pa]", "pressure coefficient", "velocity along x [m/s]", "wall shear stress [Pa]", "y+"} <= labels


def test_y_plus_is_that_of_the_first_centres(frame):
    """y+ = u_tau y / nu with u_tau = (tau / rho)^(1/2), nu = mu / rho and y of half a cell."""
    shear = np.tile([0.0, 0.72, 0.54], (len(BALL.points), 1))
    given = replace(frame, on_points={"shear": shear})
    assert np.array_equal(WallShearStress().on_surface(given), shear)
    assert YPlus().on_surface(given) == pytest.approx(np.full(len(shear), np.sqrt(0.9 / DENSITY) * 0.05 / (0.5 / DENSITY)))
    bare = WallShearStress().on_surface(frame)
    assert bare == pytest.approx(frame.snapshot.wall_shear(BALL, 0.5))


def test_pressure_coefficient_on_a_surface_is_that_of_its_pressure(frame):
    found = {name: field_named(name).on_surface(frame) for name in ("pressure", "pressure_coefficient")}
    assert found["pressure_coefficient"] == pytest.approx(found["pressure"] / 9.0, abs=1e-5)
    assert found["pressure"] == pytest.approx(frame.snapshot.surface_pressure(BALL))


def test_scalars_are_fields_by_their_names(frame):
    heat = frame.snapshot.domain.cell_centres()[..., 0].astype(np.float32)
    found = replace(frame, snapshot=replace(frame.snapshot, scalars={"temperature": heat}))
    assert np.array_equal(field_named("temperature").of(found), heat)
    assert field_named("temperature") == Scalar("temperature")


def test_named_fields_stand_on_slices_surfaces_and_in_volumes(frame, tmp_path):
    names = "pressure_coefficient", "vorticity", "y_plus"
    chosen = with_fields((Slice(2), SurfaceValues(), Streamlines(3), VolumeGrids()), [field_named(name) for name in names])
    with ResultsStage(tmp_path / "ball.usda", tmp_path / "out", "case") as stage:
        stage.folder.mkdir()
        draw_all(chosen, stage, frame, None)
    drawn = open_stage(stage.path)
    assert {prim.GetName() for prim in drawn.GetPrimAtPath("/World/Results/Slices").GetChildren()} == {
        "pressure_coefficient_z", "vorticity_z"
    }
    ball = drawn.GetPrimAtPath("/World/Ball")
    assert all(ball.GetAttribute(f"primvars:{name}").HasValue() for name in names)
    assert not ball.GetAttribute("primvars:pressure").HasValue()
    for name in ("velocity", "pressure", "pressure_coefficient", "vorticity"):
        assert (tmp_path / "out" / f"{name}.nvdb").is_file()
    assert read_nvdb(tmp_path / "out" / "vorticity.nvdb").values.max() == pytest.approx(2.0, abs=1e-4)
    plain = (Slice(2), Glyphs(), SurfaceValues())
    assert with_fields(plain, ()) == plain


def test_grids_have_no_flow_in_bodies():
    """Cells wholly in the ball have no velocity, pressure or dye; heat, which it conducts, has values there."""
    flow = snapshot(stream, lambda x: 7.0 + x[..., 0], inside_ball)
    phi = np.ones_like(flow.pressure)
    grids = {each.name: each for each in replace(flow, scalars={"dye": phi, "heat": phi}, conducted=frozenset({"heat"})).grids()}
    assert list(grids) == ["velocity", "pressure", "dye", "heat", "solid"]
    wholly = grids["solid"].values >= 0.999
    assert 0.5 < wholly.sum() * VOXEL**3 / (np.pi / 6.0 * (1.0 - 2.0 * 0.87 * VOXEL) ** 3) < 1.2
    for name in ("velocity", "pressure", "dye"):
        assert np.array_equal(grids[name].mask, ~wholly)
    assert grids["heat"].mask.all()
    assert grids["solid"].mask.all()


def test_volumes_of_a_region_at_every_other_time_and_whole_at_the_end(frame, tmp_path):
    """A box of half the width, about the centre."""
    volumes = VolumeGrids(region=((-0.4, -0.4, -0.4), (0.4, 0.4, 0.4)), every=2)
    with ResultsStage(tmp_path / "ball.usda", tmp_path / "out", "case") as stage:
        stage.folder.mkdir()
        for time in (0.0, 1.0, 2.0, 3.0, None):
            draw_all([Slice(2), volumes], stage, frame, time)
    folder = tmp_path / "out"
    assert {each.name for each in folder.glob("pressure*.nvdb")} == {"pressure_0000.nvdb", "pressure_0002.nvdb", "pressure.nvdb"}
    part, whole = read_nvdb(folder / "pressure_0002.nvdb"), read_nvdb(folder / "pressure.nvdb")
    assert len(whole.tiles) == 64
    assert len(part.tiles) == 8
    solid, all_solid = read_nvdb(folder / "solid_0002.nvdb"), read_nvdb(folder / "solid.nvdb")
    assert solid.mask.sum() == 8**3, "centres at +-0.05 to +-0.35 m"
    assert all_solid.mask.sum() == 32**3
    for field, share in ((part, solid), (whole, all_solid)):
        assert np.array_equal(field.mask, share.mask & (share.values < 0.999)), "no value in wholly solid cells"
        assert not field.values[~field.mask].any()
    places = part.tiles[:, None] * 8 + np.moveaxis(np.indices((8, 8, 8)), 0, -1).reshape(-1, 3)
    x = np.asarray(part.origin) + VOXEL * places
    assert part.values[part.mask] == pytest.approx((x @ [1.0, 2.0, 3.0])[part.mask], abs=1e-5)


def test_a_room_is_seen_through_and_what_is_beside_the_box_is_left_out():
    from sparselbm.results.formats.scene_view import SceneView, opacity_of
    from sparselbm.results.formats.shapes import Surface

    def surface(name, mesh):
        return Surface(name, mesh.points, mesh.faces, np.ones((len(mesh.points), 3)))

    room = surface("/Room", TriangleMesh.box((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0)))
    ball, far = surface("/Ball", BALL), surface("/Far", TriangleMesh.sphere(0.5, (9.0, 0.0, 0.0), subdivisions=1))
    shapes = room, ball, far
    assert [opacity_of(each, shapes) < 1.0 for each in shapes] == [True, False, False]
    assert [opacity_of(each, shapes, ("/Far",)) < 1.0 for each in shapes] == [True, False, True]
    view = SceneView("title", np.array([[-0.8, -0.8, -0.8], [0.8, 0.8, 0.8]]), ())
    assert view.shown(shapes) == (room, ball)
    inside = view.points(view.shown(shapes))
    assert [inside.min(), inside.max()] == [-0.8, 0.8]
