"""LZ4 blocks and compressed integers, as OpenUSD stores them in crate files (`pxr/base/tf/fastCompression.cpp`,
`pxr/usd/sdf/integerCoding.cpp`).

Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md: sequences of a byte with two lengths, letters, and the
distance and length of an earlier piece that is repeated.
"""

from __future__ import annotations

import struct

import numpy as np

from sparselbm.scene.usd.crate_values import CrateFault


def unpacked(data: bytes, size: int | None, most: int = 0) -> bytes:
    """Unpacks data of a known size [bytes], or of at most `most` bytes. Raises CrateFault for other data."""
    found, most = bytearray(), most if size is None else size
    try:
        if data[0] == 0:  # The number of blocks, 0 for a single one without its size.
            _unpack(data[1:], found, most)
        else:
            place = 1
            for _ in range(data[0]):
                (length,) = struct.unpack_from("<i", data, place)
                _unpack(data[place + 4 : place + 4 + length], found, most)
                place += 4 + length
    except (IndexError, struct.error) as error:
        raise CrateFault("compressed data end early") from error
    if size is not None and len(found) != size:
        raise CrateFault(f"compressed data unpack to {len(found):,} bytes, but {size:,} are stated")
    return bytes(found)


def integers(data: bytes, count: int) -> np.ndarray:
    """Integers (count,) int64: the sums of steps, each the most common one or of 1, 2 or 4 bytes. Raises CrateFault."""
    head = 4 + (2 * count + 7) // 8
    plain = unpacked(data, None, head + 4 * count)
    if len(plain) < head:
        raise CrateFault("compressed integers end early")
    codes = np.frombuffer(plain, np.uint8, head - 4, 4)
    codes = (codes[:, None] >> np.array([0, 2, 4, 6], np.uint8) & 3).reshape(-1)[:count]
    sizes = np.array([0, 1, 2, 4])[codes]
    places = head + np.cumsum(sizes) - sizes
    if head + sizes.sum() > len(plain):
        raise CrateFault("compressed integers end early")
    steps, letters = np.full(count, struct.unpack_from("<i", plain)[0], np.int64), np.frombuffer(plain, np.uint8)
    for size in (1, 2, 4):
        chosen = sizes == size
        digits = letters[places[chosen][:, None] + np.arange(size)]
        steps[chosen] = np.ascontiguousarray(digits).view(f"<i{size}")[:, 0]
    return np.cumsum(steps)


def _unpack(block: bytes, found: bytearray, most: int) -> None:
    place, start = 0, len(found)
    while place < len(block):
        token = block[place]
        letters, place = _length(block, place + 1, token >> 4)
        found += block[place : place + letters]
        place += letters
        if place >= len(block):  # The last sequence repeats nothing.
            return
        back = block[place] | block[place + 1] << 8
        repeated, place = _length(block, place + 2, token & 15)
        repeated += 4
        if not 0 < back <= len(found) - start or len(found) + repeated > most:
            raise CrateFault("compressed data refer beyond themselves")
        piece = found[-back:] if back >= repeated else found[-back:] * (repeated // back + 1)
        found += piece[:repeated]


def _length(block: bytes, place: int, short: int) -> tuple[int, int]:
    """A length, which further bytes continue if it is 15, and the place behind it."""
    if short == 15:
        while (more := block[place]) == 255:
            short, place = short + 255, place + 1
        short, place = short + more, place + 1
    return short, place
