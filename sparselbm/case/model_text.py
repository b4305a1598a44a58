"""Text of a model in a case: Name, or Name(parameter=value, ...)."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import CaseError

_OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Pow: operator.pow,
}


@dataclass(frozen=True)
class ModelText:
    """Name of a class and its arguments: numbers, texts, lists, tables, or models in turn."""

    name: str
    arguments: tuple[Any, ...]
    keywords: Mapping[str, Any]


def parsed(text: str, place: str, *, head: str = "", form: str = "Name") -> ModelText:
    """The model of a text; `head`: the beginning of the text before it; `form`: such a text, for messages.

    Raises CaseError for other texts.
    """
    try:
        found = _value(ast.parse(text.removeprefix(head).strip(), mode="eval").body)
    except (SyntaxError, ValueError, TypeError, ArithmeticError, RecursionError):
        found = None
    if isinstance(found, ModelText):
        return found
    raise CaseError(
        f"{place} is {text!r}: give {form} or {form}(parameter=1.0), with numbers, texts, lists or tables as values"
    )


def _value(node: ast.expr) -> Any:
    """A literal, the result of arithmetic on numbers, or a model."""
    if isinstance(node, ast.Name):
        return ModelText(node.id, (), {})
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and all(each.arg for each in node.keywords):
        return ModelText(
            node.func.id, tuple(map(_value, node.args)), {str(each.arg): _value(each.value) for each in node.keywords}
        )
    if isinstance(node, ast.List | ast.Tuple):
        return tuple(map(_value, node.elts)) if isinstance(node, ast.Tuple) else [_value(each) for each in node.elts]
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        numbers = [_value(each) for each in (node.left, node.right)]
        if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in numbers):
            raise ValueError
        return _OPERATORS[type(node.op)](*map(float, numbers))
    return ast.literal_eval(node)
