"""Reads a case from a USD stage: applied schemas and their attributes, on any prim and in any layer."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import CaseError, ScheduleError
from ..models import Waveform
from ..scene.usd.confinement import refuse_strangers
from ..scene.usd.expansion import require_composable
from ..scene.usd.stage import hushed
from ..scene.usd.variants import open_selected
from .case import Case
from .entry import CasePart, read_part
from .parts import PARTS, CaseDesign, SceneFile
from .source import Source

if TYPE_CHECKING:
    from pxr import Usd

_SCHEMAS = {part.schema(): part for part in PARTS}
_PREFIX = "sparselbm:"


def read_case(
    path: Path, variants: Mapping[str, str], attributes: Mapping[str, str], *, local_files_only: bool = False
) -> Case:
    """The case of a stage with the selected variants and values of attributes; missing settings take their defaults.

    Raises CaseError naming the prim, the attribute and the allowed values: for unknown schemas and attributes, values of the
    wrong type, duplicate settings, and settings that have no effect. SceneError: see `open_stage`.
    """
    with hushed():
        if local_files_only:
            refuse_strangers(path)
        require_composable(path)
        stage = open_selected(path, variants, attributes)
        found = _Found(path, local_files_only)
        for prim in stage.TraverseAll():
            found.take(prim)
        for prototype in stage.GetPrototypes():
            _refuse_prototype(prototype)
        return found.case()


class _Found:
    """The parts found so far."""

    def __init__(self, path: Path, local_files_only: bool):
        self._path = path
        self._local_files_only = local_files_only
        self._prims: dict[tuple[str, str], str] = {}
        self._parts: dict[str, dict[str, CasePart]] = {}

    def take(self, prim: Usd.Prim) -> None:
        """Reads the schemas of one prim."""
        applied = [name for name in prim.GetPrimTypeInfo().GetAppliedAPISchemas() if name.startswith("Sparselbm")]
        authored = [each for each in prim.GetAuthoredPropertyNames() if each.startswith(_PREFIX)]
        if not (applied or authored) or not prim.IsActive() or prim.IsAbstract():  # Prims that inherit from a class are read.
            return
        _require_defined(prim)
        path, left = str(prim.GetPath()), set(authored)
        for name in applied:
            part, instance = _schema(path, name)
            head = f"{_PREFIX}{part.space}:" + (f"{instance}:" if instance else "")
            mine = [each for each in authored if each.startswith(head)]
            left -= set(mine)
            names = [each.removeprefix(head) for each in mine]
            self._add(part, path, instance, {name: _value(prim, head + name, part) for name in names})
        for name in sorted(left):
            raise CaseError(f"{path}: {name} has no effect here: {_remedy(name)}")

    def _add(self, part: type[CasePart], path: str, instance: str, values: Mapping[str, Any]) -> None:
        key = _key(part, path, instance)
        known = self._parts.setdefault(part.space, {})
        if key in known:
            what = " ".join(filter(None, (part.schema(), key)))
            raise CaseError(
                f"{path}: {what} is applied here and to {self._prims[part.space, key]}: only one is allowed"
            )
        self._prims[part.space, key] = path
        place = Source(self._path, self._prims)
        # A stage expresses these by itself; a TOML file has names for them.
        scene = {"file": str(self._path), "variants": None, "attributes": None}
        fixed = {CaseDesign: {"prim": path}, SceneFile: scene}.get(part, {})
        given = {name: value for name, value in values.items() if value is not None}
        known[key] = read_part(part, given, lambda name: place.place(part.space, name, key), **fixed)

    def case(self) -> Case:
        """The case of all parts that were found."""
        parts: dict[str, Any] = {"scene": SceneFile(file=str(self._path))}
        for kind in PARTS:
            found = self._parts.get(kind.space)
            if found:
                parts[kind.space] = found[""] if kind.instances == () else found
        return Case(**parts, source=Source(self._path if self._prims else None, self._prims, self._local_files_only))


def _key(part: type[CasePart], path: str, instance: str) -> str:
    """Name of an instance in the case: that of the schema, the prim's path, or both; a side of the box stands for a prim."""
    if not part.of_prims:
        return instance
    return path if not part.is_named else instance if ":" in instance else f"{path}:{instance}"


