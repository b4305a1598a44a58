"""Memory budgets as texts."""

import re

from ..errors import AdjointError

_UNITS = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def parse_bytes(size: int | str, name: str = "memory") -> int:
    """Number of bytes from a number or a text such as "2 GiB". Raises AdjointError."""
    match = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*([A-Za-z]*)\s*", str(size))
    if not match or match[2] not in _UNITS:
        raise AdjointError(f'{name} is {size!r}, but must be a number of bytes or a text such as "512 MiB" or "2 GiB"')
    return int(float(match[1]) * _UNITS[match[2]])
