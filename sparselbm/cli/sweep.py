"""The option `--sweep`: a series of runs, one for each value of a setting, an attribute of the scene, or a variant set."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Annotated

from ..case import Case
from ..case.kinds import COUNTS, TEXTS, VECTOR
from ..case.named_setting import NamedSetting
from ..errors import OptionError
from ..scene.usd import variants_of
from .options import option
from .overrides import Overrides

Sweep = Annotated[
    list[str] | None,
    option(
        "--sweep",
        "Run the case for each value, in a folder each, and tabulate the results; several sweeps are combined. NAME is a setting "
        "of the case (fluid:reynolds=50,100 or opening:/Tube/In:velocity=0.1,0.2), an attribute of the scene "
        "(/Car/Flap.xformOp:rotateY=0,10,20), or a variant set (/Car:slant=low,high, or /Car:slant for all its variants). "
        "Vectors and lists are separated by semicolons.",
        metavar="NAME=VALUES",
    ),
]


_WORDS = {"reynolds": "Reynolds number"}


class Swept(ABC):
    """Setting, attribute or variant set that a sweep varies."""

    name: str
    values: tuple[str, ...]

    @property
    @abstractmethod
    def label(self) -> str:
        """Name in words, with the unit, for axes."""

    @abstractmethod
    def opened(self, options: Overrides, value: str) -> Overrides:
        """The options with this value, where it belongs to the scene."""

    @abstractmethod
    def within(self, case: Case, value: str) -> Case:
        """The case with this value, where it belongs to the case."""


@dataclass(frozen=True)
class SweptSetting(Swept):
    """A setting of the case."""

    setting: NamedSetting
    values: tuple[str, ...]

    @property
    def name(self) -> str:  # type: ignore[override]
        """Name of the setting."""
        return str(self.setting)

    @property
    def label(self):
        setting = self.setting
        known = setting.part.entries()[setting.name]
        words = re.sub("([A-Z])", lambda found: f" {found.group().lower()}", setting.name)
        of = f" of {setting.instance.rpartition('/')[2]}" if setting.instance else ""
        return _WORDS.get(setting.name, words) + of + (f" [{known.shown_unit}]" if known.shown_unit else "")

    def opened(self, options, value):
        return options

    def within(self, case, value):
        return self.setting.within(case, value)


@dataclass(frozen=True)
class SweptVariants(Swept):
    """A variant set of the scene."""

    name: str
    values: tuple[str, ...]

    @property
    def label(self):
        return self.name.rpartition(":")[2]

    def opened(self, options, value):
        return options.with_variants(f"{self.name}={value}")

    def within(self, case, value):
        return case


@dataclass(frozen=True)
class SweptAttribute(Swept):
    """An attribute of the scene."""

    name: str
    values: tuple[str, ...]

    @property
    def label(self):
        path, _, attribute = self.name.partition(".")
        return f"{attribute.removeprefix('xformOp:')} of {path.rpartition('/')[2]}" + " [degrees]" * ("rotate" in attribute)

    def opened(self, options, value):
        return options.with_attributes({self.name: value})

    def within(self, case, value):
        return case


@dataclass(frozen=True)
class SweepPoint:
    """One run of a sweep."""

    values: dict[str, str]
    """Values by name."""
    labels: dict[str, str]
    """Names in words, for axes, by name."""
    case: Case
    in_one_box: bool
    """Whether all runs shall have the same box, because the scene varies and the domain does not."""

    @property
    def label(self) -> str:
        """Values as the name of a folder, such as reynolds=50_slant=low."""
        parts = (f"{name.rpartition(':')[2].rpartition('.')[2]}={value}" for name, value in self.values.items())
        return "_".join(parts).replace("/", "-").replace(";", ",").replace(" ", "")


def sweep_points(options: Overrides, texts: Sequence[str]) -> Iterator[SweepPoint]:
    """Yields the runs of all sweeps combined, the last sweep fastest; without a sweep the case itself.

    Raises OptionError, CaseError and SceneError for names and values that cannot be used.
    """
    case = options.case()
    swept = [_swept(text, case) for text in texts]
    _require_different([each.name for each in swept])
    in_scene = [not isinstance(each, SweptSetting) for each in swept]
    in_domain = any(each.name.startswith("domain:") for each in swept)
    for values in product(*(each.values for each in swept)):
        given = options
        for each, value in zip(swept, values, strict=True):
            given = each.opened(given, value)
        found = case if given is options else given.case()
        for each, value in zip(swept, values, strict=True):
            found = each.within(found, value)
        named, labels = dict(zip((each.name for each in swept), values, strict=True)), {each.name: each.label for each in swept}
        yield SweepPoint(named, labels, found, any(in_scene) and not in_domain)


def _swept(text: str, case: Case) -> Swept:
    name, equals, listed = text.partition("=")
    if name.startswith("/") and "." not in name and not equals:
        return SweptVariants(name, variants_of(case.file, name, case.scene.variants))
    setting = None if name.startswith("/") else NamedSetting.of(name)
    several = setting is not None and setting.part.entries()[setting.name].kind in (VECTOR, COUNTS, TEXTS)
    values = tuple(each.strip() for each in listed.split(";" if several or ";" in listed else ","))
    if not all(values):
        raise OptionError(f"--sweep {text!r}: give a name and values separated by commas, such as fluid:reynolds=50,100,200")
    if len(set(values)) < len(values):
        raise OptionError(f"--sweep {text!r}: a value is given twice: give each once")
    if setting is not None:
        return SweptSetting(setting, values)
    return SweptAttribute(name, values) if "." in name else SweptVariants(name, values)


def _require_different(names: Sequence[str]) -> None:
    """Raises OptionError for two sweeps of one name, and of names that give the same folders."""
    short = [name.rpartition(":")[2].rpartition(".")[2] for name in names]
    for k, name in enumerate(short):
        if name in short[:k]:
            other = names[short.index(name)]
            raise OptionError(f"--sweep {names[k]} and {other} have one name for their folders: sweep one of them")
