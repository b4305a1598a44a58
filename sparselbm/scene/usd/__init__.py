"""USD scenes and mesh files as bodies. `pxr` is only imported where it is used, so that this import is light."""

from .body import Body, Part, PointInstance
from .motion import TransformSamples
from .prim_bounds import prim_bounds
from .report import Note, SceneReport
from .scene import Scene
from .stage import open_stage
from .variants import variants_of

__all__ = [
    "Body",
    "Note",
    "Part",
    "PointInstance",
    "Scene",
    "SceneReport",
    "TransformSamples",
    "open_stage",
    "prim_bounds",
    "variants_of",
]
