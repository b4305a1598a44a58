"""VTK's XML files, read without VTK: the tree of elements, and the values of their arrays."""

from __future__ import annotations

import base64
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import numpy as np

from ..errors import SceneError

_TYPES = {
    "Int8": "i1", "UInt8": "u1", "Int16": "i2", "UInt16": "u2", "Int32": "i4", "UInt32": "u4", "Int64": "i8", "UInt64": "u8",
    "Float32": "f4", "Float64": "f8",
}
DAMAGED = (ElementTree.ParseError, KeyError, ValueError, IndexError, zlib.error)
"""Errors of a file that is damaged or of another kind."""


class VtkXml:
    """Elements and arrays of a file. Data may be ascii, base64 or raw, compressed by zlib or not.

    Raises one of `DAMAGED` for a file that cannot be read.
    """

    def __init__(self, path: Path):
        data = path.read_bytes()
        head, found, rest = data.partition(b"<AppendedData")
        # Raw data are not XML: the header is closed here, and the data begin after the underscore.
        self.root = ElementTree.fromstring(head + b"</VTKFile>" if found else data)
        self._raw = b'encoding="raw"' in rest[: rest.find(b">") + 1]
        self._appended = rest[rest.find(b"_") + 1 :]
        self._end: Literal["<", ">"] = ">" if self.root.get("byte_order") == "BigEndian" else "<"
        self._head = np.dtype(_TYPES[self.root.get("header_type", "UInt32")]).newbyteorder(self._end)
        self._compressor = self.root.get("compressor")
        if self._compressor not in (None, "vtkZLibDataCompressor"):
            raise ValueError(f"the data are compressed by {self._compressor}; use zlib, or none")

    def piece(self, kind: str, path: Path) -> ElementTree.Element:
        """The only piece of a data set. Raises SceneError for other kinds of data and several pieces."""
        pieces = self.root.findall(f"{kind}/Piece")
        if len(pieces) != 1:
            raise SceneError(f"{path}: the file has {len(pieces)} pieces of {kind}, but must have 1; save it as one data set")
        return pieces[0]

    def values(self, array: ElementTree.Element, *, most: int) -> np.ndarray:
        """Values of an array, flat. Raises ValueError for compressed data of more than `most` values."""
        kind, form = np.dtype(_TYPES[array.attrib["type"]]).newbyteorder(self._end), array.get("format")
        if form == "ascii":
            return np.array((array.text or "").split(), dtype=kind)
        if form == "appended":
            data, raw = self._appended[int(array.attrib["offset"]) :], self._raw
        else:
            data, raw = (array.text or "").strip().encode(), False
        found = np.frombuffer(self._plain(data, raw, most * kind.itemsize), kind)
        return found.astype(kind.newbyteorder("="))

    def _plain(self, data: bytes, raw: bool, most: int) -> bytes:
        """The bytes behind their header, inflated. The header states the number of blocks, and how many bytes one has and the
        last one, 0 for all."""
        size = self._head.itemsize
        if self._compressor is None:
            count = int(self._numbers(data, 1, raw)[0])
            return data[size : size + count] if raw else _bytes(data, size + count)[size:]
        blocks, length, last = self._numbers(data, 3, raw).tolist()
        stated = (blocks - 1) * length + (last or length) if blocks else 0
        if stated > most:
            raise ValueError(f"an array states {stated:,} bytes, but {most:,} are allowed")
        lengths = self._numbers(data, 3 + blocks, raw)[3:].astype(int)
        head = (3 + blocks) * size
        # In base64 the header is encoded by itself.
        packed = data[head:] if raw else _bytes(data[4 * -(-head // 3) :], int(lengths.sum()))
        ends = np.concatenate([[0], np.cumsum(lengths)])
        return b"".join(zlib.decompressobj().decompress(packed[a:b], max(length, 1)) for a, b in pairwise(ends))

    def _numbers(self, data: bytes, count: int, raw: bool) -> np.ndarray:
        length = count * self._head.itemsize
        return np.frombuffer(data[:length] if raw else _bytes(data, length)[:length], self._head)


def _bytes(text: bytes, count: int) -> bytes:
    """The first bytes that a text in base64 stands for."""
    return base64.b64decode(text[: 4 * -(-count // 3)])[:count]
