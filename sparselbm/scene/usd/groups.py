"""Groups of prims in a stage: members of a collection, and prims that a material is bound to."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pxr import Usd


def groups_of(stage: Usd.Stage, pieces: Sequence[tuple[Usd.Prim, str]]) -> dict[str, tuple[str, ...]]:
    """Paths of bodies by the path of their material, such as /Looks/Steel, or collection, such as /World.collection:car.

    `pieces`: prims with geometry, each with the path of its body.
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    _add_materials(found, pieces)
    for prim in stage.TraverseAll():
        if prim.HasAPI("CollectionAPI"):
            _add_collections(found, prim, pieces)
    return {name: tuple(bodies) for name, bodies in found.items()}


def _add_materials(found: dict[str, dict[str, None]], pieces: Sequence[tuple[Usd.Prim, str]]) -> None:
    from pxr import UsdShade

    materials, _ = UsdShade.MaterialBindingAPI.ComputeBoundMaterials([prim for prim, _ in pieces])
    for material, (_, body) in zip(materials, pieces, strict=True):
        if material:
            found[str(material.GetPath())][body] = None


def _add_collections(found: dict[str, dict[str, None]], prim: Usd.Prim, pieces: Sequence[tuple[Usd.Prim, str]]) -> None:
    from pxr import Usd

    for collection in Usd.CollectionAPI.GetAll(prim):
        query = collection.ComputeMembershipQuery()
        for piece, body in pieces:
            if query.IsPathIncluded(piece.GetPath()):
                found[str(collection.GetCollectionPath())][body] = None
