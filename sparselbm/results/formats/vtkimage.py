"""Fields on the whole box as a VTK image, `.vti` (VTK's XML format, data appended raw)."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import psutil

from ...errors import ResultsError
from ...estimate.device import gibibytes
from ...files.grid import TILE_EDGE, TileGrid
from ..reader import Results
from .blocks import GHOST_TYPE, Cells
from .export_format import ExportFormat
from .field_data import FieldData
from .vtk_xml import Array, write_collection, write_xml


def write_vti(path: Path, grids: tuple[TileGrid, ...], facts: FieldData = FieldData()) -> None:
    """Writes grids on the same tiles as cell data of their bounding box, with vtkGhostType; see `Cells` for values in solids.

    Raises ResultsError for a box that does not fit in memory: use VTKHDF for sparse fields.
    """
    tiles, volume = grids[0].tiles.astype(np.int64), Cells(grids)
    box = np.stack([tiles.min(axis=0), tiles.max(axis=0) + 1])
    cells = box * TILE_EDGE
    count = int(np.prod(cells[1] - cells[0]))
    arrays = [
        Array(grid.name, np.dtype("<f4"), grid.components, count, volume.layers(grid, cells)) for grid in volume.fields
    ]
    arrays.append(Array(GHOST_TYPE, np.dtype("u1"), 1, count, volume.ghost_types(cells, box)))
    largest, free = max(array.nbytes for array in arrays), 0.4 * psutil.virtual_memory().available
    if largest > free:
        raise ResultsError(
            f"{path.suffix}: the box around the tiles needs {gibibytes(largest)}, above the limit of "
            f"{gibibytes(free)} (0.4 of the free memory): export vtkhdf, which only stores the tiles"
        )
    extent = " ".join(f"{a} {b}" for a, b in zip(*cells.tolist()))
    place = {
        "WholeExtent": extent, "Origin": " ".join(map(repr, volume.corner.tolist())),
        "Spacing": " ".join([repr(volume.voxel_size)] * 3),
    }
    write_xml(path, "ImageData", place, {"Extent": extent}, {"CellData": arrays}, facts)


def _fields(results: Results, path: Path) -> None:
    write_vti(path, results.grids, FieldData.of(results))


def _frame(number: int, results: Results, path: Path) -> None:
    write_vti(path, results.frame(number), FieldData.of(results).at(results.times[number]))


def _series(results: Results) -> tuple[tuple[str, Callable[[Results, Path], None]], ...]:
    """An image per output time with volumes, and their collection."""
    names = {f"fields_{number:04d}.vti": number for number in results.frames}
    times = {name: results.times[number] for name, number in names.items()}
    collection = (("fields.pvd", lambda results, path: write_collection(path, times)),) if times else ()
    return (*((name, partial(_frame, number)) for name, number in names.items()), *collection)


VTI = ExportFormat((("fields.vti", _fields),), fields=True, series=_series)
"""For ParaView, PyVista, and many other tools."""
