"""Notes on assumptions made in reading a mesh prim."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.scene.usd.meshes import is_open, is_refined, topology_varies
from sparselbm.scene.usd.report import Note
from sparselbm.scene.usd.traversal import Found

if TYPE_CHECKING:
    from pxr import Usd

def doubts_on(found: Found, time: Usd.TimeCode, levels: int, posed: bool) -> list[Note]:
    """Notes on one mesh prim; none on a gprim."""
    from pxr import UsdGeom

    prim = found.prim
    if prim.GetTypeName() != "Mesh":
        return []
    mesh = UsdGeom.Mesh(prim)
    reasons = [_on_subdivision(mesh, time, levels)]
    if topology_varies(prim):
        reasons.append(f"its topology changes in time; the one at time {time} is read")
    if mesh.GetHoleIndicesAttr().Get(time):
        reasons.append("it has holeIndices, which leave the surface open")
    if not posed and prim.HasAPI("SkelBindingAPI") and prim.GetAttribute("primvars:skel:jointIndices").HasAuthoredValue():
        reasons.append("it is bound to a skeleton that could not pose it; its points are read unposed")
    if np.linalg.det(found.matrix[:3, :3]) == 0.0:
        reasons.append("its transform is singular; its points cannot be written back to the prim")
    return [Note(str(prim.GetPath()), reason) for reason in reasons if reason]


def _on_subdivision(mesh, time: Usd.TimeCode, levels: int) -> str:
    scheme = mesh.GetSubdivisionSchemeAttr()
    if is_refined(mesh.GetPrim(), levels):
        if mesh.GetInterpolateBoundaryAttr().Get(time) == "none" and is_open(mesh.GetPrim(), time):
            return "interpolateBoundary is none; faces at its open edges are read all the same, as with edgeOnly"
        return ""
    if not scheme.HasAuthoredValue():
        return "subdivisionScheme is not authored, which means catmullClark; its cage is read"
    if scheme.Get() in ("catmullClark", "loop"):
        return f"subdivisionScheme is {scheme.Get()}; its cage is read, not the smooth limit"
    return ""
