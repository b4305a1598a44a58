"""Lengths of the arrays in a crate file: see `crate`."""

from __future__ import annotations

import mmap
import struct

import numpy as np

FEW, PER_BYTE, MOST = 1_000_000, 4, 50_000_000
"""Number of entries that is always accepted, largest number per byte of the file beyond that, and largest number of compressed
entries. OpenUSD takes about 100 bytes for an entry of a section; files of real scenes have less than one per byte."""
_MOST_DEEP = 200
"""Largest number of values within one another."""

_ARRAY, _INLINED, _COMPRESSED = 1 << 63, 1 << 62, 1 << 61
_PLACE = (1 << 48) - 1
_SIZES = {
    **dict.fromkeys((1, 2), 1), **dict.fromkeys((3, 4, 8, 10, 11, 12, 57), 4), **dict.fromkeys((5, 6, 9, 56), 8), 7: 2, 13: 32,
    14: 72, 15: 128, 16: 32, 17: 16, 18: 8, 19: 16, 20: 8, 21: 4, 22: 8, 23: 24, 24: 12, 25: 6, 26: 12, 27: 32, 28: 16, 29: 8,
    30: 16,
}
"""Size of an entry of an array [bytes], by the type (`crateDataTypes.h`): numbers, texts by their index, vectors, matrices."""
_DICTIONARY, _REFERENCES, _SAMPLES, _UNKNOWN, _PAYLOADS = 31, 35, 46, 54, 55
_LISTS = {32: 4, 33: 4, 34: 4, _REFERENCES: 32, 36: 4, 37: 8, 38: 4, 39: 8, _UNKNOWN: 16, _PAYLOADS: 24}
"""Smallest size of an entry of a list operation [bytes], by the type; each reference ends with a dictionary."""
_VECTORS = {40: 4, 41: 4, 45: 8, 48: 8, 49: 16, 50: 4, 58: 8, 59: 1}
"""Size of an entry of other lists [bytes], by the type: paths, tokens, selections of variants, times, and bytes of splines."""
_WRAPPED = (52, 53)
"""Types of values that contain another one."""


class CrateFault(Exception):
    """A crate states something that its file cannot contain."""


class CrateValues:
    """Values of a crate, whose lengths are checked without reading them."""

    def __init__(self, data: mmap.mmap, begin: int):
        """`begin`: where the crate begins in the file."""
        self._data, self._begin = data, begin
        self.size = len(data) - begin
        """Size of the crate and of what follows it in the file [bytes]."""
        major, minor = self.numbers("<BB", 8)
        self.version: tuple[int, int] = (major, minor)
        """Version of the format."""
        self._known: set[int] = set()

    def numbers(self, layout: str, place: int) -> tuple:
        """Numbers at a place. Raises CrateFault for one outside of the file."""
        if not 0 <= place <= self.size - struct.calcsize(layout):
            raise CrateFault(f"it refers to byte {place:,}, but the file has {self.size:,}")
        return struct.unpack_from(layout, self._data, self._begin + place)

    def data(self, place: int, size: int) -> bytes:
        """Data at a place. Raises CrateFault for a place outside of the file."""
        if not (place >= 0 and 0 <= size <= self.size - place):
            raise CrateFault(f"it refers to {size:,} bytes at byte {place:,}, but the file has {self.size:,}")
        return self._data[self._begin + place : self._begin + place + size]

    def count(self, place: int, what: str, size: int | None = None, layout: str = "<Q") -> int:
        """Number of entries at a place. `size`: of one [bytes]; None: they are compressed. Raises CrateFault for too many."""
        (count,) = self.numbers(layout, place)
        room = self.size - place - struct.calcsize(layout)
        most = min(max(FEW, PER_BYTE * self.size), MOST) if size is None else room // size
        if count > most:
            raise CrateFault(f"{what} states {count:,} entries, more than a file of {self.size:,} bytes has")
        return count

    def check_all(self, values: np.ndarray) -> None:
        """Checks values (n,) uint64 and those within them. Raises CrateFault."""
        for value in np.unique(values[values & np.uint64(_INLINED) == 0]).tolist():
            self._check(value, 0)

    def _check(self, value: int, depth: int) -> None:
        if value & _INLINED or value in self._known:
            return
        if depth > _MOST_DEEP:
            raise CrateFault(f"values are nested over {_MOST_DEEP} deep")
        self._known.add(value)
        place, kind = value & _PLACE, value >> 48 & 0xFF
        what = f"a value of type {kind}"
        if value & _ARRAY:
            self._check_array(value, place, kind, what)
        elif kind == _DICTIONARY:
            self._check_dictionary(place, depth)
        elif kind == _SAMPLES:
            self._check_samples(place, depth)
        elif kind in _LISTS:
            self._check_list(place, kind, depth)
        elif kind in _VECTORS:
            self.count(place, what, _VECTORS[kind])
        elif kind in _WRAPPED:
            self._check_wrapped(place, depth)

    def _check_array(self, value: int, place: int, kind: int, what: str) -> None:
        if place == 0:  # An empty array.
            return
        if self.version < (0, 5):
            place += 4  # The rank.
        layout = "<Q" if self.version >= (0, 7) else "<I"
        if not value & _COMPRESSED:
            self.count(place, what, _SIZES.get(kind, 1), layout)
            return
        self.count(place, what, layout=layout)
        place += struct.calcsize(layout)
        if kind in (7, 8, 9) and self.numbers("<c", place) == (b"t",):  # Indices into a table of numbers.
            self.count(place + 1, f"the table of {what}", _SIZES[kind], "<I")

    def _check_dictionary(self, place: int, depth: int) -> int:
        """Checks a dictionary: pairs of the index of a name and a value. Returns the place behind it."""
        count, place = self.count(place, "a dictionary", 20), place + 8
        for _ in range(count):
            place = self._check_wrapped(place + 4, depth)
        return place

    def _check_wrapped(self, place: int, depth: int) -> int:
        """Checks a value within another one, at a distance that is stated before it. Returns the place behind it."""
        (distance,) = self.numbers("<q", place)
        if distance < 8:
            raise CrateFault(f"a value refers back by {-distance:,} bytes")
        self._check(self.numbers("<Q", place + distance)[0], depth + 1)
        return place + distance + 8

    def _check_samples(self, place: int, depth: int) -> None:
        """Checks time samples: distances to the value of the times, and to the number of samples and their values."""
        (distance,) = self.numbers("<q", place)
        self._check(self.numbers("<Q", place + distance)[0], depth + 1)
        behind = place + distance + 8
        (distance,) = self.numbers("<q", behind)
        count = self.count(behind + distance, "an attribute in time", 8)
        for value in set(np.frombuffer(self.data(behind + distance + 8, 8 * count), "<u8").tolist()):
            self._check(value, depth + 1)

    def _check_list(self, place: int, kind: int, depth: int) -> None:
        """Checks a list operation: a byte with a bit for each list that follows, the lowest of which stands for none."""
        (bits,) = self.numbers("<B", place)
        size, place = 8 if kind == _PAYLOADS and self.version < (0, 8) else _LISTS[kind], place + 1
        for _ in range((bits >> 1).bit_count()):
            count, place = self.count(place, f"a list of type {kind}", size), place + 8
            if kind == _REFERENCES:
                for _ in range(count):
                    place = self._check_dictionary(place + 24, depth)
            elif kind == _UNKNOWN:
                for _ in range(count):
                    place = self._check_wrapped(place, depth)
            else:
                place += count * size
