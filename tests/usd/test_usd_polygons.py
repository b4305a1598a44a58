"""Laws of triangulation: area, winding and count are those of the polygon."""

import numpy as np
import pytest

from sparselbm.scene.usd.polygons import triangulate

OUTLINES = {
    "square": [(0, 0), (1, 0), (1, 1), (0, 1)],
    "arrow": [(0, 0), (2, 2), (0, 1), (-2, 2)],
    "l": [(1, 2), (0, 2), (0, 0), (2, 0), (2, 1), (1, 1)],
    "square with collinear corners": [(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)],
    "comb": [(0, 0), (7, 0), (7, 3), (6, 3), (6, 1), (4, 1), (4, 3), (3, 3), (3, 1), (1, 1), (1, 3), (0, 3)],
    "frame with a bridge": [(0, 0), (4, 0), (4, 4), (0, 4), (0, 0), (1, 1), (1, 3), (3, 3), (3, 1), (1, 1)],
    "star": [(np.cos(a) * r, np.sin(a) * r) for a, r in zip(np.arange(40) * np.pi / 20, [1.0, 0.3] * 20)],
}


def shoelace(outline):
    x, y = np.asarray(outline, dtype=float).T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


@pytest.mark.parametrize("name", OUTLINES)
@pytest.mark.parametrize("tilt", [0.0, 1.0, 2.5])
def test_triangles_tile_the_polygon(name, tilt):
    flat = np.array(OUTLINES[name], dtype=float)
    c, s = np.cos(tilt), np.sin(tilt)
    turn = np.array([[1, 0, 0], [0, c, -s], [0, s, c]]) @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    points = np.column_stack([flat, np.zeros(len(flat))]) @ turn.T
    triangles = triangulate(points, np.array([len(points)]), np.arange(len(points)))
    a, b, d = (points[triangles[:, k]] for k in range(3))
    signed = 0.5 * np.cross(b - a, d - a) @ turn[:, 2]
    assert len(triangles) == len(flat) - 2
    # All of one sign and adding up to the area: nothing overlaps, nothing sticks out.
    assert signed.min() > 1e-9
    assert signed.sum() == pytest.approx(shoelace(flat), rel=1e-12)


def test_quads_are_cut_at_their_reflex_corner():
    for shift in range(4):
        points = np.column_stack([np.roll(OUTLINES["arrow"], shift, axis=0), np.zeros(4)]).astype(float)
        faces = triangulate(points, np.array([4]), np.arange(4))
        a, b, c = (points[faces[:, k]] for k in range(3))
        assert np.all(np.cross(b - a, c - a)[:, 2] > 0.0)


def test_faces_keep_their_order_and_holes_and_stubs_are_left_out():
    points = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [-1, 0.5, 0]], dtype=float)
    counts = np.array([5, 3, 2, 4, 3])
    indices = np.array([0, 1, 2, 3, 4, 0, 3, 4, 0, 1, 0, 1, 2, 3, 0, 1, 2])
    faces = triangulate(points, counts, indices, holes=np.array([4]))
    assert len(faces) == 3 + 1 + 0 + 2 + 0
    assert faces[3].tolist() == [0, 3, 4]
    assert faces.dtype == np.int32
