"""Triangle meshes, signed distance and the differentiable solid fraction.

This room imports nothing from the solver, and importing it does not initialise a device.
"""

from .crossings import crossing_faces
from .distance import SurfaceQuery
from .repair import RepairReport, inspect_mesh, repair
from .solid_fraction import SolidFraction, solid_fraction
from .thickness import solid_behind
from .triangles import TriangleMesh

__all__ = [
    "RepairReport",
    "SolidFraction",
    "SurfaceQuery",
    "TriangleMesh",
    "crossing_faces",
    "inspect_mesh",
    "repair",
    "solid_behind",
    "solid_fraction",
]
