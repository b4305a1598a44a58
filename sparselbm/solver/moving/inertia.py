"""Mass, centre and inertia of bodies, and both as one matrix of six."""

from dataclasses import dataclass

import numpy as np

from ...errors import MotionError
from ...geometry import TriangleMesh


@dataclass(frozen=True, eq=False)
class MassProperties:
    """What a body is to its motion, in cells and lattice masses (the fluid has 1 a cell); in 2D of a layer one cell thick."""

    mass: float
    """M."""
    centre: np.ndarray
    """Centre of mass where the obstacle was built [cells from the domain's lower corner], (3,)."""
    inertia: np.ndarray
    """About that centre, sum m (r.r 1 - r r^T), (3, 3); in 2D the last entry counts."""


@dataclass(frozen=True)
class Uniform:
    """A body of one density throughout."""

    density: float
    """Over that of the fluid."""

    def __post_init__(self):
        if not (np.isfinite(self.density) and self.density > 0):
            raise MotionError(f"density {self.density} of a body, over the fluid's: must be above 0")


def of_volume(mesh: TriangleMesh, dimension: int, name: str) -> MassProperties:
    """Those of the mesh full of density 1: exact integrals over its volume.

    In two dimensions the mesh must be a prism along z, of which a layer of thickness 1 is taken.
    """
    from trimesh.triangles import mass_properties

    origin = mesh.bounds.mean(axis=0)
    found = mass_properties(np.stack(mesh.corners, axis=1) - origin, density=1.0)
    volume, centre, inertia = float(found.volume), origin + found.center_mass, np.asarray(found.inertia)
    if not volume > 0:
        raise MotionError(
            f"the surface of {name!r} encloses {volume:.3g} cells: repair the mesh, or turn its faces outward"
        )
    if dimension == 2:
        height = _height_of_prism(mesh, name)
        volume, inertia = volume / height, np.diag([0.0, 0.0, inertia[2, 2] / height])
    return MassProperties(volume, centre, inertia)


def _height_of_prism(mesh: TriangleMesh, name: str) -> float:
    low, high = mesh.bounds[:, 2]
    z = mesh.points[:, 2]
    if np.minimum(z - low, high - z).max() > 1e-6 * (high - low):
        raise MotionError(
            f"{name!r} is no prism along z, as a free body in two dimensions must be: give its outline drawn out along z"
        )
    return float(high - low)


def six(mass: float, offset: np.ndarray, inertia: np.ndarray) -> np.ndarray:
    """G with (momentum, angular momentum about x_0) = G (v, Omega), for a body whose centre of mass is at x_0 + offset, (6, 6).

    G = [[m 1, -m [r]x], [m [r]x, I - m [r]x [r]x]].
    """
    r = np.array([[0.0, -offset[2], offset[1]], [offset[2], 0.0, -offset[0]], [-offset[1], offset[0], 0.0]])
    return np.block([[mass * np.eye(3), -mass * r], [mass * r, inertia - mass * r @ r]])
