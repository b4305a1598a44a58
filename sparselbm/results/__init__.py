"""Results on disk: written, read again, drawn and exported."""

from .internal_flow_writer import InternalFlowWriter
from .reader import Results
from .writer import ResultsWriter

__all__ = [
    "InternalFlowWriter",
    "Results",
    "ResultsWriter",
]
