"""Copies drawn by a point instancer."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.usd import attributes

if TYPE_CHECKING:
    from pxr import Gf, Usd


@dataclass(frozen=True)
class Copy:
    """Entry of the arrays of a point instancer."""

    index: int
    """Index in the arrays."""
    identifier: int
    """Entry of `ids`; the index if `ids` is not authored."""
    is_masked: bool
    """Whether `invisibleIds` or `inactiveIds` contains it."""
    prototype: Usd.Prim
    transform: Gf.Matrix4d
    """Transform from the prototype's space to the instancer's."""


def count(prim: Usd.Prim, time: Usd.TimeCode) -> int:
    """Number of copies that a PointInstancer prim draws, masked ones too, before they are read. Raises SceneError: see `read`."""
    return len(attributes.integers(prim, "protoIndices", time))


def read(prim: Usd.Prim, time: Usd.TimeCode) -> list[Copy]:
    """Reads the copies of a PointInstancer prim in order, including masked ones.

    Raises:
        SceneError: if arrays have different lengths, a prototype does not exist, or a type is wrong.
    """
    from pxr import UsdGeom

    instancer = UsdGeom.PointInstancer(prim)
    chosen = attributes.integers(prim, "protoIndices", time)
    if not len(chosen):
        return []
    _check_lengths(prim, time, len(chosen))
    prototypes = _prototypes(prim, chosen)
    transforms = instancer.ComputeInstanceTransformsAtTime(
        time, time, UsdGeom.PointInstancer.IncludeProtoXform, UsdGeom.PointInstancer.IgnoreMask
    )
    if len(transforms) != len(chosen):
        raise SceneError(
            f"{prim.GetPath()}: USD places only {len(transforms)} of {len(chosen)} copies; author its arrays again"
        )
    mask = instancer.ComputeMaskAtTime(time) or [True] * len(chosen)
    identifiers = attributes.integers(prim, "ids", time)
    identifiers = identifiers if len(identifiers) else np.arange(len(chosen))
    return [
        Copy(index, int(identifier), not drawn, prototypes[choice], transform)
        for index, (choice, identifier, drawn, transform) in enumerate(zip(chosen, identifiers, mask, transforms))
    ]


def _check_lengths(prim: Usd.Prim, time: Usd.TimeCode, count: int) -> None:
    for name in ("positions", "orientations", "orientationsf", "scales", "ids"):
        attribute = prim.GetAttribute(name)
        value = np.asarray((attribute.Get(time) if attribute else None) or ())
        length = len(value) if value.ndim else 0
        if length != count and (length or name == "positions"):
            raise SceneError(
                f"{prim.GetPath()}: {name} has {length} entries, but protoIndices {count}; author one per copy"
            )


def _prototypes(prim: Usd.Prim, chosen: np.ndarray) -> list[Usd.Prim]:
    """Prims that the relationship names, in its order."""
    targets = prim.GetRelationship("prototypes").GetForwardedTargets()
    if chosen.min() < 0 or chosen.max() >= len(targets):
        raise SceneError(
            f"{prim.GetPath()}: protoIndices run from {chosen.min()} to {chosen.max()}, "
            f"but there are {len(targets)} prototypes; add prototypes, or use these indices"
        )
    prims = [prim.GetStage().GetPrimAtPath(target) for target in targets]
    for index in np.unique(chosen):
        if not prims[index]:
            raise SceneError(
                f"{prim.GetPath()}: its prototype {targets[index]} does not exist; repair the relationship"
            )
    return prims
