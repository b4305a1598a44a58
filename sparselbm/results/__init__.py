"""Results on disk: writers, readers, drawings and export."""

from .internal_flow_writer import InternalFlowWriter
from .reader import Results
from .writer import ResultsWriter

__all__ = [
    "InternalFlowWriter",
    "Results",
    "ResultsWriter",
]
