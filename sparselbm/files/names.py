"""The name that results have, from the file that they belong to."""

import re
from pathlib import Path

_PLAIN = r"\w[\w.-]*"
"""What may name files: any shell, any viewer and USD's asset paths take it as it stands."""


def is_plain(name: str) -> bool:
    """Whether a name is made of letters, digits, `_`, `-` and `.` only, the first none of `-` and `.`."""
    return re.fullmatch(_PLAIN, name) is not None


def result_name_of(file: Path) -> str:
    """That of a file without suffix, `_` in place of what is not plain: `2024 car.usda` gives 2024_car."""
    name = re.sub(r"[^\w.-]+", "_", file.stem)
    return name if is_plain(name) else f"_{name}"
