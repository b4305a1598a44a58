"""Images in VTK's XML format (.vti), read without VTK."""

from __future__ import annotations

import base64
import zlib
from itertools import pairwise
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import numpy as np

from ...errors import SceneError
from .image import VoxelImage
from .storage import Storage

_TYPES = {
    "Int8": "i1", "UInt8": "u1", "Int16": "i2", "UInt16": "u2", "Int32": "i4", "UInt32": "u4", "Int64": "i8", "UInt64": "u8",
    "Float32": "f4", "Float64": "f8",
}


def read(path: Path, storage: Storage) -> VoxelImage:
    """Reads the only array of one component in the file, of its cells or of its points; x varies fastest.

    Points are taken for the centres of voxels. Data may be ascii, base64 or raw, compressed by zlib or not. Raises SceneError
    for other files, several pieces or arrays, and voxels that are not cubes.
    """
    try:
        return _read(path)
    except (ElementTree.ParseError, KeyError, ValueError, zlib.error, StopIteration) as error:
        raise SceneError(f"{path}: this is not an image in VTK's XML format that can be read here: {error}") from error


def _read(path: Path) -> VoxelImage:
    data = path.read_bytes()
    head, found, rest = data.partition(b"<AppendedData")
    # Raw data are not XML: the header is closed here, and the data begin after the underscore.
    root = ElementTree.fromstring(head + b"</VTKFile>" if found else data)
    encoding = "raw" if b'encoding="raw"' in rest[: rest.find(b">") + 1] else "base64"
    appended = rest[rest.find(b"_") + 1 :]
    image, pieces = root.find("ImageData"), list(root.iter("Piece"))
    if image is None or len(pieces) != 1:
        raise SceneError(f"{path}: the file has {len(pieces)} pieces of image data, but must have 1; save it as one image")
    arrays = [(kind, each) for kind in ("CellData", "PointData") for each in pieces[0].iterfind(f"{kind}/DataArray")]
    if len(arrays) != 1 or int(arrays[0][1].get("NumberOfComponents", 1)) != 1:
        names = ", ".join(f"{each.get('Name')}" for _, each in arrays) or "none"
        raise SceneError(f"{path}: the arrays are {names}, but there must be one, of one component; remove the others")
    (kind, array), extent = arrays[0], [int(n) for n in pieces[0].attrib["Extent"].split()]
    spacing = np.array([float(x) for x in image.attrib["Spacing"].split()])
    if not np.allclose(spacing, spacing[0]):
        raise SceneError(f"{path}: the voxels measure {tuple(spacing)}: resample the image on cubes")
    points = kind == "PointData"
    shape = [b - a + points for a, b in zip(extent[::2], extent[1::2])]
    values = _Decoder(root, encoding, appended).values(array).reshape(shape[::-1])
    corner = np.array([float(x) for x in image.attrib["Origin"].split()]) + spacing * (np.array(extent[::2]) - 0.5 * points)
    x, y, z = (float(each) for each in corner)
    return VoxelImage(values.transpose(2, 1, 0), "zyx", float(spacing[0]), (x, y, z))


class _Decoder:
    """Decodes the data of arrays."""

    def __init__(self, root: ElementTree.Element, encoding: str, appended: bytes):
        self._end: Literal["<", ">"] = ">" if root.get("byte_order") == "BigEndian" else "<"
        self._head = np.dtype(_TYPES[root.get("header_type", "UInt32")]).newbyteorder(self._end)
        self._compressor, self._encoding, self._appended = root.get("compressor"), encoding, appended
        if self._compressor not in (None, "vtkZLibDataCompressor"):
            raise ValueError(f"the data are compressed by {self._compressor}; use zlib, or none")

    def values(self, array: ElementTree.Element) -> np.ndarray:
        """Values of an array, flat."""
        kind, form = np.dtype(_TYPES[array.attrib["type"]]).newbyteorder(self._end), array.get("format")
        if form == "ascii":
            return np.array((array.text or "").split(), dtype=kind)
        if form == "appended":
            data, raw = self._appended[int(array.attrib["offset"]) :], self._encoding == "raw"
        else:
            data, raw = (array.text or "").strip().encode(), False
        found = np.frombuffer(self._plain(data, raw), kind)
        return found.astype(kind.newbyteorder("="))

    def _plain(self, data: bytes, raw: bool) -> bytes:
        """The bytes behind their header, inflated."""
        size = self._head.itemsize
        if self._compressor is None:
            count = int(self._numbers(data, 1, raw)[0])
            return data[size : size + count] if raw else _bytes(data, size + count)[size:]
        blocks = int(self._numbers(data, 1, raw)[0])
        lengths = self._numbers(data, 3 + blocks, raw)[3:].astype(int)
        head = (3 + blocks) * size
        # In base64 the header is encoded by itself.
        packed = data[head:] if raw else _bytes(data[4 * -(-head // 3) :], int(lengths.sum()))
        ends = np.concatenate([[0], np.cumsum(lengths)])
        return b"".join(zlib.decompress(packed[a:b]) for a, b in pairwise(ends))

    def _numbers(self, data: bytes, count: int, raw: bool) -> np.ndarray:
        length = count * self._head.itemsize
        return np.frombuffer(data[:length] if raw else _bytes(data, length)[:length], self._head)


def _bytes(text: bytes, count: int) -> bytes:
    """The first bytes that a text in base64 stands for."""
    return base64.b64decode(text[: 4 * -(-count // 3)])[:count]
