"""Fields at several times for ParaView and PyVista: VTKHDF with steps (VTKHDF specification 2.2).

A box that is full of tiles is one image, which both read. Sparse tiles are boxes of overlapping AMR with one level, for ParaView:
readers do not find the steps of images in a MultiBlock (VTK 9.7).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ...files.grid import TILE_EDGE, TileGrid
from .blocks import GHOST_TYPE, Cells
from .boxes import merged_boxes
from .field_data import FieldData
from .hdf5_file import hdf5_file
from .vtkhdf import (
    COMPRESSED,
    append_boxes,
    arrays_of,
    begin_amr,
    begin_image,
    cell_counts,
    write_field_data,
    write_layers,
)


def write_steps(
    path: Path, times: Sequence[float], frames: Iterable[tuple[TileGrid, ...]], facts: FieldData = FieldData(), *,
    amr: bool = False,
) -> None:
    """Writes grids at several times [s], all on the same tiles, as cell data with vtkGhostType.

    `amr`: as overlapping AMR also where one box is full. See `Cells` for the values in solids.
    """
    with hdf5_file(path) as file:
        root = file.create_group("VTKHDF", track_order=True)
        steps = root.create_group("Steps")
        steps.attrs["NSteps"] = np.int64(len(times))
        steps.create_dataset("Values", data=np.asarray(times, "<f8"))
        data, boxes, is_image = None, np.empty((0, 2, 3), int), False
        for step, grids in enumerate(frames):
            volume = Cells(grids)
            if data is None:
                boxes = merged_boxes(grids[0].tiles)
                is_image = len(boxes) == 1 and not amr
                data = begin_image(root, volume, boxes[0] * TILE_EDGE) if is_image else begin_amr(root, volume, boxes)
                write_field_data(root, facts, volume)
                if is_image:
                    _begin_field_data(steps, root["FieldData"], len(times))
                else:
                    names = [*(grid.name for grid in volume.fields), GHOST_TYPE]
                    _begin_offsets(steps, len(times), len(boxes), int(cell_counts(boxes).sum()), names)
            if is_image:
                _write_image(data, volume, boxes[0], step, len(times))
            else:
                append_boxes(data, volume, boxes, step, len(times))


def _write_image(data, volume: Cells, box: np.ndarray, step: int, steps: int) -> None:
    """Values of one image at a step, the first index of its arrays."""
    cells = box * TILE_EDGE
    for name, tail, kind, layers in arrays_of(volume, cells, box):
        shape = (*(cells[1] - cells[0])[::-1], *tail)
        if name not in data:
            data.create_dataset(name, (steps, *shape), kind, chunks=(1, TILE_EDGE, *shape[1:]), **COMPRESSED)
        write_layers(data[name], layers, at=(step,))


def _begin_field_data(steps, data, count: int) -> None:
    """Places and sizes of the field data, the same at all steps."""
    offsets, sizes = steps.create_group("FieldDataOffsets"), steps.create_group("FieldDataSizes")
    for name, values in data.items():
        offsets.create_dataset(name, data=np.zeros(count, "<i8"))
        sizes.create_dataset(name, data=np.tile(np.array([1, len(values)], "<i8"), (count, 1)))


def _begin_offsets(steps, count: int, boxes: int, cells: int, names: Sequence[str]) -> None:
    """Places of the boxes, the same at all steps, and of the values of each step."""
    level = steps.create_group("Level0")
    level.create_dataset("AMRBoxOffset", data=np.zeros(count, "<i8"))
    level.create_dataset("NumberOfAMRBox", data=np.full(count, boxes, "<i8"))
    for kind in ("PointDataOffset", "FieldDataOffset"):
        level.create_group(kind)
    offsets = level.create_group("CellDataOffset")
    for name in names:
        offsets.create_dataset(name, data=cells * np.arange(count, dtype="<i8"))
