"""Deformations: exact maps, and J^T against directional derivatives."""

import numpy as np
import pytest

from sparselbm.errors import GeometryError
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import (
    FFD,
    FreeVertices,
    Held,
    LatticeSide,
    Mirror,
    Rigid,
    Rotate,
    Scale,
    TransformOps,
    Translate,
)
from sparselbm.geometry.deformation.rigid import rotation

RNG = np.random.default_rng(4)
MESH = TriangleMesh.sphere(1.0, (0.5, 0.2, -0.3), 2)
PARENT = np.array([[0.02, -0.01, 0.0, 0.3], [0.01, 0.02, 0.0, -0.1], [0.0, 0.0, 0.03, 0.2], [0.0, 0.0, 0.0, 1.0]])
PIVOT = np.array([[1.0, 0.0, 0.0, 2.0], [0.0, 1.0, 0.0, 3.0], [0.0, 0.0, 1.0, -1.0], [0.0, 0.0, 0.0, 1.0]])
OPS = TransformOps(
    (
        Translate("translate", (5.0, -2.0, 1.0), (1.0, 1.0, 0.0)),
        Held("pivot", PIVOT),
        Rotate("rotateXYZ", (10.0, 200.0, -35.0), (90.0, 90.0, 90.0), (0, 1, 2)),
        Held("!invert!pivot", np.linalg.inv(PIVOT)),
        Rotate("rotateY", (12.0,), (30.0,), (1,)),
        Scale("scale", (2.0, -1.0, 0.5), (0.5, 0.5, 0.25)),
    ),
    PARENT,
)
LINEAR = [
    FFD(),
    FFD(shape=(3, 2, 5), padding=0.0, fixed_sides=(LatticeSide(axis=0), LatticeSide(axis=2, upper=True))),
    FFD(shape=(4, 5, 4), symmetry=Mirror(axis=1)),
    FFD(shape=(5, 4, 4), symmetry=Mirror(axis=0, position=0.1), fixed_sides=(LatticeSide(axis=0, upper=True),)),
    FFD(shape=(5, 4, 3), symmetry=(Mirror(axis=1), Mirror(axis=0), Mirror(axis=2))),
    FFD(shape=(3, 3, 3), corners=((0.5, -2.0, -2.0), (2.0, 2.0, 2.0)), fixed_sides=(LatticeSide(axis=0, layers=2),)),
    FreeVertices(smoothing_length=0.4),
    Rigid(),
    Rigid(translate=(True, False, True), scale=True),
    Rigid(translate=False, scale=True, uniform=False),
]
TURNING = [
    Rigid(rotate=True),
    Rigid(translate=(True, True, False), rotate=(False, False, True)),
    Rigid(translate=False, rotate=True, scale=True, uniform=False),
    OPS,
]


@pytest.mark.parametrize("option", LINEAR + TURNING, ids=repr)
def test_the_initial_variables_are_the_mesh(option):
    bound = option.bind(MESH)
    x = bound.initial()
    lower, upper = bound.bounds()
    assert x.shape == lower.shape == upper.shape == (bound.size,)
    assert ((lower <= x) & (x <= upper)).all()
    np.testing.assert_allclose(bound.points(x), MESH.points, atol=1e-14)


