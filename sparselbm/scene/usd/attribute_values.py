"""Values of attributes `{"/Prim.attribute": "value"}` in place of the scene's own, written to layers above the scene."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sparselbm.errors import SceneError
from sparselbm.scene.usd.named_prims import editable_prim, require_known

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
    prim = editable_prim(stage, name, path, ", whose copies share it; use a prim outside of it")
    require_known(name, "attribute", wanted, [each.GetName() for each in prim.GetAttributes()])
    return prim.GetAttribute(wanted)


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
