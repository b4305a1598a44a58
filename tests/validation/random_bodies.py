"""Bodies of random cases: of unit size, turned and stretched at random."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.random import Generator

from sparselbm.geometry import TriangleMesh
from sparselbm.scene.usd import Scene

ASSETS = Path(__file__).parents[2] / "assets"


def sphere(rng: Generator) -> TriangleMesh:
    return TriangleMesh.sphere(0.5, subdivisions=3)


def ellipsoid(rng: Generator) -> TriangleMesh:
    return stretched(TriangleMesh.sphere(0.5, subdivisions=3), rng.uniform(0.4, 1.0, 3))


def cylinder(rng: Generator) -> TriangleMesh:
    half = 0.5 * rng.uniform(0.5, 3.0)
    return TriangleMesh.cylinder(0.5, (0.0, 0.0, -half), (0.0, 0.0, half), 32)


def block(rng: Generator) -> TriangleMesh:
    half = 0.5 * rng.uniform(0.4, 1.0, 3)
    return TriangleMesh.box(-half, half)


def plate(rng: Generator) -> TriangleMesh:
    half = 0.5 * np.array([10.0 ** rng.uniform(-2.0, -0.5), 1.0, rng.uniform(0.5, 1.0)])
    return TriangleMesh.box(-half, half)


def bunny(rng: Generator) -> TriangleMesh:
    mesh = Scene.open(ASSETS / "bunny_tunnel.usda").bodies[0].mesh
    return TriangleMesh((mesh.points - mesh.bounds.mean(axis=0)) / np.ptp(mesh.bounds, axis=0).max(), mesh.faces)


BODIES: dict[str, Callable[[Generator], TriangleMesh]] = {
    each.__name__: each for each in (sphere, ellipsoid, cylinder, block, plate, bunny)
}
"""Bodies by kind, each with a longest side of about 1 m."""


def turned(mesh: TriangleMesh, rng: Generator) -> TriangleMesh:
    """The mesh turned at random: the rotation is the orthogonal factor of a matrix of normal deviates."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    rotation = q * np.sign(np.diag(r))
    return TriangleMesh(mesh.points @ (rotation * np.sign(np.linalg.det(rotation))).T, mesh.faces)


def stretched(mesh: TriangleMesh, factors: np.ndarray | float) -> TriangleMesh:
    """The mesh scaled along the axes."""
    return TriangleMesh(mesh.points * factors, mesh.faces)
