"""Writer of NanoVDB files (`.nvdb`) from NumPy arrays, for Omniverse and Warp, without a device or a volume.

Warp's `Volume.save_to_nvdb` leaves the name, the statistics, the node counts and the index box empty, but
readers find grids by these, so the buffer is laid out here (PNanoVDB.h, NanoVDB.h in warp/native/nanovdb).
"""

from __future__ import annotations

import os
import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from .grid import TileGrid, tile_bounds
from .nvdb_stats import NodeStats, joined, leaf_stats, parent_stats
from .tree import LOWER_SLOTS, UPPER_SLOTS, Level, Tree, group_tiles, slot_masks
from .write import replace_file

MAGIC = 0x304244566F6E614E
# Version 32.4.2 is read by every NanoVDB of ABI 32 since 32.3; version 32.6 changed the magic and the checksum.
VERSION = 32 << 21 | 4 << 10 | 2
NAME_LIMIT = 255
SKIP_RENDERING = 1
HAS_BOX, HAS_EXTREMA, HAS_AVERAGE, HAS_DEVIATION, BREADTH_FIRST = 2, 4, 8, 16, 32
GRID_TYPE = {1: 1, 3: 6}
GRID_BYTES, TREE_BYTES = 672, 64
LEAVES_AT_ONCE, PIECE = 128, 1 << 20


@dataclass(frozen=True)
class NodeTypes:
    """Memory layout of the nodes of a grid, as structured NumPy types."""

    root: np.dtype
    tile: np.dtype
    upper: np.dtype
    lower: np.dtype
    leaf: np.dtype


def write_nvdb(path: str | os.PathLike[str], grid: TileGrid, *, compress: bool = False) -> None:
    """Writes one grid to a NanoVDB file, through a temporary file that is then renamed.

    World position of voxel (i, j, k): origin + voxel_size (i, j, k), the voxel's centre. With `compress` the
    grid is deflated as one block (NanoVDB's codec ZIP); Omniverse maps uncompressed files faster.

    Raises:
        ValueError: if the name is longer than 255 bytes.
    """
    name = grid.name.encode()
    if len(name) > NAME_LIMIT:
        raise ValueError(f"the grid's name has {len(name)} bytes, but NanoVDB allows {NAME_LIMIT}: shorten it.")
    tree = group_tiles(grid.tiles)
    data = nanovdb_buffer(grid, tree)

    def head(stored: int) -> bytes:
        metadata = _file_metadata(grid, tree, len(data), stored, int(compress))
        return struct.pack("<QIHH", MAGIC, VERSION, 1, int(compress)) + metadata + name + b"\0"

    with replace_file(path) as beside, open(beside, "wb") as file:
        file.write(head(len(data)))
        if compress:
            stored = _deflate(file, data)
            file.seek(0)
            file.write(head(stored))
        else:
            file.write(data.data)


def _deflate(file: BinaryIO, data: np.ndarray) -> int:
    """Writes the size of the deflated data and the data, in pieces to save memory; returns the number of bytes written."""
    at, deflater = file.tell(), zlib.compressobj(1)
    file.write(bytes(8))
    for start in range(0, len(data), PIECE):
        file.write(deflater.compress(data[start : start + PIECE].data))
    file.write(deflater.flush())
    stored = file.tell() - at
    file.seek(at)
    file.write(struct.pack("<Q", stored - 8))
    return stored


def nanovdb_buffer(grid: TileGrid, tree: Tree) -> np.ndarray:
    """NanoVDB buffer, shape (bytes,), uint8: grid, tree, root, upper nodes, lower nodes, leaves."""
    types = node_types(grid.components)
    counts = [len(level.origins) for level in (tree.uppers, tree.lowers, tree.leaves)]
    parts = [("root", types.root, 1), ("tiles", types.tile, counts[0]), ("uppers", types.upper, counts[0])]
    parts += [("lowers", types.lower, counts[1]), ("leaves", types.leaf, counts[2])]
    sizes = [dtype.itemsize * count for _, dtype, count in parts]
    starts = GRID_BYTES + TREE_BYTES + np.cumsum([0, *sizes])
    buffer = np.zeros(int(starts[-1]), np.uint8)
    nodes = {
        name: buffer[start : start + size].view(dtype) for (name, dtype, _), start, size in zip(parts, starts, sizes)
    }
    offsets = dict(zip((name for name, _, _ in parts), (int(start) for start in starts)))
    _fill_nodes(grid, tree, nodes, offsets)
    buffer[:GRID_BYTES] = np.frombuffer(_grid_data(grid, len(buffer)), np.uint8)
    buffer[GRID_BYTES : GRID_BYTES + TREE_BYTES] = np.frombuffer(_tree_data(grid, offsets, counts), np.uint8)
    buffer[8:16] = np.frombuffer(_checksum(buffer[16 : offsets["uppers"]]), np.uint8)
    return buffer


