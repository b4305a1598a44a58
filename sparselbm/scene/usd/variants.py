"""Variant selections `{"/Prim:set": "choice"}`, written to layers above the user's scene, which is never modified."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from sparselbm.errors import SceneError
from sparselbm.scene.usd.attribute_values import set_attributes
from sparselbm.scene.usd.named_prims import editable_prim, require_known
from sparselbm.scene.usd.stage import hushed, open_stage

if TYPE_CHECKING:
    from pxr import Usd


def select(stage: Usd.Stage, choices: Mapping[str, str]) -> None:
    """Selects variants in the stage's edit target, in the given order, since one may create the prim of the next.

    Raises:
        SceneError: if a prim, variant set or variant does not exist; existing ones are named.
    """
    for name, choice in choices.items():
        variants = _variant_set(stage, name)
        require_known(name, "variant", choice, variants.GetVariantNames())
        variants.SetVariantSelection(choice)


def open_selected(
    path: str | Path, variants: Mapping[str, str], attributes: Mapping[str, str] = MappingProxyType({})
) -> Usd.Stage:
    """Opens a file with variants selected and attributes set in its session layer, which further edits go to as well.

    Raises SceneError: see `open_stage`, `select` and `set_attributes`.
    """
    stage = open_stage(path)
    stage.SetEditTarget(stage.GetSessionLayer())
    select(stage, variants)
    set_attributes(stage, attributes)
    return stage


def variants_of(scene: str | Path, name: str, chosen: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Variants of a set `/Prim:set` of a file, after applying other selections, in alphabetical order.

    Raises SceneError if there is no such set.
    """
    with hushed():
        stage = open_selected(scene, chosen or {})
        return tuple(sorted(_variant_set(stage, name).GetVariantNames()))


def _variant_set(stage: Usd.Stage, name: str) -> Usd.VariantSet:
    path, colon, set_name = name.rpartition(":")
    if not (colon and path and set_name):
        raise SceneError(f"{name!r} is not a variant set: use the prim and the set, such as /Car:wheels")
    prim = editable_prim(stage, name, path, "; select variants on a prim outside of it")
    require_known(name, "variant set", set_name, prim.GetVariantSets().GetNames())
    return prim.GetVariantSet(set_name)
