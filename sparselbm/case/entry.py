"""Declaration of a setting of a case, from which the USD schema, the templates and the options of the commands are derived."""

import difflib
import re
from abc import ABC
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, TypeVar

from ..errors import CaseError, UnitsError
from ..models import Waveform
from ..quantities import example, quantity
from .kinds import Kind
from .model_kind import MODEL, Models
from .user_file import names_a_class

Named = Callable[[str], str]
"""Returns the place of a setting for messages, from its name in the file."""


@dataclass(frozen=True)
class Entry:
    """Type, default, documentation and limits of a setting."""

    kind: Kind
    default: Any
    """Value if none is given; None: no value, as the doc explains."""
    doc: str
    """Documentation, with the unit."""
    allowed: tuple[str, ...] = ()
    """Allowed words of a token."""
    only: tuple[str, ...] = ()
    """Values of `kind` for which the setting exists; empty: all."""
    required: bool = False
    """Whether the setting must be given (for the values of `kind` in `only`)."""
    above: float | None = None
    """Exclusive lower limit of a number."""
    instead_of: tuple[str, ...] = ()
    """Settings that exclude this one, because they specify the same quantity in another way."""
    composed: bool = False
    """Whether USD expresses it by composition, so that only TOML files have the setting."""
    model: type | None = None
    """Base class or protocol of a model that a user's own file may supply: FILE.py:ClassName."""
    models: Models | None = None
    """Models of the package from which the setting chooses: Name(parameter=value)."""
    unit: str = ""
    """SI unit of a number, which may then be a text with another unit of the same kind, such as "5 mL/s"; empty: none."""
    option: bool | str = True
    """Whether the commands have an option for it, where its part has one instance; a text: the name, without the dashes."""

    @property
    def shown_unit(self) -> str:
        """Unit of the values, also of numbers that are given in it only: that in brackets in the doc; empty: none."""
        found = re.search(r"\[([^\]]+)\]", self.doc)
        return self.unit or (found[1] if found else "")

    @property
    def declaration(self) -> str:
        """Variability and type of the attribute in USD."""
        return self.kind.usd if self.kind.in_time else f"uniform {self.kind.usd}"

    @property
    def text(self) -> str:
        """Documentation including the related settings."""
        parts = [self.doc]
        if self.models is not None:
            parts.append(f"Models, with their parameters in SI units: {self.models.text}.")
        if self.model is not None:
            article = "an" if self.model.__name__[0] in "AEIOU" else "a"
            own = f"{'Or ' * bool(self.allowed)}{article} {self.model.__name__} of your own: FILE.py:ClassName(argument=1.0)."
            parts.append(own[0].upper() + own[1:])
        if self.only:
            parts.append(f"{'Required' if self.required else 'Only'} for kind {', '.join(self.only)}.")
        if self.instead_of:
            parts.append(f"Replaces {', '.join(self.instead_of)}.")
        return " ".join(parts)


def entry(kind: Kind, default: Any, doc: str, **more: Any) -> Any:
    """A dataclass field with its `Entry`."""
    return field(default=default, metadata={"entry": Entry(kind, default, doc, **more)})


def model_entry(models: Models, default: str | None, doc: str, **more: Any) -> Any:
    """A dataclass field that names one of the models of a package, or a user's own."""
    return entry(MODEL, default, doc, allowed=models.names, model=models.kind, models=models, **more)


