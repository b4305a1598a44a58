"""Value types of a case, the same in USD, in TOML and on the command line."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..geometry.deformation.ffd import FEWEST, MOST
from ..models import Waveform


@dataclass(frozen=True)
class Kind:
    """Type of a value."""

    usd: str
    """Type of the attribute in USD."""
    words: str
    """Name of the type in messages."""
    convert: Callable[[Any], Any]
    """Converts a value from USD, TOML or an option. Raises TypeError for other types, OverflowError with the limit."""
    in_time: bool = False
    """Whether the attribute in USD may have time samples."""


_SMALLEST, _LARGEST = 1e-30, 1e30
"""Magnitudes of numbers other than 0: beyond them products of two numbers and numbers of cells overflow."""


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    if value != value or abs(value) == math.inf:
        raise TypeError
    if value != 0 and not _SMALLEST <= abs(value) <= _LARGEST:
        raise OverflowError(f"its magnitude must be {_SMALLEST:g} to {_LARGEST:g}, or 0")
    return float(value)


def _number_in_time(value: Any) -> float | Waveform:
    return value if isinstance(value, Waveform) else _number(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    if abs(value) >= 2**31:
        raise OverflowError("its magnitude must be below 2^31")
    return value


def _lattice_count(value: Any) -> int:
    if not FEWEST <= _count(value) <= MOST:
        raise OverflowError(f"each number must be {FEWEST} to {MOST}")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _several(convert: Callable[[Any], Any], length: int | None = None) -> Callable[[Any], tuple]:
    def convert_all(values: Sequence) -> tuple:
        if isinstance(values, str) or not hasattr(values, "__len__") or (length is not None and len(values) != length):
            raise TypeError
        return tuple(convert(value) for value in values)

    return convert_all


def _choices(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError
    return {_text(name): _text(choice) for name, choice in value.items()}


NUMBER = Kind("double", "a finite number", _number)
NUMBER_IN_TIME = Kind("double", "a finite number, or time samples in USD", _number_in_time, in_time=True)
COUNT = Kind("int", "a whole number", _count)
FLAG = Kind("bool", "true or false", _flag)
TOKEN = Kind("token", "a word", _text)
TEXT = Kind("string", "a text", _text)
TEXTS = Kind("string[]", "a list of texts", _several(_text))
VECTOR = Kind("double3", "three finite numbers", _several(_number, 3))
LABELS = Kind("int[]", "a list of whole numbers", _several(_count))
COUNTS = Kind("int3", "three whole numbers", _several(_count, 3))
LATTICE = Kind("int3", f"three whole numbers from {FEWEST} to {MOST}", _several(_lattice_count, 3))
CHOICES = Kind("dictionary", "a table of texts", _choices)
