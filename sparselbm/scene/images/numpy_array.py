"""Images in NumPy's .npy files."""

from pathlib import Path

import numpy as np

from ...errors import SceneError
from .image import VoxelImage
from .storage import Storage


def read(path: Path, storage: Storage) -> VoxelImage:
    """Reads an array; its indices run along x, y and z unless the storage has another order."""
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise SceneError(f"{path}: NumPy cannot read this file: {error}; save it with numpy.save") from error
    return VoxelImage.stored(array, storage.order or "xyz", str(path))
