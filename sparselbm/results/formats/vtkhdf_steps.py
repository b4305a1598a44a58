"""Fields at several times for ParaView and PyVista: VTKHDF with steps (VTKHDF specification 2.2).

A box that is full of tiles is one image, which both read. Sparse tiles are boxes of overlapping AMR with one level, for ParaView:
readers do not find the steps of images in a MultiBlock (VTK 9.7).
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from ...files.grid import TileGrid
from .blocks import box_values
from .boxes import merged_boxes
from .vtkhdf import begin_amr, begin_image, cell_counts

_COMPRESSED = {"compression": "gzip", "compression_opts": 1}


def write_steps(path: Path, times: Sequence[float], frames: Iterable[tuple[TileGrid, ...]], *, amr: bool = False) -> None:
    """Writes grids at several times [s], all on the same tiles, as cell data; NaN where there is no flow.

    `amr`: as overlapping AMR also where one box is full.
    """
    import h5py

    with h5py.File(path, "w") as file:
        root = file.create_group("VTKHDF", track_order=True)
        steps = root.create_group("Steps")
        steps.attrs["NSteps"] = np.int64(len(times))
        steps.create_dataset("Values", data=np.asarray(times, "<f8"))
        cells, boxes, is_image = None, np.empty((0, 2, 3), int), False
        for step, grids in enumerate(frames):
            if cells is None:
                boxes = merged_boxes(grids[0].tiles)
                is_image = len(boxes) == 1 and not amr
                cells = begin_image(root, grids[0], boxes[0]) if is_image else begin_amr(root, grids[0], boxes)
                if not is_image:
                    _begin_offsets(steps, len(times), len(boxes), int(cell_counts(boxes).sum()), [grid.name for grid in grids])
            for grid in grids:
                (_write_image if is_image else _write_boxes)(cells, grid, boxes, step, len(times))


def _write_image(cells, grid: TileGrid, boxes: np.ndarray, step: int, steps: int) -> None:
    """Values of one image at a step, the first index of its array; in VTK x varies fastest."""
    data = np.ascontiguousarray(next(box_values(grid, boxes)).swapaxes(0, 2))
    if grid.name not in cells:
        cells.create_dataset(grid.name, (steps, *data.shape), "<f4", chunks=(1, *data.shape), **_COMPRESSED)
    cells[grid.name][step] = data


def _write_boxes(cells, grid: TileGrid, boxes: np.ndarray, step: int, steps: int) -> None:
    """Values of all boxes at a step, one after the other and after those of the steps before."""
    tail, count = grid.values.shape[2:], int(cell_counts(boxes).sum())
    if grid.name not in cells:
        cells.create_dataset(grid.name, (steps * count, *tail), "<f4", chunks=True, **_COMPRESSED)
    blocks = [block.swapaxes(0, 2).reshape(-1, *tail) for block in box_values(grid, boxes)]
    cells[grid.name][step * count : (step + 1) * count] = np.concatenate(blocks)


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
