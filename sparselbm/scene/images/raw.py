"""Images without a header: the voxels one after another."""

import math
from pathlib import Path

import numpy as np

from ...errors import SceneError
from .image import VoxelImage
from .storage import Storage


def read(path: Path, storage: Storage) -> VoxelImage:
    """Reads the voxels; x varies fastest unless the storage has another order. Raises SceneError without a shape that fits."""
    size, kind = path.stat().st_size, np.dtype(storage.data_type).newbyteorder(">" if storage.big_endian else "<")
    if storage.shape is None:
        raise SceneError(f"{path}: a .raw file has no header, and has {size:,} bytes: give the shape of the image, as NX,NY,NZ")
    needed = math.prod(storage.shape) * kind.itemsize
    if min(storage.shape) < 1 or size != needed:
        raise SceneError(
            f"{path}: {' x '.join(map(str, storage.shape))} voxels of type {storage.data_type} need {needed:,} bytes, but the "
            f"file has {size:,}: correct the shape or the data type"
        )
    order = storage.order or "zyx"
    array = np.fromfile(path, kind).reshape([storage.shape["xyz".index(axis)] for axis in order])
    return VoxelImage.stored(array.astype(kind.newbyteorder("="), copy=False), order, str(path))
