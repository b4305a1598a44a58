"""Fields as OpenVDB, both in one file, and as NanoVDB, one file each."""

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
"""For Blender, Houdini, usdview."""
VDB_HALF = ExportFormat((("fields.vdb", _vdb_half),), fields=True)
"""OpenVDB with half-precision values, half the size."""
NVDB = ExportFormat(tuple((f"{name}.nvdb", _nvdb(number)) for number, name in enumerate(FIELDS)), fields=True)
"""For Omniverse, Warp."""
