"""Fields as OpenVDB, both in one file, and as NanoVDB, a file each."""

from pathlib import Path

from ...files.nvdb import write_nvdb
from ...files.vdb import write_vdb
from ..reader import FIELDS, Results
from .export_format import ExportFormat


def _vdb(results: Results, path: Path) -> None:
    write_vdb(path, results.grids)


def _vdb_half(results: Results, path: Path) -> None:
    write_vdb(path, results.grids, half=True)


def _nvdb(number: int):
    def write(results: Results, path: Path) -> None:
        write_nvdb(path, results.grids[number])

    return write


VDB = ExportFormat((("fields.vdb", _vdb),), fields=True)
"""Blender, Houdini, usdview."""
VDB_HALF = ExportFormat((("fields.vdb", _vdb_half),), fields=True)
"""The same in half the space."""
NVDB = ExportFormat(tuple((f"{name}.nvdb", _nvdb(number)) for number, name in enumerate(FIELDS)), fields=True)
"""Omniverse, Warp."""
