"""Reads a case from a TOML file, with the names of the schemas without their prefix."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import CaseError
from ..files.bundled import bundled_scenes
from ..files.reading import require_readable
from .case import Case
from .entry import CasePart, read_part
from .parts import PARTS, SceneFile
from .source import Source

_MOST_PARTS = 100
_NOT_IN_KEYS = str.maketrans("", "", " \t\"'")


def read_case(path: Path, *, local_files_only: bool = False) -> Case:
    """The case of a file; missing settings take their defaults. `scene.file` is relative to the file's folder, or names a scene
    of the package.

    Raises CaseError naming the table, the name and the allowed values.
    """
    require_readable(path, CaseError)
    if not path.is_file():
        raise CaseError(f"{path}: no such file in {Path.cwd()}; give the path of a case")
    try:
        text = path.read_text(encoding="utf-8-sig")  # Editors on Windows put a mark first.
        _require_short_keys(text)
        tables = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise CaseError(f"{path}: this is not valid TOML: {error}; correct it") from None
    source, kinds = Source(path, local_files_only=local_files_only), {part.space: part for part in PARTS}
    parts: dict[str, Any] = {}
    for name, table in tables.items():
        if name not in kinds:
            near = difflib.get_close_matches(name, kinds, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise CaseError(f"{path.name}: no such table [{name}]; {hint}allowed are {', '.join(kinds)}")
        parts[name] = _read(kinds[name], _table(f"{path.name}: {name}", table), source)
    scene = parts.get("scene")
    if "image" in parts and parts["image"].file is not None and (scene is None or scene.file is None):
        scene = replace(scene or SceneFile(), file=parts["image"].file)
    if scene is None or scene.file is None:
        raise CaseError(f'{source.place("scene", "file")} is missing: name the scene, as in file = "car.usd"')
    file = path.parent / scene.file
    if not file.exists():
        file = bundled_scenes().get(scene.file, file)
    source.require_local(file, source.place("scene", "file"))
    return Case(**{**parts, "scene": replace(scene, file=str(file))}, source=source)


def _require_short_keys(text: str) -> None:
    """Raises ValueError for a key of more than `_MOST_PARTS` parts, for which Python's parser takes memory without bounds."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.count(".") > _MOST_PARTS:
            plain = line.translate(_NOT_IN_KEYS)
            parts = 1 + max(each.count(".") for each in re.split(r"[=,\[\]{}#]", plain))
            if parts > _MOST_PARTS:
                raise ValueError(f"a key in line {number} has {parts:,} parts, above the limit of {_MOST_PARTS}")


def _read(kind: type[CasePart], table: Mapping[str, Any], source: Source) -> CasePart | dict[str, CasePart]:
    if kind.instances == ():
        return read_part(kind, table, lambda name: source.place(kind.space, name))
    result = {}
    for instance, values in table.items():
        if kind.instances is not None and instance not in kind.instances:
            raise CaseError(
                f"{source.place(kind.space, '', instance)}: no such {kind.space}; allowed are {', '.join(kind.instances)}"
            )
        place = source.place(kind.space, "", instance)
        result[instance] = read_part(
            kind, _table(place, values), lambda name, instance=instance: source.place(kind.space, name, instance)
        )
    return result


def _table(place: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise CaseError(f"{place} is {value!r}: it must be a table, [{place.rpartition(' ')[2]}]")
    return value
