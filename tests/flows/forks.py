"""A Y of round tubes."""

import runpy
from pathlib import Path

import numpy as np

from sparselbm.geometry import TriangleMesh

ASSETS = Path(__file__).parents[2] / "assets"
PARENT, BRANCH, ANGLE = 50.0, 40.0, np.radians(40.0)
"""Radii [m], which are large since `vessel_shapes` rounds to a thousandth, and the angle of each branch from the axis."""


def fork(lengths, turn):
    """A Y with branches of these lengths [branch diameters], turned by an angle [degrees] in its plane, and its caps."""
    shapes, a = runpy.run_path(str(ASSETS / "vessel_shapes.py")), np.radians(turn)
    rotation = np.array([[np.cos(a), -np.sin(a), 0.0], [np.sin(a), np.cos(a), 0.0], [0.0, 0.0, 1.0]])
    tubes, ends = [shapes["Tube"]((-250.0, 0.0, 0.0), (0.0, 0.0, 0.0), PARENT)], []
    ends.append(shapes["End"]((-200.0, 0.0, 0.0), (-1.0, 0.0, 0.0), PARENT))
    reach = 0.0
    for sign, length in zip((1.0, -1.0), lengths, strict=True):
        along, long = np.array([np.cos(ANGLE), sign * np.sin(ANGLE), 0.0]), 2.0 * BRANCH * length
        tubes.append(shapes["Tube"]((0.0, 0.0, 0.0), tuple((long + 50.0) * along), BRANCH))
        ends.append(shapes["End"](tuple(long * along), tuple(along), BRANCH))
        reach = max(reach, long + 100.0)
    low, high = np.array([-316.0, -reach, -80.0]), np.array([reach, reach, 80.0])
    wall, caps = shapes["contoured"](shapes["union"](tubes, 10.0), ends, low, high, 4.9)
    triangles = wall[1][:, [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3)
    named = {name: TriangleMesh(cap[0] @ rotation.T, cap[1]) for name, cap in zip(("in", "a", "b"), caps, strict=True)}
    return TriangleMesh(wall[0] @ rotation.T, triangles), named
