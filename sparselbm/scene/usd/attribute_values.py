"""Values of attributes `{"/Prim.attribute": "value"}` in place of the scene's own, written to layers above the scene."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sparselbm.errors import SceneError

if TYPE_CHECKING:
    from pxr import Usd

_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def set_attributes(stage: Usd.Stage, values: Mapping[str, str]) -> None:
    """Sets attributes in the stage's edit target, such as {"/Car/Flap.xformOp:rotateY": "15", "/Ball.radius": "0.2"}.

    The components of a vector are separated by commas.

    Raises:
        SceneError: if a prim or an attribute does not exist, is inside an instance, or has another type; existing ones are named.
    """
    for name, text in values.items():
        attribute = _attribute(stage, name)
        attribute.Set(_value(attribute, name, text))


def _attribute(stage: Usd.Stage, name: str) -> Usd.Attribute:
    path, point, wanted = name.partition(".")
    if not (path and point and wanted):
        raise SceneError(f"{name!r} is not an attribute: use the prim and the attribute, such as /Car/Flap.xformOp:rotateY")
    prim = stage.GetPrimAtPath("/" + path.strip("/"))
    if not prim:
        _refuse(name, "prim", path, [str(each.GetPath()) for each in stage.TraverseAll()])
    if prim.IsInstanceProxy():
        raise SceneError(f"{name}: {path} is inside an instance, whose copies share it; use a prim outside of it")
    attribute = prim.GetAttribute(wanted)
    if not attribute:
        _refuse(name, "attribute", wanted, [each.GetName() for each in prim.GetAttributes()])
    return attribute


def _value(attribute: Usd.Attribute, name: str, text: str) -> Any:
    """The text as a value of the attribute's type."""
    kind = attribute.GetTypeName()
    empty = kind.scalarType.defaultValue
    try:
        if kind.isArray:
            raise ValueError
        if isinstance(empty, bool):
            return _FLAGS[text.lower()]
        if isinstance(empty, str):
            return text
        if isinstance(empty, int | float):
            return type(empty)(text)
        return type(empty)(*(float(each) for each in text.split(",")))
    except Exception:  # The types of USD raise errors of their own classes.
        raise SceneError(f"{name} is {text!r}, but the attribute is of type {kind}: give a single value of that type") from None


def _refuse(name: str, kind: str, wanted: str, there: list[str]) -> None:
    near = difflib.get_close_matches(wanted, there, n=8, cutoff=0.0)
    raise SceneError(f"{name}: there is no {kind} {wanted!r}; use one of {', '.join(near) or 'none'}")
