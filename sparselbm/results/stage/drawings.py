"""USD prims of drawings: surfaces, slices, lines, points and volumes, and fields on the bodies."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.geometry import TriangleMesh
from sparselbm.results.stage.colour import ColourRange, colours, limits_of, places_on_map

if TYPE_CHECKING:
    from pxr import Usd, UsdGeom, Vt

    from sparselbm.results.stage.looks import Look
    from sparselbm.results.stage.solids import Solid


def vectors(values: np.ndarray) -> Vt.Vec3fArray:
    """Converts an (n, 3) NumPy array to a USD array."""
    from pxr import Vt

    return Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(values, dtype=np.float32).reshape(-1, 3))


def time_code(time: float | None) -> Usd.TimeCode:
    """Time code of a number; the default time for None."""
    from pxr import Usd

    return Usd.TimeCode.Default() if time is None else Usd.TimeCode(time)


def set_field(prim: UsdGeom.Imageable, name: str, values: np.ndarray, time: float | None) -> None:
    """Sets a primvar with one value per point: float for shape (n,), float3 in world axes for shape (n, 3)."""
    from pxr import Sdf, UsdGeom, Vt

    kind = Sdf.ValueTypeNames.FloatArray if values.ndim == 1 else Sdf.ValueTypeNames.Float3Array
    primvar = UsdGeom.PrimvarsAPI(prim).CreatePrimvar(name, kind, UsdGeom.Tokens.vertex)
    scalars = values.ndim == 1
    data = Vt.FloatArray.FromNumpy(values.astype(np.float32)) if scalars else vectors(values)
    primvar.Set(data, time_code(time))


def set_colours(
    prim: UsdGeom.Imageable, values: np.ndarray, limits: ColourRange | None, time: float | None, look: Look | None = None,
    *, clip: bool = True,
) -> None:
    """Sets displayColor from scalars (n,), one per point; with a look also as texture coordinates, clipped to the colour map."""
    from pxr import Sdf, UsdGeom, Vt

    limits, types, api = limits or limits_of(values), Sdf.ValueTypeNames, UsdGeom.PrimvarsAPI(prim)
    primvar = api.CreatePrimvar("displayColor", types.Color3fArray, UsdGeom.Tokens.vertex)
    if primvar.IsIndexed():
        # The user's primvar indices refer to the user's colours, not to these.
        primvar.BlockIndices()
    primvar.Set(vectors(colours(values, limits)), time_code(time))
    if look is not None:
        places = api.CreatePrimvar(look.coordinates, types.TexCoord2fArray, UsdGeom.Tokens.vertex)
        places.Set(Vt.Vec2fArray.FromNumpy(places_on_map(values, limits, clip=clip)), time_code(time))
        look.bind(prim.GetPrim())


def draw_mesh(
    mesh: UsdGeom.Mesh, points: np.ndarray, faces: Sequence[np.ndarray], normals: np.ndarray | None, time: float | None
) -> None:
    """Defines a double-sided mesh of triangles (k, 3) and quads (k, 4) of points (n, 3) in stage units; `normals` (n, 3)."""
    from pxr import UsdGeom

    flat = vectors(points)
    values = {
        mesh.CreatePointsAttr(): flat,
        mesh.CreateExtentAttr(): UsdGeom.PointBased.ComputeExtent(flat),
        mesh.CreateFaceVertexCountsAttr(): np.concatenate([np.full(len(each), each.shape[1], np.int32) for each in faces]),
        mesh.CreateFaceVertexIndicesAttr(): np.concatenate([each.ravel() for each in faces]).astype(np.int32),
    }
    if normals is not None:
        values[mesh.CreateNormalsAttr()] = vectors(normals)
        mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    for attribute, value in values.items():
        attribute.Set(value, time_code(time))
        # Checkers compare the normals at the first time with the points at the default time.
        if attribute.Get() is None:
            attribute.Set(value)
    mesh.CreateSubdivisionSchemeAttr("none")
    mesh.CreateDoubleSidedAttr(True)


def draw_points(prim: UsdGeom.Points, points: np.ndarray, velocities: np.ndarray, width: float, time: float | None) -> None:
    """Defines points (n, 3) of one width in stage units, with velocities [stage units / s] for motion blur."""
    from pxr import UsdGeom

    # A single width would be valid, but USD's function for the extent of points fails on it.
    code, flat, widths = time_code(time), vectors(points), [width] * len(points)
    prim.CreatePointsAttr().Set(flat, code)
    prim.CreateVelocitiesAttr().Set(vectors(velocities), code)
    prim.CreateWidthsAttr().Set(widths, code)
    prim.SetWidthsInterpolation(UsdGeom.Tokens.vertex)
    prim.CreateExtentAttr().Set(UsdGeom.Points.ComputeExtent(flat, widths), code)


def draw_curves(curves: UsdGeom.BasisCurves, lines: list[np.ndarray], width: float, time: float | None) -> None:
    """Defines linear curves through lines of shape (k, 3), with the width in stage units."""
    from pxr import UsdGeom

    code = time_code(time)
    flat, widths = vectors(np.concatenate(lines)), [width]
    curves.CreateTypeAttr("linear")
    curves.CreateWrapAttr("nonperiodic")
    counts = np.array([len(line) for line in lines], dtype=np.int32)
    curves.CreateCurveVertexCountsAttr().Set(counts, code)
    curves.CreatePointsAttr().Set(flat, code)
    curves.CreateWidthsAttr().Set(widths, code)
    curves.SetWidthsInterpolation(UsdGeom.Tokens.constant)
    curves.CreateExtentAttr().Set(UsdGeom.Curves.ComputeExtent(flat, widths), code)


def stand_in(
    prim: UsdGeom.Gprim, solid: Solid, limits: ColourRange | None, time: float | None, look: Look, *, clip: bool = True
) -> None:
    """Defines a mesh for renderers in place of lines, points or arrows, with the same colours; the prim becomes its proxy.

    Blender's importer assigns materials only to meshes; usdview shows proxies.
    """
    from pxr import Sdf, UsdGeom, Vt

    points, faces, values = solid
    if not len(faces):
        return
    mesh = UsdGeom.Mesh.Define(prim.GetPrim().GetStage(), f"{prim.GetPath()}_solid")
    draw_mesh(mesh, points, (faces,), TriangleMesh(points, faces).point_normals, time)
    places = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(
        look.coordinates, Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex
    )
    on_map = places_on_map(values, limits or limits_of(values), clip=clip)
    places.Set(Vt.Vec2fArray.FromNumpy(on_map), time_code(time))
    look.bind(mesh.GetPrim())
    mesh.CreatePurposeAttr(UsdGeom.Tokens.render)
    mesh.SetProxyPrim(prim.GetPrim())
    UsdGeom.Imageable(prim).CreatePurposeAttr(UsdGeom.Tokens.proxy)


def draw_volume(
    stage: Usd.Stage, path: str, file: str, field_name: str, bounds: np.ndarray, time: float | None
) -> None:
    """Defines a volume of one OpenVDB grid in world metres; `bounds`, shape (2, 3), in metres."""
    from pxr import Gf, UsdGeom, UsdVol

    volume = UsdVol.Volume.Define(stage, path)
    asset = UsdVol.OpenVDBAsset.Define(stage, f"{path}/{field_name}")
    asset.CreateFilePathAttr().Set(file, time_code(time))
    asset.CreateFieldNameAttr(field_name)
    volume.CreateFieldRelationship(field_name, asset.GetPath())
    volume.CreateExtentAttr().Set(vectors(bounds), time_code(time))
    scale = 1.0 / UsdGeom.GetStageMetersPerUnit(stage)
    if scale != 1.0 and not volume.GetOrderedXformOps():
        volume.AddScaleOp(UsdGeom.XformOp.PrecisionDouble).Set(Gf.Vec3d(scale))


def path_of(stage: Usd.Stage, group: str, name: str) -> str:
    """Path of a drawing in a group, which is defined as a scope. Raises ValueError for a name that is no identifier."""
    from pxr import Sdf, UsdGeom

    if not Sdf.Path.IsValidIdentifier(name):
        raise ValueError(f"{name!r} is not a valid prim name; use letters, digits and `_`, and no digit first")
    UsdGeom.Scope.Define(stage, group)
    return f"{group}/{name}"
