"""How an image is stored, where its file does not say so."""

from dataclasses import dataclass


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
