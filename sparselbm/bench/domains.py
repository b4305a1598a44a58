"""Domains of the benchmark."""

from itertools import product

import numpy as np
import warp as wp

from ..geometry import TriangleMesh
from ..grid import Domain
from ..grid.build import box, inside
from ..grid.domain import build_domain
from ..layout import EDGE


def periodic_box(size: int, device: wp.Device) -> Domain:
    """Cube of fluid, periodic along every axis."""
    return box((size, size, size), periodic=(True, True, True), device=device)


def scattered_spheres(size: int, device: wp.Device, share: float = 0.1, radius: float = 3.0) -> Domain:
    """Periodic cube with a solid sphere in a randomly drawn share of its tiles."""
    grid = size // EDGE
    count = max(1, round(share * grid**3))
    solid = np.zeros((grid, grid, grid), dtype=bool)
    solid.reshape(-1)[np.random.default_rng(0).permutation(grid**3)[:count]] = True

    def fluid(indices: np.ndarray) -> np.ndarray:
        held = solid[tuple(np.moveaxis(indices // EDGE, -1, 0))]
        return ~held | (np.linalg.norm(indices % EDGE - 0.5 * (EDGE - 1), axis=-1) >= radius)

    return build_domain(
        shape=(size, size, size), voxel_size=1.0, origin=(0.0, 0.0, 0.0), periodic=(True, True, True),
        tiles=np.array(list(product(range(grid), repeat=3)), dtype=np.int32), fluid=fluid, device=device,
    )


_TRUNK, _FORK = np.array([0.0, 0.5, 0.5]), np.array([0.4, 0.5, 0.5])
_ENDS = np.array([[0.85, 0.2, 0.3], [0.85, 0.75, 0.8]])


def pipe_network(size: int, device: wp.Device) -> Domain:
    """Pipe with one bifurcation, 2 % of a box with edges of 3.2 `size`; radius 0.22 `size`, 28 cells at 128."""
    edge = round(3.2 * size)
    radius = 0.22 * size
    pipes = [(_TRUNK, _FORK), *((_FORK, end) for end in _ENDS)]
    tubes = [TriangleMesh.cylinder(radius, edge * a, edge * b, 48) for a, b in pipes]
    mesh = _joined([*tubes, TriangleMesh.sphere(radius, tuple(edge * _FORK))])
    return inside(mesh, voxel_size=1.0, origin=(0.0, 0.0, 0.0), shape=(edge, edge, edge), device=device)


def _joined(meshes: list[TriangleMesh]) -> TriangleMesh:
    """Merges meshes that may overlap: the inside is the union, by winding number."""
    starts = np.cumsum([0] + [len(mesh.points) for mesh in meshes[:-1]])
    return TriangleMesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]),
    )
