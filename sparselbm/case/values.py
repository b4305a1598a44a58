"""Formatting of values in USD and TOML syntax."""

import json
from typing import Any


def usd_value(value: Any) -> str:
    """Formats a value for USD: 1.0 -> 1, (1.0, 0.0, 0.0) -> (1, 0, 0), ("a", "b") -> ["a", "b"]."""
    if isinstance(value, tuple):
        brackets = "[]" if value and isinstance(value[0], str) else "()"
        return brackets[0] + ", ".join(map(usd_value, value)) + brackets[1]
    return f"{value:.17g}" if isinstance(value, float) and value == int(value) else toml_value(value)


def toml_value(value: Any) -> str:
    """Formats a value for TOML: 1.0 -> 1.0, (1.0, 0.0, 0.0) -> [1.0, 0.0, 0.0], True -> true, {"a": 1} -> {"a" = 1}."""
    if isinstance(value, tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml_value(name)} = {toml_value(each)}" for name, each in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)
