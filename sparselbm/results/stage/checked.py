"""Validation of arrays and names for drawing."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np

RESERVED = ("displayColor", "displayOpacity", "normals", "st")
"""Primvars with a special meaning in viewers."""


def checked(name: str, values: np.ndarray, shapes: list[tuple[int, ...]]) -> np.ndarray:
    """Returns an array of one of the given shapes as float64. Raises ValueError."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in shapes:
        raise ValueError(f"{name} has the shape {array.shape}; pass {' or '.join(map(str, shapes))}")
    return array


def field_name_of(name: str) -> str:
    """Returns a valid primvar name. Raises ValueError."""
    from pxr import Sdf

    if not Sdf.Path.IsValidNamespacedIdentifier(name) or name in RESERVED:
        raise ValueError(
            f"{name!r} is not a valid field name: use letters, digits and `_`, but not {', '.join(RESERVED)}"
        )
    return name
