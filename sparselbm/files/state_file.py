"""State of a run as a file: a tree of plain values and arrays, with a checksum of each array."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import RestartError
from .reading import refusals
from .write import replace_file

State = Mapping[str, Any]
"""Tree of mappings, lists, numbers, texts, None and NumPy arrays."""
_ARRAY, _HEAD = "$array", "head"


def write_state(path: str | os.PathLike[str], state: State) -> None:
    """Writes a state to an uncompressed `.npz` file, whose format has a CRC-32 for each array.

    An existing file is replaced only when the new one is complete. Raises OSError, such as that of a full disk.
    """
    arrays: list[np.ndarray] = []

    def stored(value: Any) -> dict[str, int]:
        if not isinstance(value, np.ndarray):
            raise TypeError(f"a state has plain values and arrays, not {type(value).__name__}")
        arrays.append(value)
        return {_ARRAY: len(arrays) - 1}

    head = np.frombuffer(json.dumps(state, default=stored).encode(), np.uint8)
    with replace_file(path) as beside, beside.open("wb") as file:
        np.savez(file, **{_HEAD: head, **{str(k): each for k, each in enumerate(arrays)}})


def read_state(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Reads a file that `write_state` has written. Raises OSError for a missing file, RestartError for a damaged one."""
    with refusals(path, RestartError):
        with np.load(path, allow_pickle=False) as file:
            stored = {name: file[name] for name in file.files}
        head = stored[_HEAD].tobytes().decode()
        return json.loads(head, object_hook=lambda found: stored[str(found[_ARRAY])] if found.keys() == {_ARRAY} else found)


def array_of(file: str | os.PathLike[str]) -> np.ndarray:
    """Contents of a file as an array of bytes; empty if it does not exist."""
    path = Path(file)
    return np.frombuffer(path.read_bytes() if path.is_file() else b"", np.uint8)
