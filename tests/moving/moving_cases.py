"""Cylinders that the tests of motion share."""

import numpy as np

from sparselbm.geometry import TriangleMesh


def cylinder(radius, centre, segments=128):
    """A cylinder through the plane of a 2D domain, its polygon as large as the circle."""
    scale = np.sqrt(2.0 * np.pi / segments / np.sin(2.0 * np.pi / segments))
    return TriangleMesh.cylinder(radius * scale, (*centre, -9.5), (*centre, 10.5), segments)


def momentum(simulation):
    """Sum of rho u over all cells of a simulation without body force, (d,)."""
    return (simulation.density()[..., None] * simulation.velocity()).sum(axis=(0, 1))


def shift(x, y):
    """The pose that moves by (x, y), (4, 4)."""
    matrix = np.eye(4)
    matrix[:2, 3] = x, y
    return matrix


def turned(angle, about):
    """The pose that turns about z through a point (x, y), (4, 4)."""
    matrix = np.eye(4)
    matrix[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    matrix[:2, 3] = np.asarray(about) - matrix[:2, :2] @ about
    return matrix
