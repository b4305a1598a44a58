"""Settings of a case by name, as texts: SPACE:NAME, SPACE:INSTANCE:NAME, such as fluid:reynolds and boundary:xMin:velocity."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from ..errors import CaseError
from .case import Case
from .entry import CasePart, read_part, spelt
from .kinds import COUNTS, FLAG, LATTICE, TEXTS, VECTOR, Kind
from .parts import PARTS

_FLAGS = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class NamedSetting:
    """A setting of a case, named as in its USD attribute without `sparselbm:`."""

    part: type[CasePart]
    instance: str
    """Side, prim or name of the part; empty if the part has a single instance."""
    name: str
    """Name of the setting, such as voxelSize."""

    @classmethod
    def of(cls, text: str) -> NamedSetting:
        """Reads a name. Raises CaseError for a part or a setting that does not exist, naming similar ones."""
        space, _, rest = text.partition(":")
        part = next((each for each in PARTS if each.space == space), None)
        if part is None:
            raise CaseError(f"{text}: no such part {space!r}; {_near(space, [each.space for each in PARTS])}")
        instance, _, name = rest.rpartition(":")
        if bool(instance) != (part.instances != ()):
            example = f"{space}:NAME" if part.instances == () else f"{space}:{(part.instances or ('INSTANCE',))[0]}:NAME"
            raise CaseError(f"{text}: it must be {example}, with one of the names {', '.join(part.entries())}")
        if name not in part.entries():
            raise CaseError(f"{text}: no such setting {name!r}; {_near(name, part.entries())}")
        return cls(part, instance, name)

    def within(self, case: Case, text: str) -> Case:
        """The case with another value of the setting; settings that it replaces are reset. Raises CaseError."""
        space, known = self.part.space, self.part.entries()
        there = getattr(case, space)
        allowed = [] if self.part.instances == () else list(self.part.instances or there)
        if self.part.instances != () and self.instance not in allowed:
            raise CaseError(f"{self}: the case has no {space} {self.instance!r}; {_near(self.instance, allowed)}")
        old = there if self.part.instances == () else there.get(self.instance)  # A side may have no condition of its own.
        before = {} if old is None else _given(old)
        given = {name: value for name, value in before.items() if name not in known[self.name].instead_of}
        given |= {self.name: _value(known[self.name].kind, text, str(self))}
        for name in [each for each in given if self.name in known[each].instead_of]:
            del given[name]
        new = read_part(self.part, given, lambda name: case.source.place(space, name, self.instance))
        return replace(case, **{space: {**there, self.instance: new} if self.part.instances != () else new})

    def __str__(self) -> str:
        return ":".join(filter(None, (self.part.space, self.instance, self.name)))


def _given(part: CasePart) -> dict[str, Any]:
    """Settings of a part that differ from their defaults, by their name in files."""
    values = {spelt(each.name): getattr(part, each.name) for each in fields(part)}  # type: ignore[arg-type]
    return {name: value for name, value in values.items() if value != part.entries()[name].default}


def _value(kind: Kind, text: str, place: str) -> Any:
    """The text as a value of a setting. Raises CaseError."""
    try:
        if kind is FLAG:
            return _FLAGS[text.lower()]
        if kind in (VECTOR, COUNTS, LATTICE):
            return [float(each) if kind is VECTOR else int(each) for each in text.split(",")]
        if kind is TEXTS:
            return text.split(",")
        return {"double": float, "int": int}.get(kind.usd, str)(text)
    except (KeyError, ValueError):
        raise CaseError(f"{place} is {text!r}: it must be {kind.words} ({kind.usd})") from None


def _near(wanted: str, there: Mapping[str, Any] | list[str]) -> str:
    near = difflib.get_close_matches(wanted, list(there), n=1)
    return (f"did you mean {near[0]}? " if near else "") + f"allowed are {', '.join(there) or 'none'}"
