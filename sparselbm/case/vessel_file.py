"""Writes the case of a vessel: its surface and the caps of its openings as prims of a stage, and a layer with their roles."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..errors import CaseError, OutputExistsError
from ..files.write import replace_file
from ..geometry import TriangleMesh
from ..results.stage.layer_head import LayerHead
from .parts import CaseOpening
from .template import vessel_text

ROOT, WALL = "Vessel", "Wall"
"""Names of the root prim and of the surface below it."""


def write_vessel_case(
    file: Path, surface: TriangleMesh, caps: Mapping[str, TriangleMesh], openings: Mapping[str, CaseOpening], *,
    metres_per_unit: float, up_axis: str, overwrite: bool = False,
) -> Path:
    """Writes a case (.usda), and beside it the geometry that it refers to, NAME_geometry.usdc, in the units of the vessel's file.

    `caps`: surfaces [m] by the name of their prim; `openings`: their conditions. Returns the file of the geometry. Raises
    CaseError for another suffix, and OutputExistsError for files that exist, unless `overwrite`.
    """
    geometry = file.with_name(f"{file.stem}_geometry.usdc")
    if file.suffix.lower() != ".usda":
        raise CaseError(f"{file}: the case of a vessel ends with .usda: choose another name")
    there = [str(each) for each in (file, geometry) if each.exists()]
    if there and not overwrite:
        raise OutputExistsError(f"{' and '.join(there)} exists: pass overwrite=True, or choose another name")
    _write_geometry(geometry, {WALL: surface, **caps}, metres_per_unit, up_axis)
    text = vessel_text(LayerHead.of(geometry, file.parent), ROOT, WALL, openings)
    with replace_file(file) as path:
        path.write_text(text, encoding="utf-8")
    return geometry


def _write_geometry(file: Path, meshes: Mapping[str, TriangleMesh], unit: float, up_axis: str) -> None:
    import numpy as np
    from pxr import Usd, UsdGeom, Vt

    stage = Usd.Stage.CreateInMemory()
    UsdGeom.SetStageMetersPerUnit(stage, unit)
    UsdGeom.SetStageUpAxis(stage, up_axis)
    stage.SetDefaultPrim(UsdGeom.Xform.Define(stage, f"/{ROOT}").GetPrim())
    for name, mesh in meshes.items():
        prim = UsdGeom.Mesh.Define(stage, f"/{ROOT}/{name}")
        prim.CreatePointsAttr(Vt.Vec3fArray.FromNumpy((mesh.points / unit).astype(np.float32)))
        prim.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(np.full(len(mesh.faces), 3, np.int32)))
        prim.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(mesh.faces.astype(np.int32).ravel()))
        prim.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(prim.GetPointsAttr().Get()))
        prim.CreateSubdivisionSchemeAttr("none")
    with replace_file(file) as path:
        stage.GetRootLayer().Export(str(path))
