"""Value types of a case, the same in USD, in TOML and on the command line."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..models import Waveform


@dataclass(frozen=True)
class Kind:
    """Type of a value."""

    usd: str
    """Type of the attribute in USD."""
    words: str
    """Name of the type in messages."""
    convert: Callable[[Any], Any]
    """Converts a value from USD, TOML or an option. Raises TypeError for other types."""
    in_time: bool = False
    """Whether the attribute in USD may have time samples."""


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError
    return float(value)


def _number_in_time(value: Any) -> float | Waveform:
    return value if isinstance(value, Waveform) else _number(value)


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
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
CHOICES = Kind("dictionary", "a table of texts", _choices)