def node_types(components: int) -> NodeTypes:
    """Node layouts of PNanoVDB's table of offsets: float for 1 component, vec3f for 3."""
    value, c = ("<f4", (components,)), components
    stats = [("min", *value), ("max", *value), ("average", "<f4"), ("deviation", "<f4")]

    def node(slots: int, table_at: int) -> np.dtype:
        fields = [
            ("box", "<i4", (6,)),
            ("flags", "<u8"),
            ("values", "u1", slots // 8),
            ("children", "u1", slots // 8),
        ]
        return _padded([*fields, *stats], table_at, ("table", "<f4", (slots, 2 if c == 1 else 4)))

    leaf = [("low", "<i4", (3,)), ("extent", "u1", (3,)), ("flags", "u1"), ("mask", "u1", 64), *stats]
    root = [("box", "<i4", (6,)), ("tiles", "<u4"), ("background", *value), *stats]
    return NodeTypes(
        root=_padded(root, 64 if c == 1 else 96),
        tile=_padded([("key", "<u8"), ("child", "<i8"), ("state", "<u4"), ("value", *value)], 32),
        upper=node(UPPER_SLOTS, 8256),
        lower=node(LOWER_SLOTS, 1088),
        leaf=_padded(leaf, 96 if c == 1 else 128, ("voxels", "<f4", (512, c))),
    )


def _padded(fields: list[tuple], size: int, *last: tuple) -> np.dtype:
    """Packed structure padded to `size` bytes, followed by the `last` field."""
    used = np.dtype(fields).itemsize
    return np.dtype([*fields, ("padding", "u1", size - used), *last])


def _fill_nodes(grid: TileGrid, tree: Tree, nodes: dict[str, np.ndarray], offsets: dict[str, int]) -> None:
    background = np.full(grid.components, grid.background, np.float32)
    stats = _fill_leaves(grid, tree, nodes["leaves"], background)
    stats = parent_stats(stats, tree.leaves, background)
    _fill_table(
        nodes["lowers"],
        nodes["leaves"],
        tree.leaves,
        stats,
        background,
        offsets["leaves"] - offsets["lowers"],
    )
    stats = parent_stats(stats, tree.lowers, background)
    _fill_table(
        nodes["uppers"],
        nodes["lowers"],
        tree.lowers,
        stats,
        background,
        offsets["lowers"] - offsets["uppers"],
    )
    stats = parent_stats(stats, tree.uppers, background)
    _fill_root(nodes, tree.uppers, stats, background, offsets["uppers"] - offsets["root"])


def _fill_leaves(grid: TileGrid, tree: Tree, leaves: np.ndarray, background: np.ndarray) -> NodeStats:
    """Fills the leaves in batches, so that the values are not copied as a whole."""
    parts = []
    for start in range(0, len(leaves), LEAVES_AT_ONCE):
        some = slice(start, start + LEAVES_AT_ONCE)
        tiles = tree.order[some]
        values, mask = grid.values[tiles].reshape(len(tiles), 512, grid.components), grid.mask[tiles]
        stats = leaf_stats(values, mask, tile_bounds(grid.tiles[tiles], mask), background)
        _fill_some(leaves[some], tree.leaves.origins[some], np.where(mask[..., None], values, background), mask, stats)
        parts.append(stats)
    return joined(parts)


def _fill_some(leaves: np.ndarray, origins: np.ndarray, values: np.ndarray, mask: np.ndarray, stats: NodeStats) -> None:
    filled = stats.count > 0
    # Readers obtain a leaf's origin from its box by clearing the low bits, so an empty leaf needs a box too.
    leaves["low"] = np.where(filled[:, None], stats.low, origins)
    leaves["extent"] = np.where(filled[:, None], stats.high - stats.low, 0)
    leaves["flags"] = np.where(filled, HAS_BOX, 0)
    leaves["mask"] = np.packbits(mask, axis=1, bitorder="little")
    leaves["voxels"] = values
    _fill_stats(leaves, stats)


def _fill_table(
    nodes: np.ndarray,
    children: np.ndarray,
    level: Level,
    stats: NodeStats,
    background: np.ndarray,
    distance: int,
) -> None:
    """Fills boxes, masks and tables of internal nodes: each entry is the background or the offset of a child."""
    nodes["box"] = np.concatenate([stats.low, stats.high], axis=1)
    nodes["flags"] = np.where(stats.count > 0, HAS_BOX, SKIP_RENDERING)
    nodes["children"] = slot_masks(level, nodes["children"].shape[1] * 8)
    nodes["table"][:, :, : len(background)] = background
    numbers = np.arange(len(children), dtype=np.int64)
    child_at = distance + numbers * children.dtype.itemsize - level.parents * nodes.dtype.itemsize
    pairs = np.ascontiguousarray(child_at, "<i8").view("<f4").reshape(-1, 2)
    nodes["table"][level.parents, level.slots, :2] = pairs
    _fill_stats(nodes, stats)


def _fill_root(
    nodes: dict[str, np.ndarray], level: Level, stats: NodeStats, background: np.ndarray, distance: int
) -> None:
    root, tiles, uppers = nodes["root"], nodes["tiles"], nodes["uppers"]
    root["box"] = np.concatenate([stats.low, stats.high], axis=1)
    root["tiles"], root["background"] = len(uppers), background
    _fill_stats(root, stats)
    x, y, z = (level.origins.view(np.uint32).astype(np.uint64) >> np.uint64(12)).T
    tiles["key"] = x << np.uint64(42) | y << np.uint64(21) | z
    tiles["child"] = distance + np.arange(len(uppers)) * uppers.dtype.itemsize


def _fill_stats(nodes: np.ndarray, stats: NodeStats) -> None:
    nodes["min"], nodes["max"] = stats.least, stats.largest
    nodes["average"], nodes["deviation"] = stats.average, stats.deviation


def _grid_data(grid: TileGrid, size: int) -> bytes:
    flags = HAS_EXTREMA | HAS_AVERAGE | HAS_DEVIATION | BREADTH_FIRST
    flags |= HAS_BOX if grid.mask.any() else 0
    head = struct.pack("<QQIIIIQ", MAGIC, 0, VERSION, flags, 0, 1, size)
    placed = _map(grid) + struct.pack("<6d3d", *_world_box(grid), *[grid.voxel_size] * 3)
    kind = struct.pack("<IIqI20x", grid.grid_class.number, GRID_TYPE[grid.components], 0, 0)
    return head + grid.name.encode().ljust(NAME_LIMIT + 1, b"\0") + placed + kind


def _map(grid: TileGrid) -> bytes:
    """Maps from index to world and back, in both precisions: 3x3 matrix, its inverse, translation, taper."""
    scale = np.eye(3) * grid.voxel_size
    numbers = np.concatenate([scale.ravel(), np.linalg.inv(scale).ravel(), np.asarray(grid.origin, float), [1.0]])
    return numbers.astype("<f4").tobytes() + numbers.astype("<f8").tobytes()


def _world_box(grid: TileGrid) -> np.ndarray:
    """Box of the active voxels [m], (6,). The upper index is exclusive here (NanoVDB's GridStats.h)."""
    low, high = (bound.astype(float) for bound in grid.index_bounds())
    return np.concatenate([low, high + 1]) * grid.voxel_size + np.tile(np.asarray(grid.origin, float), 2)


def _tree_data(grid: TileGrid, offsets: dict[str, int], counts: list[int]) -> bytes:
    uppers, lowers, leaves = counts
    starts = [offsets[name] - GRID_BYTES for name in ("leaves", "lowers", "uppers", "root")]
    return struct.pack("<4q6IQ", *starts, leaves, lowers, uppers, 0, 0, 0, int(np.count_nonzero(grid.mask)))


def _checksum(head: np.ndarray) -> bytes:
    """NanoVDB's partial checksum: CRC32 of grid, tree and root, and "none" for the nodes.

    The full checksum also covers the nodes, but its definition changed in 32.5 and again in 32.6, so no full checksum
    satisfies all readers (tools/GridChecksum.h).
    """
    return struct.pack("<II", zlib.crc32(head.tobytes()), 0xFFFFFFFF)


def _file_metadata(grid: TileGrid, tree: Tree, size: int, stored: int, codec: int) -> bytes:
    low, high = grid.index_bounds()
    counts = [len(level.origins) for level in (tree.leaves, tree.lowers, tree.uppers)]
    return (
        struct.pack("<QQQQ", size, stored, _name_key(grid.name), int(np.count_nonzero(grid.mask)))
        + struct.pack("<II6d", GRID_TYPE[grid.components], grid.grid_class.number, *_world_box(grid))
        + struct.pack("<6i3d", *low, *high, *[grid.voxel_size] * 3)
        + struct.pack("<I4I3I", len(grid.name.encode()) + 1, *counts, 1, 0, 0, 0)
        + struct.pack("<HHI", codec, 0, VERSION)
    )


def _name_key(name: str) -> int:
    """NanoVDB's hash of a name (io/IO.h, stringHash)."""
    key = 0
    for byte in name.encode():
        key = (key * 67 + byte + (key >> 56)) & (2**64 - 1)
    return key
