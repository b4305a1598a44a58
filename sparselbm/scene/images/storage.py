"""How an image is stored, where its file does not say so."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ...errors import SceneError

MOST_VOXELS = 1 << 34
"""Largest number of voxels of an image: 16 GiB of bytes."""


@dataclass(frozen=True, kw_only=True)
class Storage:
    """Layout of an array in a file."""

    shape: tuple[int, int, int] | None = None
    """Number of voxels along x, y and z; files without a header require it."""
    data_type: str = "uint8"
    """NumPy's name of the type of a voxel, such as uint8, uint16 or float32, in files without a header."""
    big_endian: bool = False
    """Whether the most significant byte of a voxel comes first, in files without a header."""
    order: str | None = None
    """Axes along which the array's indices run, the slowest first: zyx where x varies fastest. None: that of the format."""


def require_size(path: Path, shape: Iterable[int]) -> None:
    """Raises SceneError for an image of more voxels than `MOST_VOXELS`, before it is allocated."""
    sizes = [int(each) for each in shape]
    if math.prod(sizes) > MOST_VOXELS:
        raise SceneError(
            f"{path}: the image would have {' x '.join(map(str, sizes))} voxels, above the limit of {MOST_VOXELS:,}: crop it, or "
            "check its extent"
        )
