"""The results of a run or a study in the formats of other tools: a file for each, one function in it."""

from ..written import Results, ResultsError
from .door import Door, MissingPackageError
from .forces import FORCES, SUMMARY
from .gltf import GLB
from .pictures import FILM, PICTURE
from .usdz import USDZ
from .volumes import NVDB, VDB, VDB_HALF
from .vtkhdf import AMR, VTKHDF
from .vtkimage import VTI

__all__ = [
    "AMR",
    "FILM",
    "FORCES",
    "GLB",
    "NVDB",
    "PICTURE",
    "SUMMARY",
    "USDZ",
    "VDB",
    "VDB_HALF",
    "VTI",
    "VTKHDF",
    "Door",
    "MissingPackageError",
    "Results",
    "ResultsError",
]
