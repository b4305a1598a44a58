"""Export formats of fields for ParaView and PyVista: at all output times of a run, or those of the last flow with mean fields."""

from pathlib import Path

from ..reader import Results
from .export_format import ExportFormat
from .vtkhdf import write_amr, write_vtkhdf
from .vtkhdf_steps import write_steps


def _fields(results: Results, path: Path) -> None:
    if results.has_frames:
        write_steps(path, results.times, map(results.frame, range(len(results.times))))
    else:
        write_vtkhdf(path, results.grids)


def _amr(results: Results, path: Path) -> None:
    if results.has_frames:
        write_steps(path, results.times, map(results.frame, range(len(results.times))), amr=True)
    else:
        write_amr(path, results.grids)


VTKHDF = ExportFormat((("fields.vtkhdf", _fields),), ("h5py",), "vtkhdf", fields=True)
"""For ParaView, PyVista."""
AMR = ExportFormat((("fields_amr.vtkhdf", _amr),), ("h5py",), "vtkhdf", fields=True)
"""ParaView."""
