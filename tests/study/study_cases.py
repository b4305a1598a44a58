"""A small ball in a small tunnel."""

import numpy as np

from sparselbm.design import DesignProblem, ShapeVariables
from sparselbm.flows import WindTunnel
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.deformation import FFD

BALL = TriangleMesh.sphere(0.5, subdivisions=3)
SMALL = WindTunnel(voxel_size=0.12, reynolds=30, upstream=0.6, downstream=1.2, side=0.9)


def small_setup(device=None):
    """8.3 cells across, 24^3 cells."""
    return SMALL.around({"ball": BALL}, "ball", device=device)


def small_problem(device, deformation=FFD((3, 3, 3), limit=0.1), **options):
    """The ball in a lattice of 3 x 3 x 3 control points."""
    return DesignProblem(small_setup(device), ShapeVariables(deformation), **options)


def swelling(amount):
    """Variables that widen the lattice across the flow by `amount` of the limit."""
    x = np.zeros((3, 3, 3, 3))
    for axis in (1, 2):
        layers = np.moveaxis(x[..., axis], axis, 0)
        layers[0], layers[2] = -0.1 * amount, 0.1 * amount
    return x.reshape(-1)
