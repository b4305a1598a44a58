"""Faces that cross, and the solid behind faces, of bodies where both are known."""

import numpy as np
import pytest

from sparselbm.geometry import TriangleMesh, crossing_faces, solid_behind


def together(*meshes):
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    return TriangleMesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=False)]),
    )


@pytest.mark.parametrize("centre", [(0.0, 0.0, 0.0), (1000.0, -500.0, 2000.0)])
def test_a_corner_in_a_box_crosses_three_sides_of_each(centre, device):
    """Boxes from 0 to 1 and from 0.7 to 1.9, their triangles cut along the same diagonals."""
    c = np.array(centre)
    boxes = TriangleMesh.box(c, c + 1.0), TriangleMesh.box(c + 0.7, c + 1.9)
    crossing = crossing_faces(together(*boxes), device=device)
    normals = together(*boxes).area_vectors
    for box, sign in ((slice(0, 12), 1.0), (slice(12, 24), -1.0)):
        assert crossing[box].any()
        assert np.all(normals[box][crossing[box]].sum(axis=1) * sign > 0.0), "only the three sides at the corner"
        assert len({tuple(n) for n in np.sign(normals[box][crossing[box]])}) == 3


def test_bodies_apart_or_one_in_the_other_or_split_at_seams_do_not_cross(device):
    ball = TriangleMesh.sphere(1.0, subdivisions=3)
    inner, beside = TriangleMesh.sphere(0.5, subdivisions=2), TriangleMesh.sphere(1.0, (2.01, 0.0, 0.0), subdivisions=3)
    split = TriangleMesh(ball.points[ball.faces].reshape(-1, 3), np.arange(ball.faces.size).reshape(-1, 3))
    assert not crossing_faces(together(ball, inner, beside), device=device).any()
    assert not crossing_faces(split, device=device).any()


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e4])
def test_what_crosses_does_not_depend_on_the_unit_of_length(size, device):
    """Balls a hundredth of their radius apart, and overlapping by as much."""
    ball = TriangleMesh.sphere(size, subdivisions=3)
    for distance, crosses in ((2.01, False), (1.98, True)):
        both = together(ball, ball.with_points(ball.points + np.array([distance * size, 0.0, 0.0])))
        assert crossing_faces(both, device=device).any() == crosses


def test_behind_a_face_lie_the_thickness_of_a_plate_and_the_diameter_of_a_ball(device):
    plate = TriangleMesh.box((5.0, 0.0, 0.0), (5.25, 3.0, 2.0))
    extent = (np.sign(plate.area_vectors) ** 2) @ [0.25, 3.0, 2.0]
    assert solid_behind(plate, device=device) == pytest.approx(extent, rel=1e-5)
    ball = solid_behind(TriangleMesh.sphere(1.0, subdivisions=4), device=device)
    assert ball == pytest.approx(np.full(len(ball), 2.0), rel=5e-3)


def test_behind_an_open_sheet_lies_nothing(device):
    sheet = TriangleMesh(np.array([[0.0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]]), np.array([[0, 1, 2], [0, 2, 3]]))
    assert np.isinf(solid_behind(sheet, device=device)).all()
