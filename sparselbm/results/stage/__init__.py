"""The results stage: USD layers over the user's scene."""

from .results_stage import ResultsStage
from .validation import validate_stage
from .xform_ops import PrimOps

__all__ = [
    "PrimOps",
    "ResultsStage",
    "validate_stage",
]
