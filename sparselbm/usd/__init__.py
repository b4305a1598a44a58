"""USD scenes in, USD results out. `pxr` is imported where it is used, so that this import stays light."""

from sparselbm.usd.body import Body, Part, PointInstance
from sparselbm.usd.errors import ResultsExistError, SceneError
from sparselbm.usd.motion import TransformSamples
from sparselbm.usd.report import Note, SceneReport
from sparselbm.usd.results import ResultsStage
from sparselbm.usd.scene import Scene
from sparselbm.usd.stage import open_stage
from sparselbm.usd.surface_doubts import surface_doubts
from sparselbm.usd.validation import validate_stage
from sparselbm.usd.variants import variants_of
from sparselbm.usd.xform_ops import PrimOps

__all__ = [
    "Body",
    "Note",
    "Part",
    "PointInstance",
    "PrimOps",
    "ResultsExistError",
    "ResultsStage",
    "Scene",
    "SceneError",
    "SceneReport",
    "TransformSamples",
    "open_stage",
    "surface_doubts",
    "validate_stage",
    "variants_of",
]
