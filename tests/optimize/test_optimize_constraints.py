"""Constraints against exact volumes, exact maxima and the derivatives of their values."""

import numpy as np
import pytest
from optimize_shapes import Linear, Mesh, bumpy, sphere, stretched

from sparselbm.design.constraint import (
    BoundingBox,
    FixedArea,
    FixedPoints,
    FixedVolume,
    KeepInside,
    KeepOut,
    MaximumArea,
    MinimumThickness,
    MinimumVolume,
    SymmetryPlane,
)
from sparselbm.design.constraint.surface_area import surface_area
from sparselbm.design.constraint.volume import signed_volume, volume_gradient
from sparselbm.errors import ConstraintError
from sparselbm.geometry import TriangleMesh

MESH = sphere()
ROOM = TriangleMesh.box((-1.4, -1.1, -1.3), (1.2, 1.3, 1.1))
POST = TriangleMesh.box((0.6, 0.3, 0.4), (2.0, 2.0, 2.0))
EVERY = [
    FixedVolume(),
    MinimumVolume(volume=2.0),
    BoundingBox((-1.5, -1.2, -np.inf), (1.5, np.inf, 1.1)),
    FixedPoints(indices=(0, 5)),
    FixedPoints(indices=(1,)),
    FixedArea(),
    MaximumArea(area=10.0),
    KeepOut(space=POST, clearance=0.05, margin=0.02),
    KeepInside(space=ROOM, margin=0.02),
    MinimumThickness(thickness=1.5),
]


@pytest.mark.parametrize("constraint", EVERY, ids=lambda c: type(c).__name__)
def test_jacobian_passes_the_taylor_test(constraint):
    """The remainder of the linear model shrinks with h^2."""
    deformation = bumpy(MESH, size=12)
    bound = constraint.bind(deformation, MESH)
    rng = np.random.default_rng(3)
    x, d = 0.1 * rng.standard_normal(12), rng.standard_normal(12)
    slope = bound.jacobian(x) @ d
    assert slope.shape == bound.lower.shape
    steps = np.array([1e-2, 5e-3, 2.5e-3]) * 0.1
    remainder = [np.abs(bound.value(x + h * d) - bound.value(x) - h * slope).max() for h in steps]
    if max(remainder) < 1e-13:
        return  # linear: nothing remains
    order = np.log2(np.array(remainder[:-1]) / remainder[1:])
    assert order == pytest.approx(2.0, abs=0.15)


@pytest.mark.parametrize("constraint", EVERY, ids=lambda c: type(c).__name__)
def test_jacobian_agrees_with_central_differences(constraint):
    deformation = bumpy(MESH, size=12)
    bound = constraint.bind(deformation, MESH)
    x, h = 0.05 * np.random.default_rng(4).standard_normal(12), 1e-6
    central = [(bound.value(x + h * e) - bound.value(x - h * e)) / (2 * h) for e in np.eye(12)]
    assert np.abs(bound.jacobian(x) - np.stack(central, 1)).max() < 1e-7


def test_volume_of_a_unit_cube_and_its_gradient():
    import trimesh

    cube = trimesh.creation.box()
    points, faces = np.array(cube.vertices) + 7.0, np.array(cube.faces)
    assert signed_volume(points, faces) == pytest.approx(1.0, rel=1e-14)
    # Growing the cube about its centre by a factor s changes V by 3 V ds; moving it, by nothing.
    gradient = volume_gradient(points, faces)
    assert np.sum(gradient * (points - 7.0)) == pytest.approx(3.0)
    assert np.abs(gradient.sum(axis=0)).max() < 1e-14


def test_volume_of_the_sphere_converges_with_second_order():
    error = [1 - signed_volume(m.points, m.faces) / (4 / 3 * np.pi) for m in (sphere(3), sphere(4), sphere(5))]
    assert np.log2(np.array(error[:-1]) / error[1:]) == pytest.approx(2.0, abs=0.1)


def test_fixed_volume_is_the_product_of_stretches():
    bound = FixedVolume().bind(stretched(MESH), MESH)
    assert bound.value(np.array([0.2, -0.1, 0.3])) == pytest.approx(1.2 * 0.9 * 1.3 - 1)
    assert bound.equal.all()
    assert bound.tolerance == 0.005


def test_fixed_volume_of_a_mesh_turned_inside_out():
    inside_out = Mesh(MESH.points, MESH.faces[:, ::-1])
    bound = FixedVolume(volume=2.0).bind(stretched(inside_out), inside_out)
    plain = FixedVolume(volume=2.0).bind(stretched(MESH), MESH)
    assert bound.value(np.zeros(3)) == pytest.approx(plain.value(np.zeros(3)))