class CasePart(ABC):
    """A group of settings, which is an applied schema in USD and a table in TOML: a frozen value."""

    space: ClassVar[str]
    """Name of the table; `sparselbm:SPACE:` begins the attributes in USD."""
    instances: ClassVar[tuple[str, ...] | None] = ()
    """Allowed names of the instances; None: any name; empty: there is a single instance."""
    of_prims: ClassVar[bool] = False
    """Whether each instance belongs to a prim, whose path is its name."""
    is_named: ClassVar[bool] = False
    """Whether a prim can have several instances, whose names are the path and a name after a colon."""
    example: ClassVar[str] = "name"
    """Name of the instance that templates show, if there are several."""

    @classmethod
    def schema(cls) -> str:
        """Name of the schema in USD."""
        return f"Sparselbm{cls.space[0].upper()}{cls.space[1:]}API"

    @classmethod
    def is_multiple(cls) -> bool:
        """Whether the schema can be applied to a prim several times, under different names."""
        return cls.instances != () and (not cls.of_prims or cls.is_named)

    @classmethod
    def settings(cls) -> dict[str, Entry]:
        """Settings by their name in Python, such as voxel_size."""
        return {each.name: each.metadata["entry"] for each in fields(cls) if "entry" in each.metadata}  # type: ignore[arg-type]

    @classmethod
    def entries(cls) -> dict[str, Entry]:
        """Settings by their name in files, such as voxelSize."""
        return {spelt(name): known for name, known in cls.settings().items()}


P = TypeVar("P", bound=CasePart)


def spelt(name: str) -> str:
    """Spelling of a name in files: voxel_size -> voxelSize."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def read_part(kind: type[P], given: Mapping[str, Any], named: Named, **more: Any) -> P:
    """A part from the values of a file, by the names in the file; `more`: fields that the file may not set.

    Raises CaseError for unknown names, values of the wrong type or out of range, settings that contradict the part's `kind`,
    and required settings that are missing. The message gives the place and the allowed values.
    """
    entries = {name: each for name, each in kind.entries().items() if name not in more}
    for name in given:
        if name not in entries:
            near = difflib.get_close_matches(name, entries, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise CaseError(f"{named(name)}: no such attribute; {hint}allowed are {', '.join(entries)}")
    values = {name: converted(entries[name], value, named(name)) for name, value in given.items()}
    require_agreement(entries, values, named)
    names = {spelt(each.name): each.name for each in fields(kind)}  # type: ignore[arg-type]
    return kind(**{names[name]: value for name, value in values.items()}, **more)


def converted(known: Entry, value: Any, place: str) -> Any:
    """The value of a setting from what USD, TOML or an option gives. Raises CaseError naming the place and what is allowed."""
    try:
        result = known.kind.convert(quantity(value, known.unit) if known.unit and isinstance(value, str) else value)
    except TypeError:
        with_unit = f", or a text with a unit such as {example(known.unit)!r}" if known.unit else ""
        raise CaseError(f"{place} is {value!r}: it must be {known.kind.words} ({known.kind.usd}){with_unit}") from None
    except (UnitsError, OverflowError) as error:
        raise CaseError(f"{place} is {value!r}: {error}") from None
    is_own = known.model is not None and names_a_class(result)
    if known.models is not None and not is_own:
        known.models.model(result, place)
    elif (known.allowed or known.model) and result not in known.allowed and not is_own:
        own = () if known.model is None else (f"your own {known.model.__name__} as FILE.py:ClassName",)
        raise CaseError(f"{place} is {result!r}: allowed are {', '.join((*known.allowed, *own))}")
    if known.above is not None and not isinstance(result, Waveform) and not result > known.above:
        raise CaseError(f"{place} is {result:g}: it must be above {known.above:g}")
    return result


def require_agreement(entries: Mapping[str, Entry], values: Mapping[str, Any], named: Named) -> None:
    """Raises CaseError if settings exclude each other or a required one is missing."""
    for name in values:
        for other in entries[name].instead_of:
            if other in values:
                raise CaseError(f"{named(name)} and {named(other)} contradict each other: keep one of them")
    chosen = values.get("kind", entries["kind"].default if "kind" in entries else None)
    for name, known in entries.items():
        applies = not known.only or chosen in known.only
        if name in values and not applies:
            raise CaseError(
                f"{named(name)} requires kind {' or '.join(known.only)}, but {named('kind')} is {chosen}: remove it"
            )
        if known.required and applies and name not in values:
            what = f"one of {', '.join(known.allowed)}" if known.allowed else known.kind.words
            raise CaseError(f"{named(name)} is missing: give {what}. {known.text}")
