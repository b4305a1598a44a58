"""Settings of a case that choose a model of the package by its name: Name(parameter=value, ...), in SI units."""

from __future__ import annotations

import difflib
import inspect
import math
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from types import ModuleType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from ..errors import CaseError
from ..models.in_si import InSI, fields_of, quantity_of
from .kinds import Kind
from .model_text import ModelText, parsed


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


MODEL = Kind("token", "a model, Name or Name(parameter=value)", _text)


@dataclass(frozen=True)
class Models:
    """Models of the package from which a setting chooses."""

    kind: type
    """Base class of the models."""
    classes: tuple[type, ...]
    given: int = 0
    """Number of the first parameters, which the flow supplies: those of a subgrid-scale model are a collision."""

    @classmethod
    def of(cls, package: ModuleType, kind: type, *, given: int = 0) -> Models:
        """The models of a package (`__all__`) of one kind."""
        there = (getattr(package, name) for name in package.__all__)
        concrete = (each for each in there if isinstance(each, type) and issubclass(each, kind) and not inspect.isabstract(each))
        return cls(kind, tuple(concrete), given)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the models."""
        return tuple(each.__name__ for each in self.classes)

    @property
    def text(self) -> str:
        """Names of the models with their parameters, defaults and units, for the documentation."""
        return ", ".join(self._signature(each) for each in self.classes)

    def _signature(self, model: type) -> str:
        parameters = [f"{name}{_default(model, name)}" for name in self.parameters(model)]
        return model.__name__ + (f"({', '.join(parameters)})" if parameters else "")

    def parameters(self, model: type) -> tuple[str, ...]:
        """Parameters that a case can set."""
        return tuple(fields_of(model))[self.given :]

    def model(self, text: str, place: str) -> InSI:
        """The model that a text names. Raises CaseError naming the place, the value, the allowed names and the remedy."""
        return self._model(parsed(text, place), f"{place} is {text!r}", self.given)

    def _model(self, found: ModelText, place: str, given: int) -> InSI:
        model = next((each for each in self.classes if each.__name__ == found.name), None)
        if model is None:
            near = difflib.get_close_matches(found.name, self.names, n=1)
            hint = f"did you mean {near[0]}? " if near else ""
            raise CaseError(
                f"{place}: {hint}allowed are {', '.join(self.names)}, your own {self.kind.__name__} as FILE.py:ClassName"
            )
        known = tuple(fields_of(model))[given:]
        values = self._named(found, known, f"{place}: {model.__name__}")
        hints = get_type_hints(model)
        for name, value in values.items():
            values[name] = self._typed(value, hints[name], f"{place}: {name}")
        return _checked(model, values, tuple(fields_of(model))[:given], place)

    def _named(self, found: ModelText, known: tuple[str, ...], place: str) -> dict[str, Any]:
        """Values by the names of the parameters."""
        names = ", ".join(known) or "none"
        if len(found.arguments) > len(known):
            raise CaseError(f"{place} has {len(found.arguments)} values; its parameters are {names}: remove the others")
        values = dict(zip(known, found.arguments))
        for name, value in found.keywords.items():
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}? " if near else ""
                raise CaseError(f"{place} has no parameter {name}; {hint}its parameters are {names}")
            if name in values:
                raise CaseError(f"{place} has two values of {name}: keep one")
            values[name] = value
        return values

    def _typed(self, value: Any, hint: Any, place: str) -> Any:
        """The value as the type of its parameter."""
        if get_origin(hint) in (Union, UnionType):
            for each in get_args(hint):
                try:
                    return self._typed(value, each, place)
                except CaseError:
                    continue
        if hint is type(None) and value is None:
            return None
        if hint is float and isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            return float(value)
        if hint in (int, bool, str) and type(value) is hint:
            return value
        if isinstance(value, ModelText) and isinstance(hint, type) and issubclass(hint, self.kind):
            return self._model(value, place, 0)
        if get_origin(hint) is tuple and isinstance(value, tuple | list):
            kinds = get_args(hint)
            if kinds[1:] == (...,) or len(kinds) == len(value):
                return tuple(self._typed(x, kinds[0 if kinds[1:] == (...,) else k], place) for k, x in enumerate(value))
        shown = value.name if isinstance(value, ModelText) else repr(value)
        raise CaseError(f"{place} is {shown}: it must be {_words(hint)}")


def _checked(model: type, values: Mapping[str, Any], given: tuple[str, ...], place: str) -> InSI:
    """The model, of which the parameters without a dimension have been tried. Raises CaseError for values that it refuses."""
    found = InSI(model, **values)
    try:
        found.require_complete(*given)
    except ValueError as error:
        raise CaseError(f"{place}: {error}") from None
    known = fields_of(model)
    hints = get_type_hints(model)
    tried = {name: value for name, value in values.items() if quantity_of(known[name]) is None}
    # Values in SI units stand for those in lattice units: their signs and limits of 0 are the same.
    tried |= {name: values[name] for name in values if known[name].default is MISSING and quantity_of(known[name]) is not None}
    tried |= {name: _stand_in(hints[name]) for name in given}
    plain = {name: _plain(value) for name, value in tried.items()}
    try:
        model(**plain)
    except (ValueError, TypeError) as error:
        raise CaseError(f"{place}: {error}") from None
    return found


def _plain(value: Any) -> Any:
    """A nested model as its class makes it."""
    return value.model(**{name: _plain(each) for name, each in value.arguments}) if isinstance(value, InSI) else value


def _stand_in(hint: Any) -> Any:
    """A value for a parameter that the flow supplies."""
    from ..models.collision import BGK, Collision

    return BGK() if hint is Collision else None


def _default(model: type, name: str) -> str:
    """Default value of a parameter, or its unit where it has a dimension."""
    field = fields_of(model)[name]
    quantity = quantity_of(field)
    if quantity is not None:
        return "" if callable(quantity.unit) else f" [{quantity.unit.symbol(3)}]"
    if field.default is MISSING or field.default is None:
        return ""
    return f"={_short(field.default)}"


def _short(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_short, value))}]"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _words(hint: Any) -> str:
    """Name of a type in messages."""
    if get_origin(hint) in (Union, UnionType):
        return " or ".join(_words(each) for each in get_args(hint) if each is not type(None))
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        number = "" if kinds[1:] == (...,) else f"{len(kinds)} "
        return f"a list of {number}values, each {_words(kinds[0])}"
    names = {float: "a finite number", int: "a whole number", bool: "True or False", str: "a text"}
    return names.get(hint) or f"a {getattr(hint, '__name__', hint)}, which a case cannot express: give FILE.py:Name"
