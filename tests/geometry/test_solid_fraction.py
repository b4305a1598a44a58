"""Solid fraction of cells: volumes, sides, and the gradient in the points."""

import subprocess
import sys

import numpy as np
import pytest
import warp as wp
from geometry_cases import Case, cell_centres, share, tile_block

from sparselbm.errors import GeometryError
from sparselbm.geometry import SolidFraction, SurfaceQuery, TriangleMesh, solid_fraction
from sparselbm.geometry.solid_fraction import _share_kernel

RNG = np.random.default_rng(3)
CENTRE = np.array([0.31, 0.22, 0.13])


@pytest.fixture(scope="module")
def sphere(device):
    """A sphere of radius 8 cells."""
    return Case(TriangleMesh.sphere(8.0, CENTRE, 4), tile_block(-2, 2, 3), device)


@pytest.fixture(scope="module")
def small(device):
    """A rough sphere of 162 points in 64 tiles of 2D extent 8 cells, fp64."""
    return Case(TriangleMesh.sphere(5.0, CENTRE, 2), tile_block(-1, 1, 3), device)


def test_the_sum_is_the_volume_of_a_sphere_but_for_the_curvature_s_term(sphere):
    ratio = sphere.eps().sum() / sphere.mesh.volume - 1.0
    assert ratio == pytest.approx((1.0 / 8.0) ** 2, rel=0.05)


def test_a_column_of_cells_holds_a_flat_wall_exactly(device):
    """Wherever it stands among them, and with the slope that is its own, at a distance of exactly 0 too."""
    weights = np.zeros((3, 8, 8, 8))
    weights[:, 3, 4] = 1.0
    for top in (12.0, 12.13, 12.5, 12.87):
        mesh = TriangleMesh.box((-20.0, -20.0, -20.0), (28.0, 28.0, top))
        case = Case(mesh, np.array([[0, 0, k] for k in range(3)], dtype=np.int32), device)
        column = case.eps()[weights.reshape(3, -1) > 0.0]
        assert column.sum() == pytest.approx(top, abs=1e-12)
        assert np.count_nonzero((column > 0.0) & (column < 1.0)) <= 4
        slope = case.gradient(weights.reshape(3, -1))[mesh.points[:, 2] > 0.0, 2].sum()
        assert slope == pytest.approx(1.0, abs=1e-6)


def test_fp32_points_give_the_same_as_fp64(sphere, device):
    single = Case(sphere.mesh, sphere.coords, device, dtype=wp.vec3f)
    np.testing.assert_allclose(single.eps(), sphere.eps(), atol=1e-4)


def test_cells_off_the_surface_are_0_or_1_by_their_side(sphere):
    eps = sphere.eps()
    height = np.linalg.norm(cell_centres(sphere.coords, 3) - CENTRE, axis=-1) - 8.0
    assert (eps[height > 2.02] == 0.0).all()
    assert (eps[height < -2.05] == 1.0).all()


def test_the_distance_from_the_surface_beyond_a_row_does_not_hide_a_side(device):
    """Each row of cells meets bars of different depth: rows enter and leave the solid several times."""
    bars = [TriangleMesh.box((-20, -20, z), (20, 20, z + 2.5)) for z in (-7.2, -3.1, 1.3, 5.0)]
    points = np.concatenate([bar.points for bar in bars])
    faces = np.concatenate([bar.faces + 8 * i for i, bar in enumerate(bars)])
    case = Case(TriangleMesh(points, faces), tile_block(-1, 1, 3), device)
    z = cell_centres(case.coords, 3)[..., 2]
    distance = np.min([np.abs(z - low - 1.25) - 1.25 for low in (-7.2, -3.1, 1.3, 5.0)], axis=0)
    np.testing.assert_allclose(case.eps(), share(distance), atol=1e-12)


def test_open_meshes_have_an_inside_by_winding_number(device):
    box = TriangleMesh.box((-5.2, -5.3, -5.1), (5.4, 5.1, 5.2))
    lidless = Case(TriangleMesh(box.points, box.faces[:10]), tile_block(-1, 1, 3), device)
    closed = Case(box, tile_block(-1, 1, 3), device)
    below = cell_centres(lidless.coords, 3)[..., 2] < -1.0
    np.testing.assert_allclose(lidless.eps()[below], closed.eps()[below], atol=1e-14)


def test_a_mesh_that_is_wound_wrongly_is_hollow_not_noisy(device):
    box = TriangleMesh.box((-5.2, -5.3, -5.1), (5.4, 5.1, 5.2))
    case = Case(TriangleMesh(box.points, box.faces[:, ::-1]), tile_block(-1, 1, 3), device)
    assert case.eps().max() < 0.5


