"""Models from a user's own Python file, named in a case as FILE.py:ClassName or FILE.py:ClassName(argument=1.0)."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

from ..errors import CaseError
from ..models.in_si import InSI
from .model_text import ModelText, parsed
from .source import Source


def names_a_class(value: object) -> bool:
    """Whether the value of a setting names a class in a file."""
    return isinstance(value, str) and ".py:" in value


@dataclass(frozen=True)
class UserClass:
    """A class of a user's file with its arguments: called with the leading arguments, it makes the model."""

    model: type
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]
    place: str = field(compare=False)
    """The setting that names it, for messages."""

    def in_si(self, leading: int = 0) -> InSI:
        """The class with its arguments by name, without the `leading` ones, which the flow supplies."""
        names = inspect.signature(self.model).bind(*[None] * leading, *self.arguments, **self.keywords).arguments
        return InSI(self.model, **dict(list(names.items())[leading:]))

    def __call__(self, *leading: Any) -> Any:
        """The model. Raises CaseError where its class refuses the arguments."""
        try:
            return self.model(*leading, *self.arguments, **self.keywords)
        except Exception as error:
            raise CaseError(
                f"{self.place}: {self.model.__name__} refuses its arguments, {type(error).__name__}: {error}; correct them"
            ) from error


def load_class(text: str, kind: type, place: str, source: Source, leading: int = 0) -> UserClass:
    """The class that a setting names, which must be a `kind` and take `leading` arguments before those in the text.

    The file is relative to the case's folder; it is run once, as a module of its own. Raises CaseError for a missing file or
    class, an error in the file, the wrong kind, arguments that do not fit, and files outside the folder where the source
    allows local files only.
    """
    file, found = _parsed(text, place)
    path = source.path_of(file, place)
    module = _module(path, place)
    name, model = found.name, getattr(module, found.name, None)
    if not isinstance(model, type):
        own = [each for each, found in vars(module).items() if isinstance(found, type) and found.__module__ == module.__name__]
        raise CaseError(f"{place} is {text!r}: {path.name} has no class {name}; its classes are {', '.join(own) or 'none'}")
    if not issubclass(model, kind):
        raise CaseError(f"{place} is {text!r}: {name} is not a {kind.__name__}; derive it from {kind.__module__}.{kind.__name__}")
    _require_arguments(model, leading, found.arguments, found.keywords, place)
    return UserClass(model, found.arguments, found.keywords, place)


def _parsed(text: str, place: str) -> tuple[str, ModelText]:
    """File, and class with its arguments, of FILE.py:ClassName(argument=1.0)."""
    file, mark, _ = text.rpartition(".py:")
    found = parsed(text, place, head=f"{file}{mark}", form="FILE.py:ClassName")
    for each in (*found.arguments, *found.keywords.values()):
        if isinstance(each, ModelText):
            raise CaseError(
                f"{place} is {text!r}: {each.name} is not a value; give FILE.py:ClassName(argument=1.0) with numbers, texts, "
                "lists or tables"
            )
    return f"{file}.py", found


def _module(path: Path, place: str) -> ModuleType:
    """The file as a module under a private name, run again only after it has changed."""
    key = f"{path}:{path.stat().st_mtime_ns}"
    name = f"_sparselbm_case_{hashlib.sha256(key.encode()).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Dataclasses look their module up while they are made.
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        lines = [each.lineno for each in traceback.extract_tb(error.__traceback__) if each.filename == str(path)]
        line = f", line {lines[-1]}" if lines else ""
        raise CaseError(f"{place}: {path}{line} raises {type(error).__name__}: {error}; correct the file") from error
    return module


def _require_arguments(model: type, leading: int, arguments: tuple, keywords: Mapping[str, Any], place: str) -> None:
    if inspect.isabstract(model):
        missing = ", ".join(sorted(model.__abstractmethods__))  # type: ignore[attr-defined]
        raise CaseError(f"{place}: {model.__name__} is abstract; define its methods {missing}")
    signature = inspect.signature(model)
    try:
        signature.bind(*[None] * leading, *arguments, **keywords)
    except TypeError as error:
        raise CaseError(f"{place}: {model.__name__}{signature} does not take these arguments, {error}; correct them") from None
