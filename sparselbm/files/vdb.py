"""Writer of OpenVDB files (`.vdb`) from NumPy arrays, for Blender, Houdini and usdview, without OpenVDB.

File layout, version 224 (openvdb/io/Archive.cc, tree/RootNode.h, InternalNode.h, LeafNode.h, Compression.h):
    header, file metadata, then for each grid: descriptor, metadata, transform, topology, buffers.
"""

from __future__ import annotations

import hashlib
import os
import struct
import uuid
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BufferedRandom
from types import MappingProxyType
from typing import BinaryIO

import numpy as np

from .grid import TileGrid
from .tree import LOWER_SLOTS, UPPER_SLOTS, Tree, first_children, group_tiles, slot_masks
from .write import replace_file

MAGIC = 0x56444220
UUID_AT, UUID_BYTES = 21, 36
FILE_VERSION = 224
LIBRARY_VERSION = (10, 0)
COMPRESS_ZIP, COMPRESS_ACTIVE_MASK = 1, 2
# "All inactive values are the background": only the active values follow.
ACTIVE_VALUES_ONLY = b"\x00"
FLOAT, HALF = np.dtype("<f4"), np.dtype("<f2")


@dataclass(frozen=True)
class Storage:
    """Storage of values in the file."""

    compress: bool
    """Whether each tile is deflated."""
    number: np.dtype
    """Number type, `FLOAT` or `HALF`."""

    @property
    def half(self) -> bool:
        """Whether values have 16 bits."""
        return self.number == HALF


def write_vdb(
    path: str | os.PathLike[str], grids: Sequence[TileGrid], *, compress: bool = True, half: bool = False,
    metadata: Mapping[str, float | str] = MappingProxyType({}),
) -> None:
    """Writes the grids to one OpenVDB file, through a temporary file that is then renamed.

    Only active values are stored. With `compress`, each tile is also deflated, which every OpenVDB version reads. With
    `half`, values have 16 bits (an error of up to 0.05 %) and are read as floats. `metadata`: numbers and texts of the file.
    World position of voxel (i, j, k): origin + voxel_size (i, j, k), the voxel's centre.

    Raises:
        ValueError: if there is no grid, two have the same name, or with `half` a value is above 65504.
    """
    names = [grid.name for grid in grids]
    if not names or len(set(names)) != len(names):
        raise ValueError(f"the grids are named {names}: pass at least one grid, and give each a different name.")
    storage = Storage(compress, HALF if half else FLOAT)
    if half:
        _require_halves(grids)
    with replace_file(path) as beside, open(beside, "w+b") as file:
        file.write(struct.pack("<qIII?", MAGIC, FILE_VERSION, *LIBRARY_VERSION, True))
        file.write(bytes(UUID_BYTES))
        entries = {name: _text(each) if isinstance(each, str) else _number(each) for name, each in metadata.items()}
        file.write(_metadata({"creator": _text("sparselbm"), **entries}))
        file.write(struct.pack("<I", len(grids)))
        for grid in grids:
            _write_grid(file, grid, storage)
        _identify(file)


def _identify(file: BufferedRandom) -> None:
    """Writes the identifier of the file: a hash of its contents, so that the same grids give the same bytes."""
    file.seek(0)
    found = uuid.uuid5(uuid.NAMESPACE_OID, hashlib.file_digest(file, "sha256").hexdigest())
    file.seek(UUID_AT)
    file.write(str(found).encode("ascii"))


def _require_halves(grids: Sequence[TileGrid]) -> None:
    limit = float(np.finfo(HALF).max)
    for grid in grids:
        shown = grid.mask if grid.components == 1 else grid.mask[..., None]
        largest = max(-grid.values.min(initial=0.0, where=shown), grid.values.max(initial=0.0, where=shown))
        if largest > limit:
            raise ValueError(
                f"grid {grid.name!r} has a value of size {largest:.5g}, above the fp16 limit {limit:g}: pass "
                "half=False."
            )


def _write_grid(file: BinaryIO, grid: TileGrid, storage: Storage) -> None:
    kind = "Tree_float_5_4_3" if grid.components == 1 else "Tree_vec3s_5_4_3"
    file.write(_string(grid.name) + _string(kind + ("_HalfFloat" if storage.half else "")) + _string(""))
    offsets_at = file.tell()
    file.write(bytes(24))
    tree, start = group_tiles(grid.tiles), file.tell()
    file.write(struct.pack("<I", COMPRESS_ACTIVE_MASK | (COMPRESS_ZIP if storage.compress else 0)))
    file.write(_metadata(_grid_metadata(grid, storage)))
    file.write(_transform(grid))
    masks = np.packbits(grid.mask[tree.order], axis=1, bitorder="little")
    for part in _topology(grid, tree, masks, storage):
        file.write(part)
    blocks = file.tell()
    for part in _buffers(grid, tree, masks, storage):
        file.write(part)
    end = file.tell()
    # The descriptor precedes the grid, but its offsets are known only afterwards.
    file.seek(offsets_at)
    file.write(struct.pack("<qqq", start, blocks, end))
    file.seek(end)