def test_units_and_origin_cancel(small, device):
    origin, h = np.array([3.0, -2.0, 700.0]), 0.01
    mesh = small.mesh.with_points(origin + h * small.mesh.points)
    moved = Case(mesh, small.coords, device, voxel_size=h, origin=origin)
    np.testing.assert_allclose(moved.eps(), small.eps(), atol=1e-8)


@pytest.mark.parametrize("width", [1.0, 1.5])
def test_a_cylinder_in_2d_has_the_area_of_its_section(device, width):
    mesh = TriangleMesh.cylinder(12.0, (0.2, 0.1, -5.0), (0.2, 0.1, 6.0), 128)
    case = Case(mesh, tile_block(-2, 2, 2), device, dimension=2, width=width)
    area = mesh.volume / 11.0
    assert case.eps().sum() == pytest.approx(area + width**2 * np.pi / 3.0, rel=5e-4)


def test_2d_cells_take_their_distance_in_the_middle_of_the_layer(device):
    mesh = TriangleMesh.box((-30, -30, -30), (0.3, 30, 30)).transformed(
        np.array([[0.8, 0, -0.6, 0], [0, 1, 0, 0], [0.6, 0, 0.8, 0], [0, 0, 0, 1.0]])
    )
    case = Case(mesh, tile_block(-1, 1, 2), device, dimension=2)
    x = cell_centres(case.coords, 2)
    np.testing.assert_allclose(case.eps(), share(0.8 * x[..., 0] + 0.6 * 0.5 - 0.3), atol=1e-9)


def test_other_tiles_are_left_alone(small, device):
    eps = small.eps()
    out = wp.full(small.out.shape[0], 7.0, dtype=wp.float64, device=device)
    points = wp.array(small.mesh.points, dtype=wp.vec3d, device=device)
    chosen = wp.array([5, 2], dtype=wp.int32, device=device)
    solid_fraction(small.option, points, small.query, out=out, **{**small.grid, "tile_ids": chosen})
    values = out.numpy()[:-512].reshape(-1, 512)
    np.testing.assert_array_equal(values[[2, 5]], eps[[2, 5]])
    assert (values[[0, 1, 3, 4, 6, 7]] == 7.0).all()


def smooth_cells(case, direction, h):
    """Cells whose closest face stays the same from -h to h: where it changes inside a convex edge the distance has a kink."""
    minus, middle, plus = (case.eps(case.mesh.points + s * h * direction) for s in (-1, 0, 1))
    smooth = np.abs(minus - 2.0 * middle + plus) < 10.0 * h**2 + 1e-14
    assert smooth[(middle > 0.0) & (middle < 1.0)].mean() > 0.97
    return smooth


@pytest.mark.parametrize("width", [1.0, 2.0])
def test_the_gradient_is_that_of_central_differences(device, width):
    mesh = TriangleMesh.sphere(5.0, CENTRE, 1)
    case = Case(mesh, tile_block(-1, 1, 3), device, width=width)
    h = 1e-6
    for direction in RNG.normal(size=(3, *mesh.points.shape)):
        weights = RNG.normal(size=case.eps().shape) * smooth_cells(case, direction, h)
        case.eps()
        slope = np.sum(case.gradient(weights) * direction)
        plus, minus = (np.sum(weights * case.eps(mesh.points + s * h * direction)) for s in (1, -1))
        assert slope == pytest.approx((plus - minus) / (2 * h), rel=1e-5)


def test_the_taylor_remainder_falls_with_slope_2(small):
    direction = RNG.normal(size=small.mesh.points.shape)
    steps = 2e-3 * 0.5 ** np.arange(4)  # Below, jumps of 1e-7 show, where fp32 takes the face beside the closest.
    # The distance from a convex body has no kinks, and eps is convex in it outside, so that nothing cancels.
    weights = RNG.random(size=small.eps().shape) * (small.eps() < 0.45)
    start = np.sum(weights * small.eps())
    slope = np.sum(small.gradient(weights) * direction)
    values = [np.sum(weights * small.eps(small.mesh.points + s * direction)) for s in steps]
    remainders = np.abs(np.array(values) - start - steps * slope)
    np.testing.assert_allclose(np.log2(remainders[:-1] / remainders[1:]), 2.0, atol=0.05)


def test_the_volume_grows_by_the_surface(sphere):
    ones = np.ones(sphere.eps().shape)
    outward = (sphere.mesh.points - CENTRE) / 8.0
    assert np.sum(sphere.gradient(ones) * outward) == pytest.approx(3.0 * sphere.mesh.volume / 8.0, rel=1e-2)


