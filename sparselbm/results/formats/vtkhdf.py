"""Sparse fields for ParaView and PyVista: VTKHDF with one image per box of tiles (VTKHDF specification 2.2).

Either as a MultiBlock, which both can read, or as one level of overlapping AMR, VTK's own type for sparse boxes: ParaView
slices and renders it as one field, but PyVista 0.49 rejects it ("vtkOverlappingAMR is not currently supported"). Tiles are
first merged into few boxes, since readers create an object per box. The images of a MultiBlock overlap by one layer of cells,
which vtkGhostType marks, so that filters join them without gaps; the boxes of an AMR level may not.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from ...files.grid import TILE_EDGE, TileGrid
from .blocks import GHOST_TYPE, Cells
from .boxes import merged_boxes
from .field_data import FieldData
from .hdf5_file import hdf5_file

VERSION = (2, 2)
COMPRESSED = {"compression": "gzip", "compression_opts": 1}


def write_vtkhdf(path: Path, grids: tuple[TileGrid, ...], facts: FieldData = FieldData()) -> None:
    """Writes grids on the same tiles as cell data of one file, with vtkGhostType; see `Cells` for the values in solids."""
    import h5py

    volume = Cells(grids)
    with hdf5_file(path) as file:
        root = file.create_group("VTKHDF", track_order=True)
        _name(root, "MultiBlockDataSet")
        write_field_data(root, facts, volume)
        assembly = root.create_group("Assembly", track_order=True)
        for number, box in enumerate(merged_boxes(grids[0].tiles)):
            cells = volume.with_ghosts(box)
            data = begin_image(root.create_group(f"box{number}"), volume, cells)
            assembly[f"box{number}"] = h5py.SoftLink(f"/VTKHDF/box{number}")
            for name, tail, kind, layers in arrays_of(volume, cells, box):
                shape = (*np.diff(cells, axis=0)[0, ::-1], *tail)
                chunks = (min(TILE_EDGE, shape[0]), *shape[1:])
                write_layers(data.create_dataset(name, shape, kind, chunks=chunks, **COMPRESSED), layers)


def write_amr(path: Path, grids: tuple[TileGrid, ...], facts: FieldData = FieldData()) -> None:
    """Writes grids as overlapping AMR with one level, without a coarser level below."""
    volume, boxes = Cells(grids), merged_boxes(grids[0].tiles)
    with hdf5_file(path) as file:
        root = file.create_group("VTKHDF", track_order=True)
        cells = begin_amr(root, volume, boxes)
        write_field_data(root, facts, volume)
        append_boxes(cells, volume, boxes, 0, 1)


def append_boxes(data, volume: Cells, boxes: np.ndarray, step: int, steps: int) -> None:
    """Writes the values of all boxes of tiles at a step, one after the other and after those of the steps before."""
    counts = cell_counts(boxes)
    count = int(counts.sum())
    begins = step * count + np.concatenate([[0], np.cumsum(counts)])
    for box, begin in zip(boxes, begins):
        for name, tail, kind, layers in arrays_of(volume, box * TILE_EDGE, box):
            if name not in data:
                data.create_dataset(name, (steps * count, *tail), kind, chunks=True, **COMPRESSED)
            write_layers(data[name], (layer.reshape(-1, *tail) for layer in layers), begin=int(begin))


def arrays_of(volume: Cells, cells: np.ndarray, box: np.ndarray) -> Iterator[tuple[str, tuple, str, Iterator[np.ndarray]]]:
    """Name, shape per cell, type and values of each array in a box of cells about a box of tiles."""
    for grid in volume.fields:
        yield grid.name, grid.values.shape[2:], "<f4", volume.layers(grid, cells)
    yield GHOST_TYPE, (), "u1", volume.ghost_types(cells, box)


def cell_counts(boxes: np.ndarray) -> np.ndarray:
    """Number of cells of each box of tiles, (k,)."""
    return (boxes[:, 1] - boxes[:, 0]).prod(axis=1) * TILE_EDGE**3


def begin_amr(root, volume: Cells, boxes: np.ndarray):
    """Makes a group overlapping AMR with one level of these boxes; returns the group of its cell data."""
    _name(root, "OverlappingAMR")
    root.attrs["Origin"] = volume.corner
    root.attrs.create("GridDescription", b"XYZ", dtype="S3")
    level = root.create_group("Level0", track_order=True)
    level.attrs["Spacing"] = np.full(3, volume.voxel_size)
    low, high = np.moveaxis(boxes * TILE_EDGE, 1, 0)
    # First and last cell along each axis.
    level.create_dataset("AMRBox", data=np.stack([low, high - 1], axis=2).reshape(-1, 6).astype("<i4"))
    for name in ("PointData", "FieldData"):
        level.create_group(name)
    return level.create_group("CellData")


def begin_image(group, volume: Cells, cells: np.ndarray):
    """Makes a group an image of a box of cells (2, 3); returns the group of its cell data.

    The extent begins at 0, since readers before VTK 9.7 take its begin for that of the arrays.
    """
    _name(group, "ImageData")
    low, high = cells
    group.attrs["WholeExtent"] = np.stack([0 * low, high - low], axis=1).ravel().astype("<i4")
    group.attrs["Origin"] = volume.corner + volume.voxel_size * low
    group.attrs["Spacing"] = np.full(3, volume.voxel_size)
    group.attrs["Direction"] = np.eye(3).ravel()
    return group.create_group("CellData")


def write_field_data(group, facts: FieldData, volume: Cells) -> None:
    """Writes field data of a group, with the units of the fields."""
    import h5py

    data = group.create_group("FieldData", track_order=True)
    for name, value in facts.numbers.items():
        data.create_dataset(name, data=np.array([value], "<f8"))
    for name, texts in facts.all_texts(grid.name for grid in volume.fields).items():
        data.create_dataset(name, data=list(texts), dtype=h5py.string_dtype("ascii"))


def write_layers(data, layers: Iterator[np.ndarray], *, at: tuple[int, ...] = (), begin: int = 0) -> None:
    """Writes layers one after the other along the index of a data set that follows the indices `at`, from `begin` on."""
    for layer in layers:
        data[(*at, slice(begin, begin + len(layer)))] = layer
        begin += len(layer)


def _name(group, kind: str) -> None:
    """Sets version and type, as text of fixed length; h5py would otherwise write variable length."""
    group.attrs["Version"] = np.array(VERSION, "<i8")
    group.attrs.create("Type", kind.encode(), dtype=f"S{len(kind)}")
