"""Stacks of pages in TIFF files, through Pillow."""

from pathlib import Path

import numpy as np

from ...errors import MissingPackageError, SceneError
from .image import VoxelImage
from .storage import Storage


def read(path: Path, storage: Storage) -> VoxelImage:
    """Reads all pages; pages run along z, rows along y and columns along x unless the storage has another order.

    Raises SceneError for pages of different sizes or with colours, MissingPackageError without Pillow.
    """
    try:
        from PIL import Image, ImageSequence, UnidentifiedImageError
    except ImportError as error:
        raise MissingPackageError.of(f"{path}: reading {path.suffix}", ["Pillow"], "pillow") from error
    try:
        with Image.open(path) as file:
            pages = [np.array(page) for page in ImageSequence.Iterator(file)]
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise SceneError(f"{path}: Pillow cannot read this file: {error}; save it as an uncompressed TIFF") from error
    shapes = sorted({page.shape for page in pages})
    if len(shapes) > 1 or len(shapes[0]) != 2:
        raise SceneError(f"{path}: the pages have the shapes {shapes}, but must be grey and of one size; save them so")
    return VoxelImage.stored(np.stack(pages), storage.order or "zyx", str(path))
