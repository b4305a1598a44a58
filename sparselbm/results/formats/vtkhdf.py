"""Sparse fields for ParaView and PyVista: VTKHDF with one image per box of tiles (VTKHDF specification 2.2).

Either as a MultiBlock, which both can read, or as one level of overlapping AMR, VTK's own type for sparse boxes: ParaView
slices and renders it as one field, but PyVista 0.49 rejects it ("vtkOverlappingAMR is not currently supported"). Tiles are
first merged into few boxes, since readers create an object per box.
"""

from pathlib import Path

import numpy as np

from ...files.grid import TILE_EDGE, TileGrid
from .blocks import box_values, corner
from .boxes import merged_boxes

VERSION = (2, 2)


def write_vtkhdf(path: Path, grids: tuple[TileGrid, ...]) -> None:
    """Writes grids on the same tiles as cell data of one file; NaN where there is no flow."""
    import h5py

    boxes = merged_boxes(grids[0].tiles)
    with h5py.File(path, "w") as file:
        root = file.create_group("VTKHDF", track_order=True)
        _name(root, "MultiBlockDataSet")
        assembly = root.create_group("Assembly", track_order=True)
        images = []
        for number, box in enumerate(boxes):
            images.append(begin_image(root.create_group(f"box{number}"), grids[0], box))
            assembly[f"box{number}"] = h5py.SoftLink(f"/VTKHDF/box{number}")
        for grid in grids:
            for cells, block in zip(images, box_values(grid, boxes)):
                # In VTK x varies fastest.
                data = np.ascontiguousarray(block.swapaxes(0, 2))
                cells.create_dataset(grid.name, data=data, compression="gzip", compression_opts=1)


def write_amr(path: Path, grids: tuple[TileGrid, ...]) -> None:
    """Writes grids as overlapping AMR with one level, without a coarser level below."""
    import h5py

    boxes = merged_boxes(grids[0].tiles)
    with h5py.File(path, "w") as file:
        cells = begin_amr(file.create_group("VTKHDF", track_order=True), grids[0], boxes)
        for grid in grids:
            tail = grid.values.shape[2:]
            count = int(cell_counts(boxes).sum())
            data = cells.create_dataset(grid.name, (count, *tail), "<f4", chunks=True, compression="gzip", compression_opts=1)
            end = 0
            for block in box_values(grid, boxes):
                begin, end = end, end + block.size // max(int(np.prod(tail)), 1)
                data[begin:end] = block.swapaxes(0, 2).reshape(-1, *tail)


def cell_counts(boxes: np.ndarray) -> np.ndarray:
    """Number of cells of each box of tiles, (k,)."""
    return (boxes[:, 1] - boxes[:, 0]).prod(axis=1) * TILE_EDGE**3


def begin_amr(root, grid: TileGrid, boxes: np.ndarray):
    """Makes a group overlapping AMR with one level of these boxes; returns the group of its cell data."""
    _name(root, "OverlappingAMR")
    root.attrs["Origin"] = corner(grid)
    root.attrs.create("GridDescription", b"XYZ", dtype="S3")
    level = root.create_group("Level0", track_order=True)
    level.attrs["Spacing"] = np.full(3, grid.voxel_size)
    low, high = np.moveaxis(boxes * TILE_EDGE, 1, 0)
    # First and last cell along each axis.
    level.create_dataset("AMRBox", data=np.stack([low, high - 1], axis=2).reshape(-1, 6).astype("<i4"))
    for name in ("PointData", "FieldData"):
        level.create_group(name)
    return level.create_group("CellData")


def begin_image(group, grid: TileGrid, box: np.ndarray):
    """Makes a group an image of a box; returns the group of its cell data."""
    _name(group, "ImageData")
    low, high = box * TILE_EDGE
    group.attrs["WholeExtent"] = np.stack([low, high], axis=1).ravel().astype("<i4")
    group.attrs["Origin"] = corner(grid)
    group.attrs["Spacing"] = np.full(3, grid.voxel_size)
    group.attrs["Direction"] = np.eye(3).ravel()
    return group.create_group("CellData")


def _name(group, kind: str) -> None:
    """Sets version and type, as text of fixed length; h5py would otherwise write variable length."""
    group.attrs["Version"] = np.array(VERSION, "<i8")
    group.attrs.create("Type", kind.encode(), dtype=f"S{len(kind)}")
