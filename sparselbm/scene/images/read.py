"""Reads an image file by its suffix."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...errors import SceneError
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
    if not path.is_file():
        raise SceneError(f"{path}: no such file (working directory {Path.cwd()}); pass the path of an image")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SceneError(f"{path}: images are read from {', '.join(_READERS)} files; convert it to one of them")
    return reader(path, storage)
