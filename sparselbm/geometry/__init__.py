"""Triangle meshes, signed distance, the differentiable solid fraction, and deformations.

Lowest layer: it imports nothing else of the package, and importing it initialises no device.
"""

from .crossings import crossing_faces
from .deformation import BoundDeformation, Deformation, LinearDeformation
from .distance import SurfaceQuery
from .errors import GeometryError
from .ffd import FFD, LatticeSide, Mirror
from .repair import RepairReport, inspect_mesh, repair
from .rigid import Rigid
from .solid_fraction import SolidFraction, solid_fraction
from .thickness import solid_behind
from .transform_ops import Held, Rotate, Scale, TransformOps, Translate
from .triangles import TriangleMesh
from .turned import Turned
from .vertices import FreeVertices

__all__ = [
    "FFD",
    "BoundDeformation",
    "Deformation",
    "FreeVertices",
    "GeometryError",
    "Held",
    "LatticeSide",
    "LinearDeformation",
    "Mirror",
    "RepairReport",
    "Rigid",
    "Rotate",
    "Scale",
    "SolidFraction",
    "SurfaceQuery",
    "TransformOps",
    "Translate",
    "TriangleMesh",
    "Turned",
    "crossing_faces",
    "inspect_mesh",
    "repair",
    "solid_behind",
    "solid_fraction",
]
