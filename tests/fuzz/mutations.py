"""Mutations of files: seeded, so that a finding can be repeated."""

import random
import re

NUMBERS = [b"nan", b"inf", b"-inf", b"1e300", b"-1", b"0", b"2147483648", b"9999999999999999999", b"1e-300", b"", b"x", b"[]"]
_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")
_WORDS = [bytes.fromhex(each) for each in ("00000000", "ffffffff", "0000c07f", "0000807f", "ffffff7f", "caf24971")]
"""As four bytes: 0, -1, NaN, infinity, 2^31 - 1 and 1e30."""


def mutated(data: bytes, seed: int) -> bytes:
    """One to three mutations of the contents of a file."""
    draw = random.Random(seed)
    for _ in range(draw.choice((1, 1, 1, 2, 3))):
        data = draw.choice(_WAYS)(data, draw)
    return data


def _flip(data: bytes, draw: random.Random) -> bytes:
    """Some bits."""
    found = bytearray(data)
    for _ in range(draw.choice((1, 1, 4, 32))):
        if found:
            # The head of a file, where sizes are, as often as everything behind it.
            place = draw.randrange(min(len(found), draw.choice((256, len(found)))))
            found[place] ^= 1 << draw.randrange(8)
    return bytes(found)


def _truncate(data: bytes, draw: random.Random) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _repeat(data: bytes, draw: random.Random) -> bytes:
    """A piece once more, or 50 times."""
    if not data:
        return data
    start = draw.randrange(len(data))
    end = min(len(data), start + draw.choice((1, 16, 256, 4096)))
    return data[:end] + data[start:end] * draw.choice((1, 50)) + data[end:]


def _remove(data: bytes, draw: random.Random) -> bytes:
    start = draw.randrange(len(data) + 1)
    return data[:start] + data[start + draw.choice((1, 4, 64)) :]


def _number(data: bytes, draw: random.Random) -> bytes:
    """Another number in place of one in a text; in binary files four bytes."""
    places = list(_NUMBER.finditer(data))
    if b"\x00" in data or not places:
        return _word(data, draw)
    place = draw.choice(places)
    return data[: place.start()] + draw.choice(NUMBERS) + data[place.end() :]


def _word(data: bytes, draw: random.Random) -> bytes:
    if len(data) < 4:
        return data
    place = draw.randrange(min(len(data) - 3, draw.choice((512, len(data))))) // 4 * 4
    return data[:place] + draw.choice(_WORDS) + data[place + 4 :]


def _twice(data: bytes, draw: random.Random) -> bytes:
    """A line, such as a key, twice or in another place."""
    lines = data.split(b"\n")
    lines.insert(draw.randrange(len(lines) + 1), draw.choice(lines))
    return b"\n".join(lines)


_WAYS = (_flip, _flip, _truncate, _repeat, _remove, _number, _number, _number, _word, _twice)
