"""Attributes as NumPy arrays, numbers and tokens; errors name the prim, the attribute and the allowed values."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Collection, Sized
from typing import TYPE_CHECKING, Any

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.arrays import check_count

if TYPE_CHECKING:
    from pxr import Usd


def integers(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> np.ndarray:
    """Reads an integer array, shape (n,), int64; empty if not authored. Raises SceneError for other types."""
    value = _array(prim, name, time)
    if value is None:
        return np.zeros(0, np.int64)
    array = np.array(value)
    if array.ndim != 1 or (len(array) and array.dtype.kind not in "iu"):
        raise _wrong_type(prim, name, value, "an array of integers (int[])")
    return array.astype(np.int64)


def numbers(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> np.ndarray:
    """Reads an array of numbers, shape (n,), fp64; empty if not authored. Raises SceneError for other types."""
    value = prim.GetAttribute(name).Get(time)
    if value is None:
        return np.zeros(0)
    array = np.array(value)
    if array.ndim != 1 or (len(array) and array.dtype.kind not in "iuf"):
        raise _wrong_type(prim, name, value, "an array of numbers (float[])")
    return array.astype(np.float64)


def vectors(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> np.ndarray:
    """Reads an array of 3-vectors, shape (n, 3), fp64; empty if not authored. Raises SceneError for other types."""
    value = _array(prim, name, time)
    if value is None:
        return np.zeros((0, 3))
    array = np.array(value)
    if len(np.atleast_1d(array)) == 0:
        return np.zeros((0, 3))
    if array.ndim != 2 or array.shape[1] != 3 or array.dtype.kind not in "iuf":
        raise _wrong_type(prim, name, value, "an array of 3-vectors (point3f[])")
    return array.astype(np.float64)


def length(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> float:
    """Reads a length in stage units, finite and not negative. Raises SceneError otherwise."""
    value = prim.GetAttribute(name).Get(time)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong_type(prim, name, value, "a number (double)")
    if not 0.0 <= value < float("inf"):
        raise SceneError(f"{prim.GetPath()}: {name} is {value}; use a finite length of at least 0")
    return float(value)


def token(prim: Usd.Prim, name: str, time: Usd.TimeCode, allowed: Collection[str]) -> str:
    """Reads one of the allowed tokens. Raises SceneError for others."""
    value = prim.GetAttribute(name).Get(time)
    if value not in allowed:
        raise SceneError(f"{prim.GetPath()}: {name} is {value!r}; allowed are {', '.join(allowed)}")
    return value


def check_range(path: str, name: str, values: np.ndarray, count: int) -> None:
    """Raises SceneError for indices below 0, or of `count` or more."""
    if len(values) and not (values.min() >= 0 and values.max() < count):
        raise SceneError(
            f"{path}: {name} run from {values.min()} to {values.max()}, but 0 to {count - 1} is allowed; export the "
            "mesh again"
        )


def _array(prim: Usd.Prim, name: str, time: Usd.TimeCode) -> Any:
    """The value of an attribute. Raises SceneError for an array that is too long, before it is copied."""
    value = prim.GetAttribute(name).Get(time)
    if isinstance(value, Sized) and not isinstance(value, str):
        check_count(str(prim.GetPath()), name, len(value))
    return value


def _wrong_type(prim: Usd.Prim, name: str, value: object, wanted: str) -> SceneError:
    return SceneError(f"{prim.GetPath()}: {name} is a {type(value).__name__}, but must be {wanted}; author it again")
