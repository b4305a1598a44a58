"""Results on disk: writers, readers, drawings and export."""

from .internal_flow_writer import InternalFlowWriter
from .over_time import OverTime
from .porous_medium_writer import PorousMediumWriter
from .reader import Results
from .writer import ResultsWriter

__all__ = [
    "InternalFlowWriter",
    "OverTime",
    "PorousMediumWriter",
    "Results",
    "ResultsWriter",
]