@pytest.mark.parametrize("option", LINEAR, ids=repr)
def test_pullback_is_the_transpose_of_the_derivative(option):
    bound = option.bind(MESH)
    x, dx, g = bound.initial(), RNG.normal(size=bound.size), RNG.normal(size=MESH.points.shape)
    forward = np.sum(g * (bound.points(x + dx) - bound.points(x)))
    assert bound.pullback(x, g) @ dx == pytest.approx(forward, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("turn", [0.0, 1e-4, 0.3, 2.0])
@pytest.mark.parametrize("option", TURNING, ids=repr)
def test_the_taylor_remainder_of_turns_falls_with_slope_2(option, turn):
    bound = option.bind(MESH)
    x = bound.initial() + turn * RNG.uniform(0.5, 1.0, bound.size)
    dx, g = RNG.normal(size=bound.size), RNG.normal(size=MESH.points.shape)
    start, slope = np.sum(g * bound.points(x)), bound.pullback(x, g) @ dx
    steps = 1e-2 * 0.5 ** np.arange(5)
    remainders = [abs(np.sum(g * bound.points(x + s * dx)) - start - s * slope) for s in steps]
    np.testing.assert_allclose(np.log2(np.divide(remainders[:-1], remainders[1:])), 2.0, atol=0.05)
    tiny = 1e-6
    central = np.sum(g * (bound.points(x + tiny * dx) - bound.points(x - tiny * dx))) / (2 * tiny)
    assert slope == pytest.approx(central, rel=1e-8, abs=1e-8)


def test_rigid_motions_keep_distances_and_scales_scale():
    bound = Rigid(rotate=True, scale=True).bind(MESH)
    moved = MESH.with_points(bound.points(np.array([1.0, 2.0, 3.0, 0.4, -1.0, 2.0, 1.5])))
    assert moved.volume == pytest.approx(1.5**3 * MESH.volume, rel=1e-13)
    np.testing.assert_allclose(moved.centroid, np.add(MESH.centroid, [1.0, 2.0, 3.0]), atol=1e-13)


def test_rotations_are_right_handed_and_orthogonal():
    np.testing.assert_allclose(rotation(np.array([0, 0, np.pi / 2])) @ [1, 0, 0], [0, 1, 0], atol=1e-15)
    for r in RNG.normal(size=(5, 3)) * np.array([[1e-9], [1e-4], [0.1], [1.0], [4.0]]):
        np.testing.assert_allclose(rotation(r) @ rotation(r).T, np.eye(3), atol=1e-14)


def test_rigid_limits_are_its_bounds():
    lower, upper = Rigid(rotate=True, scale=True, max_translation=0.2, scale_limits=(0.8, 1.1)).bind(MESH).bounds()
    np.testing.assert_array_equal(lower, [-0.2] * 3 + [-np.pi] * 3 + [0.8])
    np.testing.assert_array_equal(upper, [0.2] * 3 + [np.pi] * 3 + [1.1])


@pytest.mark.parametrize("shape", [(2, 2, 2), (4, 4, 4), (3, 5, 2)])
def test_a_lattice_moved_by_an_affine_map_moves_the_mesh_by_it(shape):
    option = FFD(shape=shape)
    a, t = np.eye(3) + 0.3 * RNG.normal(size=(3, 3)), RNG.normal(size=3)
    control = option.control_points(MESH)
    moved = option.bind(MESH).points((control @ a.T + t - control).reshape(-1))
    np.testing.assert_allclose(moved, MESH.points @ a.T + t, atol=1e-13)


def test_a_fixed_side_holds_the_points_in_its_plane():
    mesh = TriangleMesh.box((0, 0, 0), (1, 1, 1))
    bound = FFD(padding=0.0, fixed_sides=(LatticeSide(axis=2),)).bind(mesh)
    moved = bound.points(RNG.normal(size=bound.size))
    floor = mesh.points[:, 2] == 0.0
    assert bound.size == 4 * 4 * 3 * 3
    np.testing.assert_allclose(moved[floor], mesh.points[floor], atol=1e-8)
    assert np.abs(moved - mesh.points)[~floor].min() > 1e-3


@pytest.mark.parametrize("count", [4, 5])
def test_symmetry_keeps_mirrored_points_mirrored(count):
    mesh = TriangleMesh.sphere(1.0, subdivisions=1)
    bound = FFD(shape=(3, count, 3), symmetry=Mirror(axis=1)).bind(mesh)
    mirror = np.array([1.0, -1.0, 1.0])
    twin = np.argmin(np.linalg.norm(mesh.points[:, None] - mesh.points * mirror, axis=-1), axis=1)
    moved = bound.points(RNG.normal(size=bound.size))
    np.testing.assert_allclose(moved[twin], moved * mirror, atol=1e-13)
    assert bound.size == 9 * (3 * (count // 2) + 2 * (count % 2))


def test_two_planes_leave_a_quarter_of_the_variables_and_mirror_every_point():
    mesh = TriangleMesh.sphere(1.0, subdivisions=1)
    bound = FFD(shape=(4, 4, 3), symmetry=(Mirror(axis=0), Mirror(axis=1))).bind(mesh)
    moved = bound.points(RNG.normal(size=bound.size))
    assert bound.size == 2 * 2 * 3 * 3
    for mirror in ([-1.0, 1.0, 1.0], [1.0, -1.0, 1.0], [-1.0, -1.0, 1.0]):
        twin = np.argmin(np.linalg.norm(mesh.points[:, None] - mesh.points * mirror, axis=-1), axis=1)
        np.testing.assert_allclose(moved[twin], moved * mirror, atol=1e-13)


def test_a_lattice_around_a_part_moves_that_part_only_and_joins_it_smoothly():
    sides = (LatticeSide(axis=0, layers=2),)
    option = FFD(shape=(5, 3, 3), corners=((0.5, -2.0, -2.0), (2.0, 2.0, 2.0)), fixed_sides=sides)
    bound = option.bind(MESH)
    shift = bound.points(RNG.normal(size=bound.size)) - MESH.points
    beyond = MESH.points[:, 0] - 0.5
    assert np.abs(shift[beyond < 0.0]).max() == 0.0
    inside = beyond > 1e-3
    assert np.abs(shift[inside]).max() > 0.1
    # Two layers are held: the displacement grows with the square of the distance from that side.
    assert (np.abs(shift[inside]).max(axis=1) / beyond[inside] ** 2).max() < 40.0


def test_a_chain_of_ops_acts_in_order_from_the_last_to_the_first():
    """Scaled, then turned about y by 90 degrees, then moved: (1, 0, 0) -> (2, 0, 0) -> (0, 0, -2) -> (0, 1, -2)."""
    ops = (Translate("t", (0, 0, 0), (2, 2, 2)), Rotate("r", (0,), (90,), (1,)), Scale("s", (1, 1, 1), (0.5, 0, 0)))
    mesh = TriangleMesh(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]), np.array([[0, 1, 2]]))
    bound = TransformOps(ops, np.eye(4)).bind(mesh)
    moved = bound.points(np.array([0.0, 1.0, 0.0, 90.0, 2.0, 1.0, 1.0]))
    np.testing.assert_allclose(moved, [[0, 1, -2], [0, 2, 0], [1, 1, 0]], atol=1e-14)


def test_smoothing_passes_translations_and_damps_ripples_by_their_length():
    mesh = TriangleMesh.sphere(1.0, subdivisions=4)
    bound = FreeVertices(smoothing_length=0.5).bind(mesh)
    np.testing.assert_allclose(
        bound.points(np.tile([0.1, -0.2, 0.3], len(mesh.points))),
        np.add(mesh.points, [0.1, -0.2, 0.3]),
        atol=1e-12,
    )
    # spherical harmonics of degree k are eigenfunctions of the Laplacian of the unit sphere, with k (k + 1)
    x, y, z = mesh.points.T
    for degree, harmonic in ((1, z), (2, x * y), (3, z * (5 * z**2 - 3))):
        smooth = (bound.points((harmonic[:, None] * [1.0, 0, 0]).reshape(-1)) - mesh.points)[:, 0]
        np.testing.assert_allclose(smooth, harmonic / (1 + 0.25 * degree * (degree + 1)), atol=0.01 * np.ptp(harmonic))


def test_a_vertex_without_faces_moves_by_its_own_variable():
    mesh = TriangleMesh(np.concatenate([MESH.points, [[9.0, 9.0, 9.0]]]), MESH.faces)
    bound = FreeVertices(smoothing_length=0.4).bind(mesh)
    x = np.zeros((len(mesh.points), 3))
    x[-1] = [1.0, 2.0, 3.0]
    np.testing.assert_allclose(bound.points(x.reshape(-1)) - mesh.points, x, atol=1e-14)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rigid(translate=False), "all off"),
        (lambda: Rigid(scale_limits=(1.1, 2.0)), "scale_limits"),
        (lambda: Rigid(max_translation=-1.0), "max_translation"),
        (lambda: FFD(shape=(1, 4, 4)), "shape"),
        (lambda: FFD(padding=-0.1), "padding"),
        (lambda: FFD(fixed_sides=(LatticeSide(axis=3),)), "axis"),
        (lambda: FFD(fixed_sides=(LatticeSide(axis=0, layers=4),)), "free"),
        (lambda: FFD(corners=((0, 0, 0), (1, 0, 1))), "corners"),
        (lambda: FFD(corners=((8, 8, 8), (9, 9, 9))).bind(MESH), "no point of the mesh"),
        (lambda: FFD(symmetry=(Mirror(axis=0), Mirror(axis=0))), "1 plane"),
        (lambda: FreeVertices(smoothing_length=0.0), "smoothing_length"),
        (lambda: Scale("s", (1, 1, 1), (1, 0, 0)), "keep its sign"),
        (lambda: TransformOps((Translate("t", (0, 0, 0), (0, 0, 0)),), np.eye(4)), "reach above 0"),
        (lambda: TransformOps((Translate("t", (0, 0, 0), (1, 0, 0)), Scale("s", (0, 1, 1), (-1, 0, 0))), np.eye(4)), "singular"),
    ],
)
def test_bad_options_are_refused(make, words):
    with pytest.raises(GeometryError, match=words):
        make()


@pytest.mark.parametrize("option", [Rigid(rotate=True), FFD(), FreeVertices(smoothing_length=0.4)], ids=repr)
def test_wrong_variables_and_gradients_are_refused(option):
    bound = option.bind(MESH)
    with pytest.raises(GeometryError, match="initial"):
        bound.points(np.zeros(bound.size + 1))
    with pytest.raises(GeometryError, match="initial"):
        bound.points(np.full(bound.size, np.nan))
    with pytest.raises(GeometryError, match="one row per point"):
        bound.pullback(bound.initial(), np.zeros((3, 3)))
