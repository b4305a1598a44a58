"""Files of VTK's XML formats, with the data appended raw, and collections of them over time (`.pvd`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from .field_data import FieldData

_TYPES = {"float32": "Float32", "float64": "Float64", "int32": "Int32", "int64": "Int64", "uint8": "UInt8"}


@dataclass(frozen=True)
class Array:
    """Array of a file, whose values are computed as they are written."""

    name: str
    dtype: np.dtype
    """Type of the numbers, in little-endian order."""
    components: int
    count: int
    """Number of tuples."""
    parts: Iterable[np.ndarray]
    """Values, part after part."""

    @classmethod
    def of(cls, name: str, values: np.ndarray) -> Array:
        """Array of given values, (n,) or (n, k)."""
        found = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        return cls(name, found.dtype, 1 if found.ndim == 1 else found.shape[1], len(found), (found,))

    @property
    def nbytes(self) -> int:
        """Size of the values [bytes]."""
        return self.dtype.itemsize * self.components * self.count

    def head(self, offset: int) -> str:
        """Its element, with the place of the values in the appended data."""
        return (
            f'<DataArray type="{_TYPES[self.dtype.name]}" Name={quoteattr(self.name)} NumberOfComponents="{self.components}" '
            f'format="appended" offset="{offset}"/>'
        )


def write_xml(
    path: Path, kind: str, attributes: Mapping[str, str], piece: Mapping[str, str], sections: Mapping[str, Sequence[Array]],
    facts: FieldData,
) -> None:
    """Writes a data set of one piece: its kind, such as ImageData, with attributes of both, the arrays of each section, such as
    CellData, and field data."""
    lines, offset = [], 0
    for section, arrays in sections.items():
        lines.append(f"<{section}>")
        for array in arrays:
            lines.append(array.head(offset))
            offset += array.nbytes + 8
        lines.append(f"</{section}>")
    head = [
        '<?xml version="1.0"?>', f'<VTKFile type="{kind}" version="1.0" byte_order="LittleEndian" header_type="UInt64">',
        f"<{kind}{_attributes(attributes)}>", *_field_data(facts, sections), f"<Piece{_attributes(piece)}>", *lines, "</Piece>",
        f"</{kind}>", '<AppendedData encoding="raw">', "_",
    ]
    with open(path, "wb") as file:
        file.write("\n".join(head).encode())
        for array in (each for arrays in sections.values() for each in arrays):
            file.write(np.uint64(array.nbytes).tobytes())
            for part in array.parts:
                file.write(np.ascontiguousarray(part, array.dtype).data)
        file.write(b"\n</AppendedData>\n</VTKFile>\n")


def write_collection(path: Path, files: Mapping[str, float]) -> None:
    """Writes a `.pvd` file: names of files beside it, and the time of each [s], or its iteration.

    Files that are not there, because the disk was full, are left out.
    """
    there = {name: time for name, time in files.items() if (path.parent / name).is_file()}
    lines = [f'<DataSet timestep="{time!r}" part="0" file={quoteattr(name)}/>' for name, time in there.items()]
    head = '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1" byte_order="LittleEndian">\n<Collection>'
    path.write_text("\n".join([head, *lines, "</Collection>", "</VTKFile>", ""]), encoding="utf-8")


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def _field_data(facts: FieldData, sections: Mapping[str, Sequence[Array]]) -> list[str]:
    lines = ["<FieldData>"]
    for name, value in facts.numbers.items():
        head = f'<DataArray type="Float64" Name={quoteattr(name)} NumberOfTuples="1" format="ascii">'
        lines += [head, repr(float(value)), "</DataArray>"]
    for name, texts in facts.all_texts(array.name for arrays in sections.values() for array in arrays).items():
        lines.append(f'<Array type="String" Name={quoteattr(name)} NumberOfTuples="{len(texts)}" format="ascii">')
        # VTK's ASCII strings: the bytes of each as numbers, and a 0.
        lines += [" ".join(map(str, [*text.encode(), 0])) for text in texts]
        lines.append("</Array>")
    return [*lines, "</FieldData>"]
