"""Reads an image file by its suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from ...errors import SceneError
from ...files.reading import refusals, require_readable
from ..arrays import FARTHEST
from ..usd import foreign, level_sets
from . import numpy_array, raw, tiff, vdb, vti
from .image import VoxelImage
from .storage import Storage

Reader = Callable[[Path, Storage], VoxelImage]
"""Reads a file of one format. Raises SceneError for a file that it cannot read."""

_READERS: dict[str, Reader] = {
    ".npy": numpy_array.read, ".raw": raw.read, ".tif": tiff.read, ".tiff": tiff.read, ".vti": vti.read, ".nvdb": vdb.read_nvdb,
    ".vdb": vdb.read_vdb,
}
VOLUME_SUFFIXES = level_sets.SUFFIXES
"""Files that hold an image or a level set, that is the surface of a body."""
SUFFIXES = foreign.IMAGE_SUFFIXES
"""Files that hold nothing but images."""


def read_image(path: str | Path, storage: Storage = Storage()) -> VoxelImage:
    """Reads the image of a .npy, .raw, .tif, .vti, .nvdb or .vdb file.

    `storage`: layout of an array whose file does not say so. Raises SceneError for a file that does not exist or cannot be read,
    naming what it lacks.
    """
    path = Path(path)
    require_readable(path, SceneError)
    if not path.is_file():
        raise SceneError(f"{path}: no such file (working directory {Path.cwd()}); pass the path of an image")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SceneError(f"{path}: images are read from {', '.join(_READERS)} files; convert it to one of them")
    with refusals(path, SceneError):
        return _plausible(reader(path, storage), path)


def _plausible(image: VoxelImage, path: Path) -> VoxelImage:
    """The image. Raises SceneError for voxels without a size, none with a finite value, and a place beyond `FARTHEST`."""
    size, shape = image.voxel_size, image.values.shape
    if 0 in shape:
        raise SceneError(f"{path}: the image has {' x '.join(map(str, shape))} voxels, but needs at least one; write it again")
    if size is not None and not 0.0 < size <= FARTHEST / max(shape):
        raise SceneError(f"{path}: the voxels measure {size:g}, but must have a size above 0 and lie within {FARTHEST:.0e} m")
    if not all(abs(each) <= FARTHEST for each in image.origin):
        raise SceneError(f"{path}: the corner of the image is {image.origin}, beyond the limit of {FARTHEST:.0e} m; check it")
    if image.values.dtype.kind == "f" and not np.isfinite(image.values).any():
        raise SceneError(f"{path}: none of the {image.values.size:,} voxels is a finite number; write the image again")
    return image
