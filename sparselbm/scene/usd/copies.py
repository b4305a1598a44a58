"""The copies that a point instancer draws."""

# pxr fills its modules at run time, out of pyright's sight.
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
    """One entry of a point instancer's arrays."""

    index: int
    """Its place in the arrays."""
    identifier: int
    """Its entry of `ids`; the index where `ids` is not authored."""
    is_masked: bool
    """True if `invisibleIds` or `inactiveIds` name it."""
    prototype: Usd.Prim
    transform: Gf.Matrix4d
    """From the prototype's own space to the instancer's."""


def read(prim: Usd.Prim, time: Usd.TimeCode) -> list[Copy]:
    """The copies of a PointInstancer prim, in order, masked ones too.

    Raises:
        SceneError: Arrays of different lengths, a prototype that is not there, or wrong types.
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
        raise SceneError(f"{prim.GetPath()}: USD places {len(transforms)} of {len(chosen)} copies; author its arrays anew")
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
            raise SceneError(f"{prim.GetPath()}: {name} has {length} entries, protoIndices {count}; give one a copy")


def _prototypes(prim: Usd.Prim, chosen: np.ndarray) -> list[Usd.Prim]:
    """The prims that the relationship names, in its order."""
    targets = prim.GetRelationship("prototypes").GetForwardedTargets()
    if chosen.min() < 0 or chosen.max() >= len(targets):
        raise SceneError(
            f"{prim.GetPath()}: protoIndices run from {chosen.min()} to {chosen.max()}, "
            f"its prototypes are {len(targets)}; add prototypes, or choose among these"
        )
    prims = [prim.GetStage().GetPrimAtPath(target) for target in targets]
    for index in np.unique(chosen):
        if not prims[index]:
            raise SceneError(f"{prim.GetPath()}: its prototype {targets[index]} is not there; mend the relationship")
    return prims
