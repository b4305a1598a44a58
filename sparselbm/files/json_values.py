"""Values as JSON stores them and gives them back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def json_value(value: Any) -> Any:
    """Numbers and texts as they are, mappings with texts as keys, sequences as lists, anything else as its text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Mapping):
        return {str(name): json_value(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(each) for each in value]
    return value.__name__ if isinstance(value, type) else str(value)
