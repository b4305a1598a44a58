"""Fields as OpenVDB, all in one file, and as NanoVDB, one file each."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from ...files.nvdb import write_nvdb
from ...files.vdb import write_vdb
from ..reader import FIELDS, SOLID, Results
from .export_format import ExportFormat
from .field_data import FieldData


def _vdb(results: Results, path: Path, *, half: bool = False) -> None:
    facts = FieldData.of(results).plain(each.name for each in results.grids)
    write_vdb(path, results.grids, half=half, metadata=facts)


def _nvdb(name: str, results: Results, path: Path) -> None:
    write_nvdb(path, next(each for each in results.grids if each.name == name))


def _solid(results: Results) -> tuple[tuple[str, Callable[[Results, Path], None]], ...]:
    """The solid fraction, where the run has stored it."""
    name = f"{SOLID}.nvdb"
    return ((name, partial(_nvdb, SOLID)),) if (results.folder / name).is_file() else ()


VDB = ExportFormat((("fields.vdb", _vdb),), fields=True)
"""For Blender, Houdini, usdview."""
VDB_HALF = ExportFormat((("fields.vdb", partial(_vdb, half=True)),), fields=True)
"""OpenVDB with half-precision values, half the size."""
NVDB = ExportFormat(tuple((f"{name}.nvdb", partial(_nvdb, name)) for name in FIELDS), fields=True, series=_solid)
"""For Omniverse, Warp."""
