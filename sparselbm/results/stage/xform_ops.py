"""Xform ops of a prim as design variables: read from the scene, written as time samples of the result."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.geometry.deformation import Held, Rotate, Scale, TransformOps, Translate
from sparselbm.geometry.deformation.transform_ops import TransformOp
from sparselbm.results.stage.overs import make_editable
from sparselbm.scene.usd import Body
from sparselbm.scene.usd.transforms import column_matrix

if TYPE_CHECKING:
    from pxr import Usd, UsdGeom

Reach = float | Sequence[float]
"""Largest change of an op's values: one for all of them, or one each; 0 fixes a value."""


@dataclass(frozen=True, eq=False)
class PrimOps:
    """Ops of a prim that a study may change; everything below the prim moves with it."""

    prim: str
    """Path of the prim."""
    deformation: TransformOps
    """Deformation by the ops; its variables are their values, in the stage's units and degrees."""

    @classmethod
    def of(
        cls,
        path: str | Path,
        prim: str,
        reach: Mapping[str, Reach],
        *,
        time: float | None = None,
        metres_per_unit: float | None = None,
    ) -> PrimOps:
        """Reads the ops of a prim.

        Args:
            path: the stage.
            prim: path of the prim; the body is the same prim, or is below it.
            reach: largest change of the values of an op, by its name, such as {"xformOp:rotateY": 20.0}. Ops that are
                not named, quaternions, matrices and pivots are fixed.
            time: time code at which the scene's points were read, as in `Scene.open`.
            metres_per_unit: length of a unit [m], instead of that of the stage.

        Raises:
            SceneError: if the prim or op does not exist, or cannot be varied.
            GeometryError: if a scale could change its sign, or nothing may change.
        """
        from pxr import Usd, UsdGeom

        from sparselbm.scene.usd import open_stage

        stage = open_stage(path)
        found = UsdGeom.Xformable(stage.GetPrimAtPath("/" + str(prim).strip("/")))
        if not found:
            raise SceneError(
                f"{prim}: no such prim with a transform in {path}; Scene.open(...).prim_paths lists all prims"
            )
        ordered = found.GetOrderedXformOps()
        missing = sorted(set(reach) - {op.GetOpName() for op in ordered})
        if missing:
            there = ", ".join(op.GetOpName() for op in ordered) or "none"
            raise SceneError(f"{found.GetPath()} has no op {missing[0]}; use one of {there}")
        code = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
        scale = metres_per_unit or UsdGeom.GetStageMetersPerUnit(stage)
        parent = np.diag([scale, scale, scale, 1.0])
        if not found.GetResetXformStack():
            parent = column_matrix(UsdGeom.XformCache(code).GetParentToWorldTransform(found.GetPrim()), scale)
        ops = tuple(_read(op, ordered, reach.get(op.GetOpName()), code) for op in ordered)
        return cls(str(found.GetPath()), TransformOps(ops, parent))

    def require_above(self, body: Body) -> None:
        """Raises SceneError unless the whole body is at or below the prim, since the rest would not move with it."""
        for part in body.parts:
            holder = part.instance.instancer if part.instance else part.path
            if holder != self.prim and not holder.startswith(self.prim + "/"):
                raise SceneError(f"{holder} is not below {self.prim}, whose ops are varied: use a prim above it")

    def carries(self, body: Body) -> bool:
        """Whether the ops move all prims that have the body's points on the results stage.

        A gprim or a copy of a point instancer is replaced by a mesh next to it, which its own ops do not move.
        """
        holders = [part.instance.instancer if part.instance else part.path for part in body.parts]
        own = [part.instance is None and not part.needs_mesh for part in body.parts]
        return all(
            holder.startswith(self.prim + "/") or (mesh and holder == self.prim) for holder, mesh in zip(holders, own)
        )


def write_values(stage: Usd.Stage, ops: PrimOps, values: Mapping[str, np.ndarray], time: float) -> None:
    """Writes the values of the variable ops at a time code, in the stage's edit target."""
    from pxr import Sdf, Usd, UsdGeom

    make_editable(stage, Sdf.Path(ops.prim))
    held = {op.name for op in ops.deformation.ops if not any(op.reach)}
    for op in UsdGeom.Xformable(stage.GetPrimAtPath(ops.prim)).GetOrderedXformOps():
        name = op.GetOpName()
        if name in values and name not in held:
            numbers = [float(v) for v in values[name]]
            kind = type(op.GetAttr().Get(Usd.TimeCode.EarliestTime()))
            op.GetAttr().Set(kind(*numbers), Usd.TimeCode(time))


def _read(
    op: UsdGeom.XformOp, ordered: list[UsdGeom.XformOp], reach: Reach | None, code: Usd.TimeCode
) -> TransformOp:
    """Converts an op, with its reach or fixed without one. Raises SceneError for an op that cannot be varied."""
    from pxr import UsdGeom

    name, kind = op.GetOpName(), op.GetOpType()
    twice = sum(other.GetAttr() == op.GetAttr() for other in ordered) > 1
    value = op.Get(code)
    if reach is None or value is None:
        return Held(name, column_matrix(op.GetOpTransform(code)))
    turns = _turns()
    if twice or op.IsInverseOp() or kind not in (UsdGeom.XformOp.TypeTranslate, UsdGeom.XformOp.TypeScale, *turns):
        raise SceneError(f"{name} cannot be varied: use translate, scale or rotate ops that are not pivots")
    numbers = tuple(float(v) for v in np.atleast_1d(np.array(value)))
    limits = tuple(float(r) for r in np.broadcast_to(np.asarray(reach, np.float64), len(numbers)))
    if kind == UsdGeom.XformOp.TypeTranslate:
        return Translate(name, numbers, limits)
    if kind == UsdGeom.XformOp.TypeScale:
        return Scale(name, numbers, limits)
    return Rotate(name, numbers, limits, turns[kind])


def _turns() -> dict:
    """Axes of each kind of rotation, in the order of rotation."""
    from itertools import permutations

    from pxr import UsdGeom

    orders = [*((a,) for a in range(3)), *permutations(range(3))]
    return {getattr(UsdGeom.XformOp, "TypeRotate" + "".join("XYZ"[a] for a in order)): order for order in orders}
