"""Template of a case as text: the settings that were given, and all others as comments with their defaults."""

from __future__ import annotations

import inspect
import json
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..results.stage.layer_head import LayerHead
from .case_kind import CaseKind
from .entry import CasePart, Entry
from .overs import Over, overs_text, prim_text
from .parts import CaseDesign
from .values import toml_value, usd_value

Settings = Mapping[str, "CasePart | Mapping[str, CasePart]"]
"""Parts of a case by the name of their table, those of several instances by the name of each; the others have their defaults."""

_WIDTH = 116
_HINT = (
    "Settings of this case. Lines that begin with one # are settings that have their defaults, which are shown if they have a "
    'value: remove "# " to change them. Lines that begin with ## explain.'
)
_REST = "---------- Everything else has its default ----------"

_Written = Callable[[str, Entry, Any], str]
"""Returns the line of a setting, from its name and value."""


def toml_text(kind: CaseKind, settings: Settings) -> str:
    """A TOML file beside a scene, with a table for each part."""
    groups: list[list[str]] = []
    for part in kind.parts:
        found, entries, heading = _instances(part, settings), kind.entries(part), list(_remark(_doc(part)))
        for name, lines in _by_instance(found, lambda _: _toml_line, entries).items():
            groups.append([*heading, f"[{_table(part, name)}]", *lines])
            heading = []
        if not found:
            groups.append([*heading, f"# [{_table(part, part.example)}]", *_lines(part(), entries, _toml_line, set())])
    return "\n".join([*_remark(_HINT), *_in_order(groups)]) + "\n"


def usd_text(head: LayerHead, kind: CaseKind, settings: Settings) -> str:
    """A layer over a scene: overs of its prims with their roles, and a prim with the settings of the flow."""
    roles = {part: found for part in kind.parts if part.of_prims and (found := _instances(part, settings))}
    prims: dict[str, Over] = {}
    for part, found in roles.items():
        for path, lines in _by_instance(found, lambda _, part=part: _usd_line(part), _uncomposed(kind, part), 8).items():
            prims[path] = prims.get(path, Over()).with_schema(part.schema(), lines)
    if CaseDesign in kind.parts:  # It belongs to the prim that changes, the first one.
        path, entries = next(iter(prims)), _uncomposed(kind, CaseDesign)
        lines = _lines(_single(CaseDesign, settings), entries, _usd_line(CaseDesign), set(), 8)
        prims[path] = prims[path].with_schema(CaseDesign.schema(), ["", *_remark(_heading(CaseDesign), 8), *lines])
    for path, choices in _variants(settings).items():
        prims[path] = prims.get(path, Over()).with_variants(choices)
    left = [part for part in kind.parts if part not in roles and part is not CaseDesign]
    examples = [line for part in left if part.instances is None for line in ("", *_usd_example(part, kind, head))]
    case = _usd_case([part for part in left if part.instances is not None], kind, settings, head)
    parts = ["#usda 1.0", *head.lines(), "", *_remark(_HINT), "", *overs_text(prims), "", *case, *examples]
    return "\n".join(parts) + "\n"


def _usd_case(parts: Iterable[type[CasePart]], kind: CaseKind, settings: Settings, head: LayerHead) -> list[str]:
    """The prim with the settings that belong to no other prim."""
    groups, applied = [], []
    for part in parts:
        applied += [f"{part.schema()}:{name}" for name in part.instances or ()] or [part.schema()]
        found = _instances(part, settings) or {part.example: part()}
        by_name = _by_instance(found, lambda name, part=part: _usd_line(part, name), _uncomposed(kind, part), 4)
        if lines := [line for each in by_name.values() for line in each]:
            groups.append([*_remark(_heading(part), 4), *lines])
    return prim_text(f'def Scope "{head.free_name("Case")}"', applied, _in_order(groups, 4)[1:])


def _usd_example(part: type[CasePart], kind: CaseKind, head: LayerHead) -> list[str]:
    """A prim with an instance of a part, as a comment."""
    name = head.free_name(part.__name__.removeprefix("Case"))
    lines = _lines(part(), _uncomposed(kind, part), _usd_line(part, part.example), set(), 6)
    text = prim_text(f'def Scope "{name}"', [f"{part.schema()}:{part.example}"], [line.removeprefix("# ") for line in lines])
    return [*_remark(_heading(part)), *(f"# {line}" for line in text)]