def _topology(grid: TileGrid, tree: Tree, masks: np.ndarray, storage: Storage) -> Iterator[bytes]:
    """Root, then each upper node with its lower nodes and the masks of their leaves, depth first."""
    # The background of a half-precision grid is rounded to half precision, but stored as a float.
    background = np.full(grid.components, grid.background, storage.number).astype(FLOAT).tobytes()
    yield struct.pack("<i", 1) + background + struct.pack("<II", 0, len(tree.uppers.origins))
    lower_masks = slot_masks(tree.lowers, UPPER_SLOTS)
    leaf_masks = slot_masks(tree.leaves, LOWER_SLOTS)
    lower_from = [*first_children(tree.lowers), len(tree.lowers.origins)]
    leaf_from = [*first_children(tree.leaves), len(tree.leaves.origins)]
    # No table entry is an active tile, so the value array of a node's table is empty.
    no_tiles = ACTIVE_VALUES_ONLY + _stored(b"", storage)
    for upper, origin in enumerate(tree.uppers.origins):
        yield origin.astype("<i4").tobytes()
        yield lower_masks[upper].tobytes() + bytes(UPPER_SLOTS // 8) + no_tiles
        for lower in range(lower_from[upper], lower_from[upper + 1]):
            yield leaf_masks[lower].tobytes() + bytes(LOWER_SLOTS // 8) + no_tiles
            yield masks[leaf_from[lower] : leaf_from[lower + 1]].tobytes()


def _buffers(grid: TileGrid, tree: Tree, masks: np.ndarray, storage: Storage) -> Iterator[bytes]:
    """Values of each leaf: mask, compression flag, active values."""
    for leaf, tile in enumerate(tree.order):
        values = grid.values[tile][grid.mask[tile]].astype(storage.number, copy=False).tobytes()
        yield masks[leaf].tobytes() + ACTIVE_VALUES_ONLY + _stored(values, storage)


def _stored(data: bytes, storage: Storage) -> bytes:
    """Deflates the data, or stores it plain with a negative size if that is shorter. Empty half data has no size entry."""
    if not storage.compress or (storage.half and not data):
        return data
    small = zlib.compress(data, 1)
    if len(small) < len(data):
        return struct.pack("<q", len(small)) + small
    return struct.pack("<q", -len(data)) + data


def _transform(grid: TileGrid) -> bytes:
    """Uniform scaling and translation, with the derived values that OpenVDB stores next to them."""
    size = np.full(3, float(grid.voxel_size))
    rows = np.stack([np.asarray(grid.origin, float), size, size, 1 / size, 1 / size**2, 0.5 / size])
    return _string("UniformScaleTranslateMap") + rows.astype("<f8").tobytes()


def _grid_metadata(grid: TileGrid, storage: Storage) -> dict[str, bytes]:
    low, high = grid.index_bounds()
    entries = {
        "class": _text(grid.grid_class.text),
        "file_bbox_max": _typed("vec3i", high.astype("<i4").tobytes()),
        "file_bbox_min": _typed("vec3i", low.astype("<i4").tobytes()),
        "file_compression": _text("zip + active values" if storage.compress else "active values"),
        "file_voxel_count": _typed("int64", struct.pack("<q", int(np.count_nonzero(grid.mask)))),
        "name": _text(grid.name),
    }
    if storage.half:
        entries["is_saved_as_half_float"] = _typed("bool", struct.pack("<?", True))
    if grid.components == 3:
        # Velocities rotate with the object in a viewer, but are not translated with it.
        entries["vector_type"] = _text("contravariant relative")
    return entries


def _metadata(entries: dict[str, bytes]) -> bytes:
    return struct.pack("<I", len(entries)) + b"".join(_string(key) + value for key, value in entries.items())


def _text(text: str) -> bytes:
    return _typed("string", text.encode())


def _number(number: float) -> bytes:
    return _typed("double", struct.pack("<d", number))


def _typed(kind: str, data: bytes) -> bytes:
    return _string(kind) + struct.pack("<I", len(data)) + data


def _string(text: str) -> bytes:
    data = text.encode()
    return struct.pack("<I", len(data)) + data
