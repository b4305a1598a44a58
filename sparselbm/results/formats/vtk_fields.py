"""Export formats of fields for ParaView and PyVista: at all output times of a run, or those of the last flow with mean fields."""

from collections.abc import Iterator
from pathlib import Path

from ...files.grid import TileGrid
from ..reader import Results
from .export_format import ExportFormat
from .field_data import FieldData
from .vtkhdf import write_amr, write_vtkhdf
from .vtkhdf_steps import write_steps


def _steps(results: Results) -> tuple[list[float], Iterator[tuple[TileGrid, ...]]]:
    """Times at which there are volumes, and their grids."""
    return [results.times[number] for number in results.frames], map(results.frame, results.frames)


def _fields(results: Results, path: Path) -> None:
    if results.frames:
        write_steps(path, *_steps(results), FieldData.of(results).timeless)
    else:
        write_vtkhdf(path, results.grids, FieldData.of(results))


def _amr(results: Results, path: Path) -> None:
    if results.frames:
        write_steps(path, *_steps(results), FieldData.of(results).timeless, amr=True)
    else:
        write_amr(path, results.grids, FieldData.of(results))


VTKHDF = ExportFormat((("fields.vtkhdf", _fields),), ("h5py",), "vtkhdf", fields=True)
"""For ParaView, PyVista."""
AMR = ExportFormat((("fields_amr.vtkhdf", _amr),), ("h5py",), "vtkhdf", fields=True)
"""ParaView."""