def test_translations_do_not_change_the_volume(sphere):
    force = sphere.gradient(np.ones(sphere.eps().shape)).sum(axis=0)
    np.testing.assert_allclose(force, 0.0, atol=0.02 * sphere.mesh.area)


def test_the_gradient_follows_the_trend_of_a_sweep(device):
    """Design, section 5: the slope of a cubic fitted over several cells, not one small difference."""
    mesh = TriangleMesh.sphere(5.0, CENTRE, 3)
    case = Case(mesh, tile_block(-1, 1, 3), device, width=2.0)
    weights = np.exp(-np.sum((cell_centres(case.coords, 3) - [6.0, 0.0, 0.0]) ** 2, axis=-1) / 18.0)
    shifts = np.linspace(-1.5, 1.5, 13)
    values = [np.sum(weights * case.eps(mesh.points + np.array([s, 0, 0]))) for s in shifts]
    trend = np.polyfit(shifts, values, 3)[2]
    case.eps()
    assert case.gradient(weights).sum(axis=0)[0] == pytest.approx(trend, rel=0.03)


def test_vertices_get_a_gradient_where_mesh_eval_position_gives_none(device):
    """Regression: `wp.mesh_eval_position` has no adjoint to the vertices."""
    box = TriangleMesh.box((-20, -20, -20), (20, 20, 4.3))
    case = Case(box, np.zeros((1, 3), dtype=np.int32), device)
    eps = case.eps()
    gradient = case.gradient(np.ones_like(eps))
    top = box.points[:, 2] > 0
    assert gradient[top, 2].sum() == pytest.approx(64.0, rel=1e-12)
    np.testing.assert_allclose(gradient[~top], 0.0, atol=1e-12)


def test_the_kernels_are_made_once(small):
    before = _share_kernel(wp.float64)
    small.eps()
    assert _share_kernel(wp.float64) is before


def test_no_tile_is_no_work(small, device):
    """Nothing is written and nothing differentiated."""
    out = wp.full(small.out.shape[0], 7.0, dtype=wp.float64, device=device, requires_grad=True)
    points = wp.array(small.mesh.points, dtype=wp.vec3d, device=device, requires_grad=True)
    none = wp.empty(0, dtype=wp.int32, device=device)
    with wp.Tape() as tape:
        solid_fraction(small.option, points, small.query, out=out, **{**small.grid, "tile_ids": none})
    tape.backward(grads={out: wp.ones_like(out)})
    assert (out.numpy() == 7.0).all()
    assert not points.grad.numpy().any()


def test_bad_options_are_refused():
    for width in (0.0, -1.0, np.nan, np.inf):
        with pytest.raises(GeometryError, match="width"):
            SolidFraction(width)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dimension": 1}, "dimension is 1"),
        ({"voxel_size": 0.0}, "voxel_size"),
        ({"out": ("float64", 511, True)}, "511"),
        ({"out": ("float32", 1024, True)}, "out has dtype float32"),
        ({"out": ("float64", 1024, False)}, "requires_grad"),
        ({"tile_ids": ("int64", 1, False)}, "tile_ids has dtype int64"),
        ({"tile_coords": ("vec3i", 0, False), "out": ("float64", 512, True)}, "0 to -1"),
    ],
)
def test_bad_arguments_are_refused(device, change, words):
    mesh = TriangleMesh.sphere(1.0, subdivisions=0)
    points = wp.array(mesh.points, dtype=wp.vec3d, device=device, requires_grad=True)

    def array(dtype, count, requires_grad):
        return wp.zeros(count, dtype=getattr(wp, dtype), device=device, requires_grad=requires_grad)

    change = {k: array(*v) if isinstance(v, tuple) else v for k, v in change.items()}
    arguments = {
        "tile_ids": wp.zeros(1, dtype=wp.int32, device=device),
        "tile_coords": wp.zeros(1, dtype=wp.vec3i, device=device),
        "dimension": 3,
        "voxel_size": 1.0,
        "origin": (0, 0, 0),
        "out": wp.zeros(1024, dtype=wp.float64, device=device, requires_grad=True),
        **change,
    }
    with pytest.raises(GeometryError, match=words):
        solid_fraction(SolidFraction(), points, SurfaceQuery(mesh, device=device), **arguments)


def test_importing_is_light():
    """No device is initialised and trimesh is not loaded."""
    code = "import sys, sparselbm.geometry, warp; print(warp._src.context.runtime is None, 'trimesh' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert answer.split() == ["True", "False"]