@pytest.mark.parametrize("constraint", [FixedVolume(), MinimumVolume()])
def test_volume_refuses_an_open_mesh(constraint):
    torn = Mesh(MESH.points, MESH.faces[:-1])
    with pytest.raises(ConstraintError, match=r"closed mesh.*limit 1e-06.*close the mesh"):
        constraint.bind(stretched(torn), torn)


def test_box_lies_on_the_safe_side_within_its_margin():
    deformation = bumpy(MESH)
    box = BoundingBox((-1.0, -1.0, -1.0), (1.0, 1.0, 1.0), margin=0.01)
    bound = box.bind(deformation, MESH)
    diagonal = np.linalg.norm(np.ptp(MESH.points, axis=0))
    for x in 0.3 * np.random.default_rng(0).standard_normal((20, 6)):
        points = deformation.points(x)
        true = np.concatenate([-1 - points.min(axis=0), points.max(axis=0) - 1]) / diagonal
        excess = bound.value(x) - true
        assert excess.min() >= 0.0
        assert excess.max() <= 0.01 + 1e-12


def test_box_needs_six_rows_however_many_points():
    assert BoundingBox((-1, -1, -1), (1, 1, 1)).bind(stretched(MESH), MESH).jacobian(np.zeros(3)).shape == (
        6,
        3,
    )


def test_area_of_stretched_spheres():
    """The exact area of the mesh; of a body of revolution with axes 2, 1, 1 that of the prolate spheroid."""
    bound, fine = FixedArea(area=4 * np.pi).bind(stretched(MESH), MESH), sphere(5)
    assert bound.value(np.full(3, 0.1)) == pytest.approx(1.21 * surface_area(MESH.points, MESH.faces) / (4 * np.pi) - 1)
    e = np.sqrt(0.75)
    exact = 2 * np.pi * (1 + 2 / e * np.arcsin(e))
    assert surface_area(fine.points * [2, 1, 1], fine.faces) == pytest.approx(exact, rel=4e-3)


def test_packaging_is_the_distance_to_the_space():
    """A sphere that grows inside a box, and beside one: the least of the gaps over its points."""
    points, diagonal = MESH.points, np.linalg.norm(np.ptp(MESH.points, axis=0))
    inside = KeepInside(space=ROOM, clearance=0.02, margin=1e-4).bind(stretched(MESH), MESH)
    gap = np.minimum(ROOM.bounds[1] - points, points - ROOM.bounds[0]).min()
    assert inside.value(np.zeros(3)) * diagonal == pytest.approx(0.02 - gap, abs=1e-3)
    # The corner of the post is its closest place to the sphere: (0.6, 0.3, 0.4) has the length 0.781 < 1.
    depth = np.minimum.reduce(np.maximum(points - POST.bounds[0], 0.0).T[:3]).max()
    out = KeepOut(space=POST, margin=1e-4).bind(stretched(MESH), MESH)
    assert out.value(np.zeros(3)) * diagonal == pytest.approx(depth, abs=1e-3)
    half = np.full(3, -0.5)
    away = np.linalg.norm(POST.bounds[0] - 0.5 * points, axis=1).min()
    assert out.value(half) * diagonal == pytest.approx(-away, abs=2e-3)


def test_thickness_of_spheres_and_of_a_shell():
    """Every ball in a sphere has its diameter; between two spheres it is their gap that counts."""
    ball = mirror_mesh()
    bound = MinimumThickness(thickness=1.5, margin=1e-3).bind(stretched(ball), ball)
    for scale in (-0.5, -0.25, -0.1):
        assert bound.value(np.full(3, scale)) == pytest.approx(1 - 2 * (1 + scale) / 1.5, abs=0.03)
    count = len(ball.points)
    points, faces = np.concatenate([ball.points, 0.8 * ball.points]), np.concatenate([ball.faces, ball.faces[:, ::-1] + count])
    shell = Mesh(points, faces)
    hollow = MinimumThickness(thickness=0.25, margin=1e-3).bind(stretched(shell), shell)
    assert hollow.value(np.zeros(3)) == pytest.approx(1 - 0.2 / 0.25, abs=1e-3)
    with pytest.raises(ConstraintError, match="thickness"):
        MinimumThickness(thickness=0.0).bind(stretched(MESH), MESH)


