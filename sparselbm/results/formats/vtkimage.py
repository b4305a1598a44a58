"""Fields on the whole box as a VTK image, `.vti` (VTK's XML format, data appended raw)."""

from pathlib import Path

import numpy as np
import psutil

from ...errors import ResultsError
from ...estimate.device import gibibytes
from ...files.grid import TILE_EDGE, TileGrid
from ..reader import Results
from .blocks import box_values, corner
from .export_format import ExportFormat

HEAD = """<?xml version="1.0"?>
<VTKFile type="ImageData" version="1.0" byte_order="LittleEndian" header_type="UInt64">
<ImageData WholeExtent="{extent}" Origin="{origin}" Spacing="{spacing}">
<Piece Extent="{extent}">
<CellData>
{arrays}
</CellData>
</Piece>
</ImageData>
<AppendedData encoding="raw">
_"""
ARRAY = (
    '<DataArray type="Float32" Name="{name}" NumberOfComponents="{components}" format="appended" offset="{offset}"/>'
)
TAIL = "\n</AppendedData>\n</VTKFile>\n"


def write_vti(path: Path, grids: tuple[TileGrid, ...]) -> None:
    """Writes grids on the same tiles as cell data of their bounding box; NaN where there is no flow.

    Raises ResultsError for a box that does not fit in memory: use VTKHDF for sparse fields.
    """
    first = grids[0]
    low, high = first.tiles.min(axis=0), first.tiles.max(axis=0) + 1
    cells = int(np.prod((high - low).astype(np.int64) * TILE_EDGE))
    sizes = [4 * cells * grid.components for grid in grids]
    free = 0.4 * psutil.virtual_memory().available
    if max(sizes) > free:
        raise ResultsError(
            f"{path.suffix}: the box around the tiles needs {gibibytes(max(sizes))}, above the limit of "
            f"{gibibytes(free)} (0.4 of the free memory): export vtkhdf, which only stores the tiles"
        )
    extent = " ".join(f"{a} {b}" for a, b in zip(low * TILE_EDGE, high * TILE_EDGE))
    offsets = np.cumsum([0, *(size + 8 for size in sizes)])
    arrays = "\n".join(
        ARRAY.format(name=grid.name, components=grid.components, offset=offset) for grid, offset in zip(grids, offsets)
    )
    place = {"origin": " ".join(map(repr, corner(first).tolist())), "spacing": " ".join([repr(first.voxel_size)] * 3)}
    with open(path, "wb") as file:
        file.write(HEAD.format(extent=extent, arrays=arrays, **place).encode())
        for grid, size in zip(grids, sizes):
            file.write(np.uint64(size).tobytes())
            (block,) = box_values(grid, np.array([[low, high]]))
            # In VTK x varies fastest.
            file.write(np.ascontiguousarray(block.swapaxes(0, 2), "<f4").data)
        file.write(TAIL.encode())


def _fields(results: Results, path: Path) -> None:
    write_vti(path, results.grids)


VTI = ExportFormat((("fields.vti", _fields),), fields=True)
"""For ParaView, PyVista, and many other tools."""
