"""Prims and what they have, by names that a user has written, for edits above the scene."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError

if TYPE_CHECKING:
    from pxr import Usd


def editable_prim(stage: Usd.Stage, name: str, path: str, advice: str) -> Usd.Prim:
    """The prim at a path, which the text `name` refers to.

    Raises SceneError for one that does not exist, naming similar ones, and for one inside an instance, with the advice.
    """
    path = "/" + path.strip("/")
    prim = stage.GetPrimAtPath(path)
    if not prim:
        require_known(name, "prim", path, [str(each.GetPath()) for each in stage.TraverseAll()])
    if prim.IsInstanceProxy():
        raise SceneError(f"{name}: {path} is inside an instance{advice}")
    return prim


def require_known(name: str, kind: str, wanted: str, there: Collection[str]) -> None:
    """Raises SceneError if what the text `name` refers to is not there, naming similar ones."""
    if wanted not in there:
        near = difflib.get_close_matches(wanted, there, n=8, cutoff=0.0)
        raise SceneError(f"{name}: there is no {kind} {wanted!r}; use one of {', '.join(near) or 'none'}")
