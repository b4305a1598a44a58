"""Prims of the results stage that receive the points of a body.

A mesh receives an `over` at its own path. A gprim cannot store points, and a copy of a point instancer is not a prim:
these are hidden, and a mesh `NAME_optimised` is defined next to them.
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.results.stage.normals import has_normals, renew_normals, take_over_normals
from sparselbm.scene.usd import Body, Part
from sparselbm.scene.usd.transforms import apply_inverse, column_matrix, is_mirrored

if TYPE_CHECKING:
    from pxr import Sdf, Usd, UsdGeom

STALE = ("velocities", "accelerations")
"""Attributes that are only valid for the old points, and unknown for the new ones."""


def ensure_mesh(stage: Usd.Stage, body: Body, part: Part) -> UsdGeom.Mesh:
    """Returns the mesh prim for the part's points, made editable, or defined if there is none."""
    from pxr import Sdf, UsdGeom

    if not (part.needs_mesh or part.instance):
        make_editable(stage, Sdf.Path(part.path))
        mesh = UsdGeom.Mesh(stage.GetPrimAtPath(part.path))
        if mesh:
            return mesh
        # A body of an STL or similar file is not on the stage yet.
        return _define(stage, Sdf.Path(part.path), body, part)
    path = replacement_path(part)
    make_editable(stage, path.GetParentPath())
    mesh = UsdGeom.Mesh(stage.GetPrimAtPath(path))
    if not mesh:
        _hide(stage, part)
        mesh = _define(stage, path, body, part)
        _copy_look(stage.GetPrimAtPath(part.path), mesh)
    return mesh


def replacement_path(part: Part) -> Sdf.Path:
    """Path of the mesh that replaces a gprim or a copy of a point instancer."""
    from pxr import Sdf, Tf

    if part.instance is None:
        path = Sdf.Path(part.path)
        return path.ReplaceName(f"{path.name}_optimised")
    path = Sdf.Path(part.instance.instancer)
    # Prims below an instancer are not drawn themselves, so the copies are defined next to it.
    places = "_".join(map(str, (part.instance.index, *part.instance.inner)))
    prototype = Tf.MakeValidIdentifier(part.path.strip("/"))
    return path.ReplaceName(f"{path.name}_{places}_{prototype}_optimised")


def make_editable(stage: Usd.Stage, path: Sdf.Path) -> None:
    """Turns every instance at or above `path` into ordinary prims, since opinions below an instance are ignored."""
    for prefix in path.GetPrefixes():
        prim = stage.GetPrimAtPath(prefix)
        if prim and prim.IsInstance():
            prim.SetInstanceable(False)


def _hide(stage: Usd.Stage, part: Part) -> None:
    from pxr import Sdf, UsdGeom

    if part.instance is None:
        UsdGeom.Imageable(stage.GetPrimAtPath(part.path)).CreateVisibilityAttr().Set("invisible")
        return
    make_editable(stage, Sdf.Path(part.instance.instancer))
    attribute = UsdGeom.PointInstancer(stage.GetPrimAtPath(part.instance.instancer)).CreateInvisibleIdsAttr()
    hidden = set(attribute.Get() or ()) | {part.instance.identifier}
    attribute.Set(sorted(hidden))


def _define(stage: Usd.Stage, path: Sdf.Path, body: Body, part: Part) -> UsdGeom.Mesh:
    from pxr import Usd, UsdGeom

    mesh = UsdGeom.Mesh.Define(stage, path)
    faces = body.mesh.faces[part.faces] - part.points.start
    if is_mirrored(world_matrix(mesh.GetPrim(), None)):
        faces = faces[:, ::-1]
    mesh.CreateFaceVertexCountsAttr(np.full(len(faces), 3, dtype=np.int32))
    mesh.CreateFaceVertexIndicesAttr(np.ascontiguousarray(faces).ravel())
    mesh.CreateSubdivisionSchemeAttr("none")
    set_points(mesh, body.mesh.points[part.points], None)
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.uniform)
    renew_normals(mesh, Usd.TimeCode.Default())
    return mesh


def _copy_look(source: Usd.Prim, mesh: UsdGeom.Mesh) -> None:
    """Copies the material and the display colour of the replaced prim."""
    from pxr import UsdGeom, UsdShade

    material, _ = UsdShade.MaterialBindingAPI(source).ComputeBoundMaterial()
    if material:
        UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)
    colour = UsdGeom.Gprim(source).GetDisplayColorPrimvar()
    if colour and colour.HasAuthoredValue() and colour.GetInterpolation() == UsdGeom.Tokens.constant:
        mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.constant).Set(colour.Get())


def world_matrix(prim: Usd.Prim, time: float | None) -> np.ndarray:
    """Transform from the prim's space to world metres on the results stage at that time, shape (4, 4)."""
    from pxr import Usd, UsdGeom

    # Without a time, the first sample is used, as in reading the scene.
    code = Usd.TimeCode.EarliestTime() if time is None else Usd.TimeCode(time)
    matrix = UsdGeom.Imageable(prim).ComputeLocalToWorldTransform(code)
    return column_matrix(matrix, UsdGeom.GetStageMetersPerUnit(prim.GetStage()))


def set_points(mesh: UsdGeom.Mesh, world: np.ndarray, time: float | None) -> None:
    """Writes points and extent at a time code (default time for None) from world positions (n, 3) [m]."""
    from pxr import Usd, UsdGeom, Vt

    matrix = world_matrix(mesh.GetPrim(), time)
    if np.linalg.det(matrix[:3, :3]) == 0.0:
        raise SceneError(
            f"{mesh.GetPath()}: its transform is singular, so points cannot be written back; remove the zero scale"
        )
    local = Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(apply_inverse(matrix, world), dtype=np.float32))
    code = Usd.TimeCode.Default() if time is None else Usd.TimeCode(time)
    mesh.CreatePointsAttr().Set(local, code)
    mesh.CreateExtentAttr().Set(UsdGeom.PointBased.ComputeExtent(local), code)
    if has_normals(mesh):
        renew_normals(mesh, code)


def block_stale(mesh: UsdGeom.Mesh) -> None:
    """Blocks attributes that the new points invalidate, on the mesh and in the cached bounds above it.

    Normals are recomputed instead. A topology that changes in time is fixed at its first sample, to which the points belong.
    """
    from pxr import Usd

    prim = mesh.GetPrim()
    for topology in (
        mesh.GetFaceVertexCountsAttr(),
        mesh.GetFaceVertexIndicesAttr(),
        mesh.GetHoleIndicesAttr(),
    ):
        if topology.ValueMightBeTimeVarying():
            topology.Set(topology.Get(Usd.TimeCode.EarliestTime()))
    if has_normals(mesh):
        take_over_normals(mesh)
    for name in STALE:
        attribute = prim.GetAttribute(name)
        if attribute and attribute.HasAuthoredValue():
            attribute.Block()
    block_hints(prim)


def block_hints(prim: Usd.Prim) -> None:
    """Blocks the cached bounds of a prim and of those above it, which its new content exceeds."""
    from pxr import UsdGeom

    while prim and not prim.IsPseudoRoot():
        hint = UsdGeom.ModelAPI(prim).GetExtentsHintAttr()
        if hint and hint.HasAuthoredValue():
            hint.Block()
        prim = prim.GetParent()
