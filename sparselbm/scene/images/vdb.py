"""Images in volumes: NanoVDB is read directly, OpenVDB by its own library."""

from pathlib import Path

import numpy as np

from ...errors import NanovdbError, SceneError
from ...files.grid import TILE_EDGE
from ...files.read_nvdb import read_nvdb as read_grid
from ..usd.level_sets import openvdb_module
from .image import VoxelImage
from .storage import Storage, require_size


def read_nvdb(path: Path, storage: Storage) -> VoxelImage:
    """Reads the grid of floats of a NanoVDB file, on the box around its active voxels; others have the background's value."""
    try:
        grid = read_grid(path)
    except NanovdbError as error:
        raise SceneError(str(error)) from error
    if grid.components != 1 or not grid.mask.any():
        raise SceneError(
            f"{path}: {grid.name!r} has {grid.components} components and {grid.mask.sum()} active voxels: pass a grid of floats"
        )
    first, last = grid.index_bounds()
    require_size(path, last.astype(np.int64) + 1 - first)
    values = np.full(last + 1 - first, np.float32(grid.background))
    for tile, own in zip(TILE_EDGE * grid.tiles, grid.values):
        low, high = np.maximum(tile, first), np.minimum(tile + TILE_EDGE, last + 1)
        block = own.reshape((TILE_EDGE,) * 3)[tuple(slice(a, b) for a, b in zip(low - tile, high - tile))]
        values[tuple(slice(a, b) for a, b in zip(low - first, high - first))] = block
    return _placed(values, grid.voxel_size, np.asarray(grid.origin) + grid.voxel_size * first)


def read_vdb(path: Path, storage: Storage) -> VoxelImage:
    """Reads the only grid of numbers of an OpenVDB file. Raises SceneError without OpenVDB's module for Python."""
    library = openvdb_module(path)
    try:
        names = [each.name for each in library.readAllGridMetadata(str(path))]
        if len(names) != 1:
            raise SceneError(f"{path}: the file has the grids {', '.join(names) or 'none'}, but must have 1; remove the others")
        grid = library.read(str(path), names[0])
    except (OSError, RuntimeError) as error:
        raise SceneError(f"{path}: OpenVDB cannot read this file: {error}") from error
    first, last = (np.array(corner) for corner in grid.evalActiveVoxelBoundingBox())
    require_size(path, last.astype(np.int64) + 1 - first)
    size, values = np.array(grid.transform.voxelSize()), np.zeros(last + 1 - first, dtype=np.float32)
    if not np.allclose(size, size[0]):
        raise SceneError(f"{path}: the voxels measure {tuple(size)}: resample the grid on cubes")
    grid.copyToArray(values, ijk=tuple(int(k) for k in first))
    return _placed(values, float(size[0]), np.array(grid.transform.indexToWorld(tuple(map(float, first)))))


def _placed(values: np.ndarray, size: float, centre: np.ndarray) -> VoxelImage:
    """The image with the centre of its first voxel."""
    x, y, z = (float(c) - 0.5 * size for c in centre)
    return VoxelImage(values, "xyz", size, (x, y, z))
