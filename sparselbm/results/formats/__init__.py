"""Export of results to the file formats of other tools."""

from .export_format import ExportFormat
from .forces import FORCES, SUMMARY
from .gltf import GLB
from .pictures import film, picture
from .scene_view import PictureOptions
from .surfaces import STL
from .usdz import USDZ
from .volumes import NVDB, VDB, VDB_HALF
from .vtk_fields import AMR, VTKHDF
from .vtkimage import VTI
from .vtp import VTP

__all__ = [
    "AMR",
    "FORCES",
    "GLB",
    "NVDB",
    "STL",
    "SUMMARY",
    "USDZ",
    "VDB",
    "VDB_HALF",
    "VTI",
    "VTKHDF",
    "VTP",
    "ExportFormat",
    "PictureOptions",
    "film",
    "picture",
]
