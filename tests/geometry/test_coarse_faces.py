"""What is said of surfaces whose points stand far apart."""

import numpy as np
import pytest

from sparselbm.flows import WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.coarse_faces import coarse_faces, long_edge


def test_the_edge_that_a_tenth_of_the_area_exceeds():
    """A box of 8 points has the diagonals of its sides; a strip of 5 % of the area does not count."""
    assert long_edge(TriangleMesh.box((0, 0, 0), (3, 1, 1))) == pytest.approx(np.sqrt(10.0))
    points = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (40, 0, 0), (0, 0.00125, 0)]
    assert long_edge(TriangleMesh(np.array(points, dtype=float), np.array([[0, 1, 2], [0, 3, 4]]))) == pytest.approx(np.sqrt(2.0))


def test_a_box_of_eight_points_is_warned_of_and_a_fine_ball_is_not():
    box = TriangleMesh.box((0, 0, 0), (2, 1, 1))
    (said,) = coarse_faces(box, 0.1, "/World/Car")
    for word in ("/World/Car", "22.4 cells", "limit of 4 cells", "refine the mesh", "--subdivision-levels"):
        assert word in said
    assert said in WindTunnel(voxel_size=0.1, reynolds=30).around({"/World/Car": box}, "/World/Car").warnings
    assert coarse_faces(TriangleMesh.sphere(0.5, subdivisions=3), 0.1, "/World/Ball") == ()
