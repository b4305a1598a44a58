"""Sparse fields for ParaView and PyVista: VTKHDF, an image for each box of tiles (docs.vtk.org, VTKHDF specification 2.2).

Not overlapping AMR, VTK's other type for cubes that do not fill their box: PyVista 0.49 refuses it ("vtkOverlappingAMR is not
currently supported"), and blocks of images it reads as a MultiBlock. Tiles are merged into few boxes before, for readers keep an
object a box.
"""

from pathlib import Path

import numpy as np

from ..io.grid import TILE_EDGE, TileGrid
from ..written import Results
from .blocks import box_values, corner
from .boxes import merged_boxes
from .door import Door

VERSION = (2, 2)


def write_vtkhdf(path: Path, grids: tuple[TileGrid, ...]) -> None:
    """Grids on the same tiles as cell data of one file; NaN where nothing flows."""
    import h5py

    boxes = merged_boxes(grids[0].tiles)
    with h5py.File(path, "w") as file:
        root = file.create_group("VTKHDF", track_order=True)
        _name(root, "MultiBlockDataSet")
        assembly = root.create_group("Assembly", track_order=True)
        images = []
        for number, box in enumerate(boxes):
            images.append(_image(root.create_group(f"box{number}"), grids[0], box))
            assembly[f"box{number}"] = h5py.SoftLink(f"/VTKHDF/box{number}")
        for grid in grids:
            for cells, block in zip(images, box_values(grid, boxes)):
                # VTK counts x fastest.
                data = np.ascontiguousarray(block.swapaxes(0, 2))
                cells.create_dataset(grid.name, data=data, compression="gzip", compression_opts=1)


def _image(group, grid: TileGrid, box: np.ndarray):
    """The group of an image's cell data."""
    _name(group, "ImageData")
    low, high = box * TILE_EDGE
    group.attrs["WholeExtent"] = np.stack([low, high], axis=1).ravel().astype("<i4")
    group.attrs["Origin"] = corner(grid)
    group.attrs["Spacing"] = np.full(3, grid.voxel_size)
    group.attrs["Direction"] = np.eye(3).ravel()
    return group.create_group("CellData")


def _name(group, kind: str) -> None:
    """Version and type; the text of fixed length, where h5py would write a reference to one of variable length."""
    group.attrs["Version"] = np.array(VERSION, "<i8")
    group.attrs.create("Type", kind.encode(), dtype=f"S{len(kind)}")


def _fields(results: Results, path: Path) -> None:
    write_vtkhdf(path, results.grids)


VTKHDF = Door((("fields.vtkhdf", _fields),), ("h5py",), "vtkhdf", fields=True)
"""ParaView, PyVista."""