def _instances(part: type[CasePart], settings: Settings) -> dict[str, CasePart]:
    """Instances of a part that the case has; a part of which there is only one has the name of none."""
    if part.instances == ():
        return {"": _single(part, settings)}
    found = settings.get(part.space, {})
    assert isinstance(found, Mapping)
    return dict(found)


def _single(part: type[CasePart], settings: Settings) -> CasePart:
    found = settings.get(part.space, None) or part()
    assert isinstance(found, CasePart)
    return found


def _variants(settings: Settings) -> dict[str, dict[str, str]]:
    """Selections of variants by prim."""
    found: dict[str, dict[str, str]] = {}
    for name, choice in (getattr(settings.get("scene"), "variants", None) or {}).items():
        path, _, of = name.partition(":")
        found.setdefault(path, {})[of] = choice
    return found


def _table(part: type[CasePart], instance: str) -> str:
    """Name of a table of TOML, whose instance is quoted where TOML requires it."""
    if not instance:
        return part.space
    is_bare = instance.replace("_", "").replace("-", "").isalnum() and instance.isascii()
    return f"{part.space}.{instance if is_bare else json.dumps(instance)}"


def _by_instance(
    found: Mapping[str, CasePart], written: Callable[[str], _Written], entries: Mapping[str, Entry], indent: int = 0
) -> dict[str, list[str]]:
    """Lines of each instance; settings that are not given, and documentation, only where they are not shown before."""
    shown: set[str] = set()
    return {name: _lines(each, entries, written(name), shown, indent) for name, each in found.items()}


def _lines(
    part: CasePart, entries: Mapping[str, Entry], written: _Written, shown: set[str], indent: int = 0
) -> list[str]:
    """The settings that differ from their defaults, then the others that apply to the part's kind, as comments.

    `shown`: names of those that are shown already, without documentation or not at all; it is extended.
    """
    given: list[str] = []
    others: list[str] = []
    values = dict(zip(type(part).entries(), vars(part).values(), strict=True))
    chosen = values["kind"] if "kind" in values and _is_set(values["kind"], entries["kind"]) else None
    for name, known in entries.items():
        remark = () if name in shown else _remark(_comment(known), indent)
        line = written(name, known, values[name])
        if _is_set(values[name], known):
            given += [*remark, line]
        elif name not in shown and (chosen is None or not known.only or chosen in known.only):
            others += [*remark, f"# {line}"]
        else:
            continue
        shown.add(name)
    return given + others


def _is_set(value: Any, known: Entry) -> bool:
    return value != known.default and value != {}


def _uncomposed(kind: CaseKind, part: type[CasePart]) -> dict[str, Entry]:
    """Settings of a part that USD expresses as attributes."""
    return {name: known for name, known in kind.entries(part).items() if not known.composed}


def _usd_line(part: type[CasePart], instance: str = "") -> _Written:
    space = f"sparselbm:{part.space}:{instance}{instance and ':'}"
    return lambda name, known, value: f"{known.declaration} {space}{name}" + ("" if value is None else f" = {usd_value(value)}")


def _toml_line(name: str, _known: Entry, value: Any) -> str:
    return f"{name} =" if value is None else f"{name} = {toml_value(value)}"


def _in_order(groups: Iterable[list[str]], indent: int = 0) -> list[str]:
    """The groups with settings that are given, then the others, each after an empty line."""
    given: list[str] = []
    others: list[str] = []
    for lines in groups:
        live = (line for line in lines if not line.startswith(("#", "[")))
        (given if any(live) else others).extend(["", *lines])
    return [*given, "", *_remark(_REST, indent), *others]


def _doc(part: type[CasePart]) -> str:
    named = f" The name {part.example} is an example." if part.instances != () and not part.of_prims else ""
    return " ".join((inspect.getdoc(part) or "").split()) + named


def _heading(part: type[CasePart]) -> str:
    """Name and documentation of a part."""
    return f"{part.space.upper()}: {_doc(part)}"


def _comment(known: Entry) -> str:
    """Documentation, with the allowed words where it does not explain them."""
    is_explained = all(word in known.text for word in known.allowed)
    return known.text + ("" if is_explained else f" [{' | '.join(known.allowed)}]")


def _remark(text: str, indent: int = 0) -> Iterator[str]:
    """Lines of a comment that is not a setting."""
    return (f"## {line}" for line in textwrap.wrap(text, _WIDTH - indent, break_long_words=False, break_on_hyphens=False))
