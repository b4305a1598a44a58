"""One entry of a case: its name, kind, fallback and doc, from which the USD schema, the templates and the options are made."""

import difflib
from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeVar

from ..errors import CaseError
from .kinds import Kind

Named = Callable[[str], str]
"""From the name of an attribute to what messages call it: its place in a file."""


@dataclass(frozen=True)
class Entry:
    """What is known of an attribute beside its name."""

    kind: Kind
    fallback: Any
    """Value where none is given; None: see the doc."""
    doc: str
    """With the unit."""
    allowed: tuple[str, ...] = ()
    """The words that a token may be."""
    only: tuple[str, ...] = ()
    """The values of `kind` that the attribute goes with; empty: all."""
    needed: bool = False
    """Whether it has to be given, for the kinds that it goes with."""
    above: float | None = None
    """What a number has to exceed."""
    instead_of: tuple[str, ...] = ()
    """Attributes that it contradicts, for it says the same in another way."""
    composed: bool = False
    """Whether USD says it by composition, so that only TOML has an attribute for it."""

    @property
    def text(self) -> str:
        """The doc, and what goes with what."""
        needed = "Needed for" if self.needed else "For"
        parts = [self.doc]
        parts += [f"{needed} kind {', '.join(self.only)}."] if self.only else []
        parts += [f"In place of {', '.join(self.instead_of)}."] if self.instead_of else []
        return " ".join(parts)


def entry(kind: Kind, fallback: Any, doc: str, **more: Any) -> Any:
    """A field of a part, with its `Entry`."""
    return field(default=fallback, metadata={"entry": Entry(kind, fallback, doc, **more)})


class CasePart(ABC):
    """A group of attributes, which is an applied schema in USD and a table in TOML: a frozen value."""

    space: ClassVar[str]
    """Name of the table; `sparselbm:SPACE:` begins its attributes in USD."""
    instances: ClassVar[tuple[str, ...] | None] = ()
    """What its instances may be called, where there may be several; None: as one likes; empty: there is one."""
    of_prims: ClassVar[bool] = False
    """Whether each instance speaks of a prim, whose path is its name."""

    @classmethod
    def schema(cls) -> str:
        """Name of the schema in USD."""
        return f"Sparselbm{cls.space[0].upper()}{cls.space[1:]}API"

    @classmethod
    def entries(cls) -> dict[str, Entry]:
        """By name, as files spell it: voxelSize."""
        return {spelt(each.name): each.metadata["entry"] for each in fields(cls) if "entry" in each.metadata}  # type: ignore[arg-type]


P = TypeVar("P", bound=CasePart)


def spelt(name: str) -> str:
    """voxel_size -> voxelSize, as files spell it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def read_part(kind: type[P], given: Mapping[str, Any], named: Named, **more: Any) -> P:
    """A part from what a file gives, by the names in the file; `more`: fields that are settled, which a file may not name.

    Raises CaseError for names that there are not, values of another kind or out of range, what contradicts the part's
    `kind`, and what is needed and missing; the place and what is allowed are named.
    """
    entries = {name: each for name, each in kind.entries().items() if name not in more}
    for name in given:
        if name not in entries:
            near = difflib.get_close_matches(name, entries, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise CaseError(f"{named(name)}: no such attribute; {hint}allowed are {', '.join(entries)}")
    values = {name: _converted(entries[name], value, named(name)) for name, value in given.items()}
    _require_agreement(entries, values, named)
    names = {spelt(each.name): each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{names[name]: value for name, value in values.items()}, **more)


def _converted(known: Entry, value: Any, place: str) -> Any:
    try:
        result = known.kind.convert(value)
    except TypeError:
        raise CaseError(f"{place} is {value!r}: it must be {known.kind.words} ({known.kind.usd})") from None
    if known.allowed and result not in known.allowed:
        raise CaseError(f"{place} is {result!r}: allowed are {', '.join(known.allowed)}")
    if known.above is not None and not result > known.above:
        raise CaseError(f"{place} is {result:g}: it must be above {known.above:g}")
    return result


def _require_agreement(entries: Mapping[str, Entry], values: Mapping[str, Any], named: Named) -> None:
    """Raises CaseError where attributes exclude each other, or one is missing."""
    for name in values:
        for other in entries[name].instead_of:
            if other in values:
                raise CaseError(f"{named(name)} and {named(other)} contradict each other: keep one of them")
    chosen = values.get("kind", entries["kind"].fallback if "kind" in entries else None)
    for name, known in entries.items():
        goes = not known.only or chosen in known.only
        if name in values and not goes:
            raise CaseError(
                f"{named(name)} goes with kind {' or '.join(known.only)}, and {named('kind')} is {chosen}: take it out"
            )
        if known.needed and goes and name not in values:
            what = f"one of {', '.join(known.allowed)}" if known.allowed else known.kind.words
            raise CaseError(f"{named(name)} is missing: give {what}. {known.text}")
