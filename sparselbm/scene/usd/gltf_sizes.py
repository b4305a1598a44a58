"""Sizes that a glTF file states, checked before its points are read: few lines can describe more than fits into memory."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

from sparselbm.errors import SceneError
from sparselbm.scene.arrays import MOST_POINTS

SUFFIXES = (".gltf", ".glb")
MOST_NODES = 20_000
"""Largest number of nodes of a file, about ten seconds of reading."""
_CHUNK = 20
"""Place of the JSON in a .glb file, behind the heads of the file and of its first chunk [bytes]."""


def require_few(path: Path) -> None:
    """Raises SceneError for more nodes than `MOST_NODES`, or more points than `MOST_POINTS` with all copies of the meshes.

    Points of accessors without data, which are zero, count like others. Raises other errors for a damaged file.
    """
    found = json.loads(_text(path))
    nodes, meshes, accessors = (found.get(name, []) for name in ("nodes", "meshes", "accessors"))
    if len(nodes) > MOST_NODES:
        raise SceneError(f"{path}: the file has {len(nodes):,} nodes, above the limit of {MOST_NODES:,}; merge its meshes")
    sizes = [sum(_entries(each, accessors) for each in mesh.get("primitives", [])) for mesh in meshes]
    drawn = sum(sizes[each["mesh"]] for each in nodes if "mesh" in each)
    if max(drawn, sum(sizes)) > MOST_POINTS:
        raise SceneError(
            f"{path}: the file states {max(drawn, sum(sizes)):,} points and corners with all copies of its meshes, above the "
            f"limit of {MOST_POINTS:,}; decimate its meshes"
        )


def _entries(primitive: dict[str, Any], accessors: list[dict[str, Any]]) -> int:
    """Number of entries of the largest array of a primitive."""
    used = [*primitive.get("attributes", {}).values(), *([primitive["indices"]] if "indices" in primitive else [])]
    return max((int(accessors[each]["count"]) for each in used), default=0)


def _text(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix.lower() == ".gltf":
        return data
    (length,) = struct.unpack_from("<I", data, 12)
    return data[_CHUNK : _CHUNK + length]