def _require_defined(prim: Usd.Prim) -> None:
    """Raises CaseError for an `over` of a prim that is not defined, naming similar prims of the scene."""
    if not prim.IsDefined():
        there = [str(each.GetPath()) for each in prim.GetStage().TraverseAll() if each.IsDefined()]
        near = difflib.get_close_matches(str(prim.GetPath()), there, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else "name an existing one"
        raise CaseError(f"{prim.GetPath()}: the case refers to this prim, which the scene does not have; {hint}")


def _schema(path: str, name: str) -> tuple[type[CasePart], str]:
    """The part and the instance of an applied schema."""
    schema, _, instance = name.partition(":")
    if schema not in _SCHEMAS:
        near = difflib.get_close_matches(schema, _SCHEMAS, n=1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise CaseError(f"{path}: no such schema {schema}; {hint}allowed are {', '.join(_SCHEMAS)}")
    part = _SCHEMAS[schema]
    if not part.is_multiple():
        return part, ""
    if not instance or (part.instances is not None and instance not in part.instances):
        allowed = "all names" if part.instances is None else ", ".join(part.instances)
        raise CaseError(f"{path}: {name}: the schema needs a name after a colon; allowed are {allowed}")
    return part, instance


def _value(prim: Usd.Prim, name: str, part: type[CasePart]) -> Any:
    """The authored value of an attribute of a part; None if it is only declared."""
    attribute = prim.GetAttribute(name)
    if not attribute:
        raise CaseError(f"{prim.GetPath()}: {name} is a relationship: it must be an attribute")
    if attribute.GetNumTimeSamples():
        known = part.entries().get(name.rpartition(":")[2])
        if known is None or not known.kind.in_time:
            raise CaseError(f"{prim.GetPath()}: {name} varies in time: give it a single value")
        return _in_time(attribute)
    return attribute.Get() if attribute.HasAuthoredValue() else None


def _in_time(attribute: Usd.Attribute) -> float | Waveform:
    """The time samples, in seconds since the stage's startTimeCode; the first one holds before it, as in USD."""
    stage = attribute.GetPrim().GetStage()
    codes, rate = attribute.GetTimeSamples(), stage.GetTimeCodesPerSecond()
    times = [(code - stage.GetStartTimeCode()) / rate for code in codes]
    values = [float(attribute.Get(code)) for code in codes]
    if len(times) == 1:
        return values[0]
    if times[0] > 0.0:
        times, values = [0.0, *times], [values[0], *values]
    try:
        return Waveform(tuple(times), tuple(values))
    except ScheduleError as error:
        raise CaseError(f"{attribute.GetPrim().GetPath()}: {attribute.GetName()}: {error}") from None


def _remedy(name: str) -> str:
    """Remedy for an attribute without its schema."""
    space, _, rest = name.removeprefix(_PREFIX).partition(":")
    for part in PARTS:
        if part.space == space:
            schema = f"{part.schema()}:{rest.partition(':')[0]}" if part.is_multiple() else part.schema()
            return f"apply {schema} to the prim, or remove it"
    return f"the names after {_PREFIX} are {', '.join(part.space for part in PARTS)}"


def _refuse_prototype(root: Usd.Prim) -> None:
    """Raises CaseError for settings inside an instance, which all copies share."""
    from pxr import Usd

    for prim in Usd.PrimRange(root, Usd.PrimAllPrimsPredicate):
        names = [*prim.GetPrimTypeInfo().GetAppliedAPISchemas(), *prim.GetAuthoredPropertyNames()]
        found = next((name for name in names if name.startswith(("Sparselbm", _PREFIX))), None)
        if found:
            instance = root.GetInstances()[0].GetPath()
            path = prim.GetPath().ReplacePrefix(root.GetPath(), instance)
            raise CaseError(
                f"{path}: {found} is inside an instance, whose copies share it: apply it to {instance} itself"
            )
