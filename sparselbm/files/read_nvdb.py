"""Reader of NanoVDB files (`.nvdb`) with one grid of floats or 3-vectors, as NumPy arrays, without a device or Warp."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import numpy as np

from ..errors import NanovdbError
from .grid import TILE_EDGE, GridClass, TileGrid
from .nvdb import GRID_BYTES, GRID_TYPE, TREE_BYTES, node_types
from .reading import refusals, require_readable

MAGICS = (b"NanoVDB0", b"NanoVDB2")
"""Magic numbers of files before and since NanoVDB 32.6."""
MAJOR = 32
HEAD_BYTES, METADATA_BYTES = 16, 176
MATRIX_AT, CLASS_AT = 296 + 88, 632
"""Offsets of the double-precision map, the class and the type in the grid record."""


def read_nvdb(path: str | os.PathLike[str]) -> TileGrid:
    """Reads the grid of a file; its leaves become tiles, in the order of the file.

    Raises:
        NanovdbError: the file is not NanoVDB, is truncated, or has contents that tiles cannot represent: several grids,
            other value types, constant regions above the leaves, a transform other than scaling and translation.
        OSError: the file cannot be read.
    """
    require_readable(path, NanovdbError)
    with refusals(path, NanovdbError):
        return _read(Path(path))


def _read(path: Path) -> TileGrid:
    data = _grid_bytes(path)
    kind, number = struct.unpack_from("<II", data.data, CLASS_AT)[::-1]
    components = next((c for c, each in GRID_TYPE.items() if each == kind), None)
    if components is None:
        raise NanovdbError(f"{path} has values of NanoVDB type {kind}: convert them to float (1) or vec3f (6).")
    leaves, background = _leaves(path, data, components)
    voxel_size, origin = _place(path, data)
    values = leaves["voxels"] if components == 3 else leaves["voxels"][..., 0]
    return TileGrid(
        name=data[40:296].tobytes().split(b"\0")[0].decode() or path.stem,
        # The low bits of a leaf's box give the position of the active voxels in it.
        tiles=(leaves["low"] // TILE_EDGE).astype(np.int32),
        values=np.ascontiguousarray(values),
        voxel_size=voxel_size,
        active=np.unpackbits(leaves["mask"], axis=1, bitorder="little").astype(bool),
        origin=origin,
        background=float(background[0]),
        grid_class=next((each for each in GridClass if each.number == number), GridClass.UNKNOWN),
    )


def _grid_bytes(path: Path) -> np.ndarray:
    """Bytes of the grid, inflated."""
    file = np.fromfile(path, np.uint8)
    if len(file) < HEAD_BYTES + METADATA_BYTES or file[:8].tobytes() not in MAGICS:
        raise NanovdbError(f"{path} is not a NanoVDB file: it must begin with {MAGICS[0].decode()}.")
    version, count, codec = struct.unpack_from("<IHH", file.data, 8)
    if version >> 21 != MAJOR:
        raise NanovdbError(
            f"{path} has NanoVDB version {version >> 21}, but {MAJOR} is required: write it again with OpenVDB 9 to 12."
        )
    if count != 1:
        raise NanovdbError(f"{path} has {count} grids, but 1 is required: extract one (nanovdb_convert -g NAME).")
    if codec > 1:
        raise NanovdbError(
            f"{path} is compressed with Blosc, which is not supported: write it with ZIP (nanovdb_convert -z)."
        )
    size, stored = struct.unpack_from("<QQ", file.data, HEAD_BYTES)
    name_size = struct.unpack_from("<I", file.data, HEAD_BYTES + 136)[0]
    data = file[HEAD_BYTES + METADATA_BYTES + name_size :]
    if len(data) < stored or size < GRID_BYTES + TREE_BYTES:
        raise NanovdbError(
            f"{path} ends after {len(data):,} of {stored:,} bytes: the file is truncated, so write it again."
        )
    if codec == 0:
        return data
    try:
        # No more than the size that the head states.
        data = np.frombuffer(zlib.decompressobj().decompress(data[8:stored].data, size + 1), np.uint8)
    except zlib.error as error:
        raise NanovdbError(f"{path} cannot be inflated ({error}): the file is damaged, so write it again.") from error
    if len(data) != size:
        raise NanovdbError(
            f"{path} inflates to {len(data):,} of {size:,} bytes: the file is damaged, so write it again."
        )
    return data


def _leaves(path: Path, data: np.ndarray, components: int) -> tuple[np.ndarray, np.ndarray]:
    """Leaves as structures, and the background."""
    leaf_at, _, _, root_at = struct.unpack_from("<4q", data.data, GRID_BYTES)
    count = struct.unpack_from("<I", data.data, GRID_BYTES + 32)[0]
    tiles = sum(struct.unpack_from("<3I", data.data, GRID_BYTES + 44))
    types = node_types(components)
    ends = (root_at + types.root.itemsize, leaf_at + count * types.leaf.itemsize)
    if min(leaf_at, root_at) < 0 or GRID_BYTES + max(ends) > len(data):
        raise NanovdbError(
            f"the nodes of {path} lie beyond its {len(data):,} bytes: the file is damaged, so write it again."
        )
    if tiles:
        raise NanovdbError(
            f"{path} has {tiles} constant regions above its leaves: fill them with voxels first (voxelizeActiveTiles)."
        )
    start = GRID_BYTES + leaf_at
    leaves = data[start : start + count * types.leaf.itemsize].view(types.leaf)
    return leaves, data[GRID_BYTES + root_at :][: types.root.itemsize].view(types.root)["background"][0]


def _place(path: Path, data: np.ndarray) -> tuple[float, tuple[float, float, float]]:
    """Edge of a voxel and centre of voxel (0, 0, 0) [m]."""
    numbers = data[MATRIX_AT : MATRIX_AT + 22 * 8].view("<f8")
    matrix, shift = numbers[:9].reshape(3, 3), numbers[18:21]
    size = float(matrix[0, 0])
    if not (size > 0.0 and np.allclose(matrix, size * np.eye(3), rtol=0.0, atol=1e-9 * size)):
        raise NanovdbError(
            f"{path} is rotated, sheared or stretched by {matrix.tolist()}: resample it on cubes along the axes."
        )
    return size, (float(shift[0]), float(shift[1]), float(shift[2]))
