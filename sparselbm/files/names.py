"""Names of results, derived from the file they belong to."""

import re
from pathlib import Path

_PLAIN = r"\w[\w.-]*"
"""Names that any shell, any viewer and USD asset paths accept unquoted."""


def is_plain(name: str) -> bool:
    """Returns whether a name has only letters, digits, `_`, `-` and `.`, and does not begin with `-` or `.`."""
    return re.fullmatch(_PLAIN, name) is not None


def result_name_of(file: Path) -> str:
    """Name of a file without its suffix, with `_` in place of other characters: `2024 car.usda` gives 2024_car."""
    name = re.sub(r"[^\w.-]+", "_", file.stem)
    return name if is_plain(name) else f"_{name}"
