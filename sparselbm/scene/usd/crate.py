"""Sizes that a crate file (.usdc) states, compared with its own size before OpenUSD reads it and takes memory for them.

The format is that of `pxr/usd/sdf/crateFile.cpp` of OpenUSD: "PXR-USDC", a version, and the place of a table of contents, which
has the number of sections, and name, place and size of each. A section begins with the number of its entries. A field has a
value of 8 bytes: its type, and either the value itself or the place where its arrays are, which begin with their lengths.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.usd.crate_values import CrateFault, CrateValues
from sparselbm.scene.usd.lz4 import integers, unpacked

_MAGIC = b"PXR-USDC"
_COUNTED = (b"TOKENS", b"STRINGS", b"FIELDS", b"FIELDSETS", b"PATHS", b"SPECS")
_MOST_SECTIONS = 64
_FEW_LETTERS, _LETTERS_PER_BYTE = 1 << 26, 50
"""Size of the text of the tokens that is always accepted [bytes], and largest size per byte of the file."""
_SPEC_TYPES = 12
"""Number of types of specs (`SdfSpecType`)."""
_PACKED = (0, 4)
"""First version whose sections are compressed."""


def require_sound(file: Path) -> None:
    """Raises SceneError for a crate file, or a package (.usdz) with one, that states more entries than its size permits."""
    with file.open("rb") as opened:
        head, is_package = opened.read(len(_MAGIC)), file.suffix.lower() == ".usdz"
        if head != _MAGIC and not (head and is_package):
            return
        with mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for begin in _crates(data, is_package):
                try:
                    _check(CrateValues(data, begin))
                except CrateFault as fault:
                    raise SceneError(f"{file} is damaged or not of its format ({fault}): write it again") from fault


def _crates(data: mmap.mmap, is_package: bool) -> Iterator[int]:
    """Places of the crates in a file. Packages store them as they are, also one in another."""
    if not is_package:
        yield 0
        return
    begin = data.find(_MAGIC)
    while begin >= 0:
        yield begin
        begin = data.find(_MAGIC, begin + 1)


def _check(values: CrateValues) -> None:
    (contents,) = values.numbers("<q", 16)
    (sections,) = values.numbers("<Q", contents)
    if sections > _MOST_SECTIONS:
        raise CrateFault(f"the table of contents has {sections:,} sections")
    counts: dict[bytes, tuple[int, int]] = {}
    for number in range(sections):
        found, place, size = values.numbers("<16sqq", contents + 8 + 32 * number)
        name = found.rstrip(b"\0")
        if place < 0 or not 0 <= size <= values.size - place:
            raise CrateFault(f"the section {name.decode(errors='replace')} ends beyond the file")
        if name not in _COUNTED:
            continue
        count = values.count(place, f"the section {name.decode()}")
        counts[name] = count, place + 8
        if name == b"TOKENS":
            (letters,) = values.numbers("<Q", place + 8)
            if letters > max(_FEW_LETTERS, _LETTERS_PER_BYTE * values.size):
                raise CrateFault(f"the section TOKENS states {letters:,} bytes of text")
        if name == b"FIELDS" and count:
            values.check_all(_fields(values, place + 8, count))
        if name == b"PATHS" and count and values.version >= _PACKED:
            values.count(place + 8, "the section PATHS")
    _check_specs(values, counts)


def _check_specs(values: CrateValues, counts: dict[bytes, tuple[int, int]]) -> None:
    """Checks the paths, sets of fields and types of all specs, by which OpenUSD indexes its arrays."""
    count, place = counts.get(b"SPECS", (0, 0))
    if not count or values.version < _PACKED:
        return
    ends = (counts.get(b"PATHS", (0, 0))[0], counts.get(b"FIELDSETS", (0, 0))[0], _SPEC_TYPES)
    for what, end in zip(("path", "set of fields", "type"), ends, strict=True):
        (size,) = values.numbers("<Q", place)
        found = integers(values.data(place + 8, size), count)
        if found.min() < 0 or found.max() >= end:
            raise CrateFault(f"the {what} of a spec is number {found.min()} or {found.max()}, but 0 to {end - 1} is allowed")
        place += 8 + size


def _fields(values: CrateValues, place: int, count: int) -> np.ndarray:
    """Values of all fields, (count,)."""
    if values.version < _PACKED:
        return np.frombuffer(values.data(place, 16 * count), "<u8")[1::2]
    (names,) = values.numbers("<Q", place)
    (size,) = values.numbers("<Q", place + 8 + names)
    return np.frombuffer(unpacked(values.data(place + 16 + names, size), 8 * count), "<u8")
