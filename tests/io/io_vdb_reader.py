"""An independent reader of what is written of OpenVDB's format: values by voxel, metadata, transform."""

import struct
import zlib

import numpy as np


class Cursor:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        part = self.data[self.at : self.at + count]
        assert len(part) == count, "file ends early"
        self.at += count
        return part

    def unpack(self, layout):
        values = struct.unpack("<" + layout, self.take(struct.calcsize("<" + layout)))
        return values[0] if len(values) == 1 else values

    def string(self):
        return self.take(self.unpack("I")).decode()

    def metadata(self):
        entries = {}
        for _ in range(self.unpack("I")):
            name, kind = self.string(), self.string()
            data = self.take(self.unpack("I"))
            layout = {"string": None, "int64": "<q", "double": "<d", "vec3i": "<3i", "bool": "<?"}[kind]
            entries[name] = data.decode() if layout is None else struct.unpack(layout, data)
        return entries


def read_vdb(path):
    """{name: (metadata, transform rows (6, 3), {(i, j, k): value}, background)}."""
    cursor, _ = begin(path)
    return dict(read_grid(cursor) for _ in range(cursor.unpack("I")))


def begin(path):
    """Cursor at the number of grids, and the metadata of the file."""
    cursor = Cursor(path.read_bytes())
    assert cursor.take(8) == b" BDV\0\0\0\0"
    version, _, _, offsets = cursor.unpack("III?")
    assert (version, offsets) == (224, True)
    assert cursor.take(36).count(b"-") == 4
    return cursor, cursor.metadata()


def read_grid(cursor):
    name, kind, parent = cursor.string(), cursor.string(), cursor.string()
    start, blocks, end = cursor.unpack("qqq")
    assert (parent, start) == ("", cursor.at)
    tree = kind.removesuffix("_HalfFloat")
    number = np.dtype("<f4" if kind == tree else "<f2")
    components = {"Tree_float_5_4_3": 1, "Tree_vec3s_5_4_3": 3}[tree]
    flags = cursor.unpack("I")
    metadata = cursor.metadata()
    assert cursor.string() == "UniformScaleTranslateMap"
    transform = np.frombuffer(cursor.take(18 * 8), "<f8").reshape(6, 3)
    assert cursor.unpack("i") == 1
    background = np.frombuffer(cursor.take(4 * components), "<f4")
    tiles, children = cursor.unpack("II")
    assert tiles == 0
    leaves = []
    for _ in range(children):
        origin = np.array(cursor.unpack("3i"))
        leaves += read_node(cursor, origin, (5, 4), flags & 1 and kind == tree)
    assert cursor.at == blocks
    values = {}
    for origin, mask in leaves:
        values.update(read_leaf(cursor, origin, mask, flags & 1, number, components))
    assert cursor.at == end
    return name, (metadata, transform, values, background)


def bits(data):
    return np.flatnonzero(np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little"))


def read_node(cursor, origin, levels, zipped):
    log2, edge = levels[0], 8 << sum(levels[1:])
    count = 1 << 3 * log2
    children, active = bits(cursor.take(count // 8)), bits(cursor.take(count // 8))
    assert len(active) == 0
    assert cursor.take(1) == b"\0"
    if zipped:
        assert cursor.unpack("q") == 0
    leaves = []
    for slot in children:
        place = np.array([slot >> 2 * log2, slot >> log2 & (1 << log2) - 1, slot & (1 << log2) - 1])
        child = origin + edge * place
        if len(levels) > 1:
            leaves += read_node(cursor, child, levels[1:], zipped)
        else:
            leaves.append((child, cursor.take(64)))
    return leaves


def read_leaf(cursor, origin, mask, zipped, number, components):
    assert cursor.take(64) == mask
    assert cursor.take(1) == b"\0"
    active = bits(mask)
    size = number.itemsize * components * len(active)
    if zipped and (number == np.float32 or size):
        stored = cursor.unpack("q")
        data = zlib.decompress(cursor.take(stored)) if stored > 0 else cursor.take(-stored)
    else:
        data = cursor.take(size)
    assert len(data) == size
    values = np.frombuffer(data, number).reshape(-1, components)
    for n, value in zip(active, values):
        yield tuple((origin + np.array([n >> 6, n >> 3 & 7, n & 7])).tolist()), value
