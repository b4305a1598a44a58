"""The part of a surface in a box, against exact areas and extents."""

import numpy as np
import pytest

from sparselbm.errors import GeometryError
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.clipping import clipped

BALL = TriangleMesh.sphere(0.5, subdivisions=5)
FAR = 9.0


def slab(axis, low, high):
    """Corners of a box that is bounded along one axis only."""
    corners = np.array([[-FAR] * 3, [FAR] * 3])
    corners[:, axis] = low, high
    return corners


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(("low", "high"), [(-0.2, 0.3), (0.1, 0.4), (-FAR, 0.0), (-FAR, FAR)])
def test_a_zone_of_a_sphere_has_the_area_2_pi_r_h(axis, low, high):
    part = clipped(BALL, *slab(axis, low, high), "ball")
    height = min(high, 0.5) - max(low, -0.5)
    assert part.area == pytest.approx(2.0 * np.pi * 0.5 * height, rel=1e-3)
    assert part.bounds[:, axis] == pytest.approx([max(low, -0.5), min(high, 0.5)], abs=1e-3)


def test_parts_on_both_sides_of_a_plane_add_up_with_the_same_normals():
    parts = [clipped(BALL, *slab(1, *ends), "ball") for ends in ((-FAR, 0.123), (0.123, FAR))]
    assert sum(part.area for part in parts) == pytest.approx(BALL.area, rel=1e-12)
    assert sum(part.area_vectors.sum(axis=0) for part in parts) == pytest.approx(BALL.area_vectors.sum(axis=0), abs=1e-12)
    assert all((part.area_vectors * (part.points[part.faces].mean(axis=1))).sum(axis=1).min() > 0.0 for part in parts)


def test_a_box_without_surface_is_refused():
    for low, high in (([1.0, 1.0, 1.0], [2.0, 2.0, 2.0]), ([-0.1, -0.1, -0.1], [0.1, 0.1, 0.1])):
        with pytest.raises(GeometryError, match=r"no part of the surface of ball is in the box from .* m.*move the corners"):
            clipped(BALL, np.array(low), np.array(high), "ball")
