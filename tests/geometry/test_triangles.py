"""Meshes: exact integrals, transforms, errors, repair."""

import numpy as np
import pytest

from sparselbm.errors import GeometryError
from sparselbm.geometry import TriangleMesh, inspect_mesh, repair

BOX = TriangleMesh.box((1.0, 2.0, 3.0), (2.0, 4.0, 6.0))


def test_box_integrals_are_exact():
    assert BOX.volume == pytest.approx(6.0, rel=1e-14)
    assert BOX.area == pytest.approx(22.0, rel=1e-14)
    np.testing.assert_allclose(BOX.centroid, [1.5, 3.0, 4.5], rtol=1e-14)
    np.testing.assert_array_equal(BOX.bounds, [[1, 2, 3], [2, 4, 6]])


def test_volume_keeps_its_digits_far_from_the_origin():
    assert TriangleMesh.box((1e6, 1e6, 1e6), (1e6 + 1, 1e6 + 1, 1e6 + 1)).volume == pytest.approx(1.0, rel=1e-12)


def test_sphere_points_lie_on_the_sphere_and_its_volume_converges_at_second_order():
    errors = []
    for subdivisions in (2, 3, 4):
        mesh = TriangleMesh.sphere(2.0, (1.0, 0.0, 0.0), subdivisions)
        assert len(mesh.points) == 10 * 4**subdivisions + 2
        np.testing.assert_allclose(np.linalg.norm(mesh.points - [1.0, 0.0, 0.0], axis=1), 2.0, rtol=1e-14)
        errors.append(1.0 - mesh.volume / (32.0 / 3.0 * np.pi))
    np.testing.assert_allclose(np.log2(np.divide(errors[:-1], errors[1:])), 2.0, atol=0.05)


@pytest.mark.parametrize("end", [(0.0, 0.0, 3.0), (1.0, 2.0, 2.0)])
def test_cylinder_is_a_closed_prism(end):
    n = 12
    mesh = TriangleMesh.cylinder(0.5, (0.0, 0.0, 0.0), end, n)
    polygon = 0.5 * n * 0.25 * np.sin(2.0 * np.pi / n)
    assert mesh.volume == pytest.approx(3.0 * polygon, rel=1e-13)
    assert inspect_mesh(mesh, "cylinder").watertight


@pytest.mark.parametrize("scale", [(1, 1, 1), (-1, 1, 1), (-1, -1, -1), (2, -3, 1)])
def test_transforms_scale_the_volume_by_the_size_of_the_determinant(scale):
    matrix = np.diag([*scale, 1.0])
    matrix[:3, 3] = [5.0, -1.0, 2.0]
    moved = BOX.transformed(matrix)
    assert moved.volume == pytest.approx(6.0 * abs(np.prod(scale)), rel=1e-13)
    np.testing.assert_allclose(moved.centroid, BOX.centroid * scale + [5.0, -1.0, 2.0], rtol=1e-14)


@pytest.mark.parametrize(
    ("points", "faces", "words"),
    [
        (np.zeros((0, 3)), [[0, 1, 2]], "count above 0"),
        (np.eye(3), np.zeros((0, 3), dtype=int), "count above 0"),
        ([[0, 0, np.nan], [1, 0, 0], [0, 1, 0]], [[0, 1, 2]], "point 0"),
        ([[0, 0, 0], [1, np.inf, 0], [0, 1, 0]], [[0, 1, 2]], "point 1"),
        (np.eye(3), [[0, 1, 3]], "0 to 2"),
        (np.eye(3), [[0, -1, 2]], "0 to 2"),
        (np.eye(3), [[0.0, 1.0, 2.0]], "int32"),
        (np.ones((3, 3)), [[0, 1, 2]], "area 0.0"),
    ],
)
def test_what_is_no_mesh_is_refused(points, faces, words):
    with pytest.raises(GeometryError, match=words):
        TriangleMesh(points, faces)


def test_points_must_keep_their_number():
    with pytest.raises(GeometryError, match=r"\(8, 3\)"):
        BOX.with_points(np.zeros((7, 3)))
    with pytest.raises(GeometryError, match="4x4"):
        BOX.transformed(np.eye(3))


def test_meshes_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        BOX.points[0] = 0.0


def test_repair_turns_faces_and_keeps_points_and_their_order():
    faces = BOX.faces.copy()
    faces[::3] = faces[::3, ::-1]
    mended, report = repair(TriangleMesh(BOX.points, faces), "box")
    np.testing.assert_array_equal(mended.points, BOX.points)
    np.testing.assert_allclose(mended.area_vectors, BOX.area_vectors)
    assert (report.flipped_faces, report.watertight, report.volume) == (4, True, pytest.approx(6.0))


def test_repair_turns_a_body_that_is_inside_out():
    mended, report = repair(TriangleMesh(BOX.points, BOX.faces[:, ::-1]), "box")
    assert (mended.volume, report.flipped_faces) == (pytest.approx(6.0), 12)


def test_repair_keeps_the_wall_of_a_cavity():
    shell, hole = TriangleMesh.sphere(2.0), TriangleMesh.sphere(1.0)
    faces = np.concatenate([shell.faces, hole.faces[:, ::-1] + len(shell.points)])
    hollow = TriangleMesh(np.concatenate([shell.points, hole.points]), faces)
    mended, report = repair(hollow, "hollow")
    assert (report.components, report.flipped_faces) == (2, 0)
    assert mended.volume == pytest.approx(shell.volume - hole.volume)


def test_repair_drops_degenerate_and_duplicate_faces():
    faces = np.concatenate([BOX.faces, [[0, 0, 1], [3, 1, 0]]])
    mended, report = repair(TriangleMesh(BOX.points, faces), "box")
    assert (report.degenerate_faces, report.duplicate_faces, len(mended.faces)) == (1, 1, 12)


def test_triangle_soup_is_watertight_and_merges_only_when_asked():
    soup = TriangleMesh(BOX.points[BOX.faces].reshape(-1, 3), np.arange(36).reshape(-1, 3))
    kept, report = repair(soup, "soup")
    assert (report.watertight, report.merged_points, len(kept.points)) == (True, 0, 36)
    merged, report = repair(soup, "soup", merge_tolerance=1e-6)
    assert (report.watertight, report.merged_points, len(merged.points)) == (True, 28, 8)
    assert merged.volume == pytest.approx(6.0)


def test_the_report_counts_open_and_non_manifold_edges():
    report = inspect_mesh(TriangleMesh(BOX.points, BOX.faces[2:]), "lidless")
    assert (report.watertight, report.open_edges, report.components) == (False, 4, 1)
    fin = TriangleMesh(np.concatenate([BOX.points, [[0.0, 0.0, 0.0]]]), np.concatenate([BOX.faces, [[0, 1, 8]]]))
    assert inspect_mesh(fin, "fin").non_manifold_edges == 1
    assert "lidless: 8 points, 10 faces" in report.lines()[0]
