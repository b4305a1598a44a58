"""Prims that are axes of rotations."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.usd.transforms import column_matrix

if TYPE_CHECKING:
    from sparselbm.scene.usd.scene import Scene

Vector = tuple[float, float, float]

_AXES = ("physics:axis", "axis")
"""Attributes that name the local axis, the first of them that a prim has; without one it is Z."""


def axis_of_prim(scene: Scene, path: str) -> tuple[Vector, Vector]:
    """Direction and a point [m] of the axis that a prim is: its local axis, through its origin, at the time of the scene.

    The local axis is X, Y or Z as the attribute `physics:axis` says, or else `axis`, and Z without either. Raises SceneError for
    a prim that does not exist or has no transform, and for another axis.
    """
    from pxr import Usd, UsdGeom

    from sparselbm.scene.usd.stage import hushed
    from sparselbm.scene.usd.variants import open_selected

    with hushed():
        stage = open_selected(scene.path, scene.variants, scene.attributes)
    prim = stage.GetPrimAtPath("/" + path.strip("/"))
    if not prim:
        raise SceneError(f"{path}: no such prim in {scene.path.name}: name an Xform at the centre of the rotation")
    if not prim.IsA(UsdGeom.Xformable):
        raise SceneError(f"{path}: a {prim.GetTypeName() or 'prim without a type'} has no place: name an Xform, or a shape")
    time = Usd.TimeCode.EarliestTime() if scene.time is None else Usd.TimeCode(scene.time)
    name = next((each for each in _AXES if prim.GetAttribute(each).HasAuthoredValue()), None)
    axis = "Z" if name is None else str(prim.GetAttribute(name).Get(time))
    if axis not in ("X", "Y", "Z"):
        raise SceneError(f"{path}: {name} is {axis}: it must be X, Y or Z")
    matrix = column_matrix(UsdGeom.Xformable(prim).ComputeLocalToWorldTransform(time), scene.metres_per_unit)
    direction = matrix[:3, "XYZ".index(axis)]
    x, y, z = (direction / max(float(np.linalg.norm(direction)), 1e-300)).tolist()
    return (x, y, z), tuple(matrix[:3, 3].tolist())