def test_an_open_space_is_refused():
    torn = TriangleMesh(ROOM.points, ROOM.faces[1:])
    with pytest.raises(ConstraintError, match="closed space"):
        KeepOut(space=torn).bind(stretched(MESH), MESH)


@pytest.mark.parametrize(("lower", "upper", "word"), [
    ((0, 0, 0), (1, 0, 1), "is empty"),
    ((-np.inf,) * 3, (np.inf,) * 3, "no finite side"),
])
def test_box_refuses(lower, upper, word):
    with pytest.raises(ConstraintError, match=word):
        BoundingBox(lower, upper).bind(stretched(MESH), MESH)


def null_space(bound, size):
    _, singular, right = np.linalg.svd(bound.jacobian(np.zeros(size)))
    assert singular.min() > 1e-9  # independent rows
    return right[len(singular) :]


def test_fixed_points_leave_exactly_the_designs_that_hold_them():
    deformation = bumpy(MESH, size=12)
    bound = FixedPoints(indices=(0, 5)).bind(deformation, MESH)
    held = deformation.modes[:, [0, 5]].reshape(12, 6).T
    assert len(bound.lower) == np.linalg.matrix_rank(held) == 6
    for x in null_space(bound, 12):
        assert np.abs(held @ x).max() < 1e-12


def test_fixed_points_in_a_box_merge_dependent_rows():
    """Stretching in x is all that moves the points; hundreds of held points cost one equality."""
    bound = FixedPoints(box=((0.2, -2, -2), (2, 2, 2))).bind(stretched_with_a_still_mode(), MESH)
    assert len(bound.lower) == 1


def stretched_with_a_still_mode():
    base = stretched(MESH)
    modes = np.zeros((2, *MESH.points.shape))
    modes[0] = base.modes[0]
    far = MESH.points[:, 0] < -0.5
    modes[1, far, 1] = MESH.points[far, 1]
    return Linear(MESH.points, modes)


def test_fixed_points_refuse_to_hold_every_variable():
    with pytest.raises(ConstraintError, match="leaves none of the 3"):
        FixedPoints(box=((-2, -2, -2), (2, 2, 2))).bind(stretched(MESH), MESH)


@pytest.mark.parametrize("arguments", [
    {}, {"indices": (0,), "box": ((0, 0, 0), (1, 1, 1))}, {"indices": (-1,)}, {"indices": (10**6,)},
    {"box": ((5, 5, 5), (6, 6, 6))},
])
def test_fixed_points_refuse(arguments):
    with pytest.raises(ConstraintError):
        FixedPoints(**arguments).bind(stretched(MESH), MESH)


def mirror_mesh():
    """A sphere that mirrors itself across x = 0."""
    import trimesh

    cube = trimesh.creation.icosphere(2)
    points = np.array(cube.vertices)
    return Mesh(points, np.array(cube.faces))


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_symmetry_leaves_exactly_the_symmetric_designs(axis):
    mesh = mirror_mesh()
    deformation = bumpy(mesh, size=30)
    bound = SymmetryPlane(axis=axis).bind(deformation, mesh)
    flip = np.ones(3)
    flip[axis] = -1
    free = null_space(bound, 30)
    assert len(free) > 0
    image = np.linalg.norm(mesh.points[:, None] * flip - mesh.points[None], axis=2).argmin(axis=1)
    for x in 0.1 * free:
        points = deformation.points(x)
        assert np.abs(points[image] - points * flip).max() < 1e-10


def test_symmetry_counts_the_modes_it_takes():
    """Three stretches keep the symmetry; a shear across the plane and a shift along its normal do not."""
    mesh = mirror_mesh()
    modes = np.zeros((5, *mesh.points.shape))
    for axis in range(3):
        modes[axis, :, axis] = mesh.points[:, axis]
    modes[3, :, 0], modes[4, :, 1] = 1.0, mesh.points[:, 0]
    assert len(SymmetryPlane(axis=0).bind(Linear(mesh.points, modes), mesh).lower) == 2


def test_symmetry_refuses_an_asymmetric_mesh():
    with pytest.raises(ConstraintError, match="no mirror image within"):
        SymmetryPlane(axis=0, position=0.3).bind(stretched(MESH), MESH)


def test_too_many_equalities_are_refused():
    mesh = sphere(4)
    modes = np.eye(3 * 250, 3 * len(mesh.points)).reshape(750, -1, 3)
    with pytest.raises(ConstraintError, match=r"limit of 512.*bounds"):
        FixedPoints(indices=tuple(range(200))).bind(Linear(mesh.points, modes), mesh)
