"""Mass, centre of mass and inertia of bodies, and their (6, 6) inertia matrix."""

from dataclasses import dataclass

import numpy as np

from ...errors import MotionError
from ...geometry import TriangleMesh


@dataclass(frozen=True, eq=False)
class MassProperties:
    """Mass and inertia of a body, in cells and lattice masses (1 per cell of fluid); in 2D those of a layer one cell thick."""

    mass: float
    """Mass M."""
    centre: np.ndarray
    """Centre of mass when the obstacle was built [cells from the domain's lower corner], (3,)."""
    inertia: np.ndarray
    """Moment of inertia about that centre, sum m (r.r 1 - r r^T), (3, 3); in 2D only the last entry is used."""


@dataclass(frozen=True)
class Uniform:
    """A body of uniform density."""

    density: float
    """Density relative to that of the fluid."""

    def __post_init__(self):
        if not (np.isfinite(self.density) and self.density > 0):
            raise MotionError(f"density {self.density} of a body, relative to the fluid: must be finite and above 0")


def of_volume(mesh: TriangleMesh, dimension: int, name: str) -> MassProperties:
    """Mass and inertia of the volume of a mesh with density 1, by exact integrals.

    In two dimensions the mesh must be a prism along z, of which a layer of thickness 1 is taken. Raises MotionError where it
    is not, and for a mesh that encloses no volume.
    """
    from trimesh.triangles import mass_properties

    origin = mesh.bounds.mean(axis=0)
    found = mass_properties(np.stack(mesh.corners, axis=1) - origin, density=1.0)
    volume, centre, inertia = float(found.volume), origin + found.center_mass, np.asarray(found.inertia)
    if not volume > 0:
        raise MotionError(
            f"the surface of {name!r} encloses {volume:.3g} cells: repair the mesh, or flip its faces so that they point outward"
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
            f"{name!r} is not a prism along z, as a free body in two dimensions must be: extrude its outline along z"
        )
    return float(high - low)


def six(mass: float, offset: np.ndarray, inertia: np.ndarray) -> np.ndarray:
    """Matrix G with (momentum, angular momentum about x_0) = G (v, Omega), for a centre of mass at x_0 + offset, (6, 6).

    G = [[m 1, -m [r]x], [m [r]x, I - m [r]x [r]x]].
    """
    r = np.array([[0.0, -offset[2], offset[1]], [offset[2], 0.0, -offset[0]], [-offset[1], offset[0], 0.0]])
    return np.block([[mass * np.eye(3), -mass * r], [mass * r, inertia - mass * r @ r]])
