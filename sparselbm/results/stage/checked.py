"""Arrays and names that are given to be drawn."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import numpy as np

RESERVED = ("displayColor", "displayOpacity", "normals", "st")
"""Primvars that viewers give a meaning of their own."""


def checked(name: str, values: np.ndarray, shapes: list[tuple[int, ...]]) -> np.ndarray:
    """An array of one of some shapes, as float64. Raises ValueError."""
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in shapes:
        raise ValueError(f"{name} has the shape {array.shape}; give {' or '.join(map(str, shapes))}")
    return array


def field_name_of(name: str) -> str:
    """A name that a primvar may have. Raises ValueError."""
    from pxr import Sdf

    if not Sdf.Path.IsValidNamespacedIdentifier(name) or name in RESERVED:
        raise ValueError(
            f"{name!r} cannot name a field: use letters, digits and `_`, and none of {', '.join(RESERVED)}"
        )
    return name
