"""What is drawn beside the bodies: slices, streamlines, volumes, and fields on the bodies themselves."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sparselbm.usd.colour import colours

if TYPE_CHECKING:
    from pxr import Usd, UsdGeom, Vt

Limits = tuple[float, float] | None


def vectors(values: np.ndarray) -> Vt.Vec3fArray:
    """A USD array of an (n, 3) NumPy array."""
    from pxr import Vt

    return Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(values, dtype=np.float32).reshape(-1, 3))


def time_code(time: float | None) -> Usd.TimeCode:
    """The time code of a number; the default value's for None."""
    from pxr import Usd

    return Usd.TimeCode.Default() if time is None else Usd.TimeCode(time)


def set_field(gprim: UsdGeom.Gprim, name: str, values: np.ndarray, time: float | None) -> None:
    """A primvar with one value a point: float for shape (n,), float3 in world axes for shape (n, 3)."""
    from pxr import Sdf, UsdGeom, Vt

    kind = Sdf.ValueTypeNames.FloatArray if values.ndim == 1 else Sdf.ValueTypeNames.Float3Array
    primvar = UsdGeom.PrimvarsAPI(gprim).CreatePrimvar(name, kind, UsdGeom.Tokens.vertex)
    scalars = values.ndim == 1
    data = Vt.FloatArray.FromNumpy(values.astype(np.float32)) if scalars else vectors(values)
    primvar.Set(data, time_code(time))


def set_colours(gprim: UsdGeom.Gprim, values: np.ndarray, limits: Limits, time: float | None) -> None:
    """displayColor from scalars (n,), one a point."""
    from pxr import UsdGeom

    primvar = gprim.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex)
    if primvar.IsIndexed():
        # The user's indices address the user's colours, not these.
        primvar.BlockIndices()
    primvar.Set(vectors(colours(values, limits)), time_code(time))


def draw_slice(
    mesh: UsdGeom.Mesh, points: np.ndarray, values: np.ndarray, name: str, limits: Limits, time: float | None
) -> None:
    """Quads of a grid of points (nu, nv, 3), in stage units; those with a NaN corner (solid) are left out."""
    from pxr import UsdGeom

    index = np.arange(values.size).reshape(values.shape)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1).reshape(-1, 4)
    quads = quads[np.isfinite(values.ravel()[quads]).all(axis=1)].astype(np.int32)
    code = time_code(time)
    flat = vectors(points)
    mesh.CreatePointsAttr().Set(flat, code)
    mesh.CreateExtentAttr().Set(UsdGeom.PointBased.ComputeExtent(flat), code)
    mesh.CreateFaceVertexCountsAttr().Set(np.full(len(quads), 4, dtype=np.int32), code)
    mesh.CreateFaceVertexIndicesAttr().Set(np.ascontiguousarray(quads).ravel(), code)
    mesh.CreateSubdivisionSchemeAttr("none")
    mesh.CreateDoubleSidedAttr(True)
    set_field(mesh, name, values.ravel(), time)
    set_colours(mesh, values.ravel(), limits, time)


def draw_curves(
    curves: UsdGeom.BasisCurves,
    lines: list[np.ndarray],
    values: list[np.ndarray],
    width: float,
    name: str,
    limits: Limits,
    time: float | None,
) -> None:
    """Linear curves through lines of shape (k, 3), width in stage units; single points are left out."""
    from pxr import UsdGeom

    kept = [place for place, line in enumerate(lines) if len(line) > 1]
    points = np.concatenate([lines[place] for place in kept])
    field = np.concatenate([np.asarray(values[place], dtype=np.float64) for place in kept])
    code = time_code(time)
    flat, widths = vectors(points), [width]
    curves.CreateTypeAttr("linear")
    curves.CreateWrapAttr("nonperiodic")
    counts = np.array([len(lines[place]) for place in kept], dtype=np.int32)
    curves.CreateCurveVertexCountsAttr().Set(counts, code)
    curves.CreatePointsAttr().Set(flat, code)
    curves.CreateWidthsAttr().Set(widths, code)
    curves.SetWidthsInterpolation(UsdGeom.Tokens.constant)
    curves.CreateExtentAttr().Set(UsdGeom.Curves.ComputeExtent(flat, widths), code)
    set_field(curves, name, field, time)
    set_colours(curves, field, limits, time)


def draw_volume(
    stage: Usd.Stage, path: str, file: str, field_name: str, bounds: np.ndarray, time: float | None
) -> None:
    """A volume of one OpenVDB grid in world metres; `bounds`, shape (2, 3), in metres."""
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
