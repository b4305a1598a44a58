"""Surfaces of the bodies with their values: as a VTK surface, `.vtp`, and as `.stl`."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...scene.usd import Scene, open_stage
from ..reader import Results
from .export_format import ExportFormat
from .field_data import FieldData
from .shapes import point_normals
from .vtk_xml import Array, write_xml

if TYPE_CHECKING:
    from pxr import Usd


@dataclass(frozen=True, eq=False)
class BodySurfaces:
    """Surfaces of all bodies as one mesh in world metres."""

    points: np.ndarray
    """[m], (n, 3)."""
    faces: np.ndarray
    """(m, 3), counter-clockwise as seen from outside."""
    prim: np.ndarray
    """Number of the prim of each face in `prims`, (m,)."""
    prims: tuple[str, ...]
    """Paths of the prims."""
    values: Mapping[str, np.ndarray]
    """Scalars (n,) and vectors (n, 3) by name; NaN on bodies without them."""

    @classmethod
    def of(cls, results: Results, time: float | None) -> BodySurfaces:
        """The bodies at a time code of the stage, with the values that the run wrote onto them, their normals, and what follows
        from them: the pressure coefficient and y+. None: at the default time."""
        scene, stage = Scene.open(results.stage, time=time), open_stage(results.stage)
        points, faces, prim, prims, found, start = [], [], [], [], [], 0
        for body in scene.bodies:
            points.append(body.mesh.points)
            faces.append(body.mesh.faces + start)
            number = np.empty(len(body.mesh.faces), np.int32)
            for part in body.parts:
                number[part.faces] = len(prims)
                prims.append(part.path)
                found.append((slice(start + part.points.start, start + part.points.stop), stage.GetPrimAtPath(part.path)))
            prim.append(number)
            start += len(body.mesh.points)
        normals = np.concatenate([point_normals(body.mesh.points, body.mesh.faces) for body in scene.bodies])
        values = _values(found, start, time)
        values |= {"normals": normals.astype(np.float32)} | _derived(values, FieldData.of(results).numbers)
        return cls(np.concatenate(points), np.concatenate(faces), np.concatenate(prim), tuple(prims), values)


def _derived(values: Mapping[str, np.ndarray], numbers: Mapping[str, float]) -> dict[str, np.ndarray]:
    """Pressure coefficient from the pressure, and y+ of the centres of the first cells from the wall shear stress."""
    found = {}
    if "pressure" in values and numbers.get("dynamic_pressure"):
        found["pressure_coefficient"] = values["pressure"] / np.float32(numbers["dynamic_pressure"])
    if "shear" in values and {"density", "kinematic_viscosity", "voxel_size"} <= set(numbers):
        friction = np.sqrt(np.linalg.norm(values["shear"], axis=1) / np.float32(numbers["density"]))
        found["y_plus"] = friction * np.float32(0.5 * numbers["voxel_size"] / numbers["kinematic_viscosity"])
    return {name: each for name, each in found.items() if name not in values}


def _values(found: list[tuple[slice, Usd.Prim]], count: int, time: float | None) -> dict[str, np.ndarray]:
    """Primvars with one number or vector per point of all prims, each with its range of points."""
    from pxr import Usd, UsdGeom

    code, result = Usd.TimeCode.Default() if time is None else Usd.TimeCode(time), {}
    for span, prim in found:
        for primvar in UsdGeom.PrimvarsAPI(prim).GetPrimvars() if prim else ():
            if primvar.GetInterpolation() != UsdGeom.Tokens.vertex or primvar.GetTypeName().role:
                continue  # Colours, normals and texture coordinates have roles.
            values = np.asarray(primvar.ComputeFlattened(code) or (), dtype=np.float32)
            if len(values) == span.stop - span.start and values.shape[1:] in ((), (3,)):
                name = primvar.GetPrimvarName()
                result.setdefault(name, np.full((count, *values.shape[1:]), np.nan, np.float32))[span] = values
    return result


def write_vtp(path: Path, surfaces: BodySurfaces, facts: FieldData = FieldData()) -> None:
    """Writes a surface with values at the points, the number of the prim of each face, and the prims' paths as field data."""
    faces = surfaces.faces.astype("<i8")
    offsets = 3 * np.arange(1, len(faces) + 1, dtype="<i8")
    counts = {"Points": len(surfaces.points), "Verts": 0, "Lines": 0, "Strips": 0, "Polys": len(faces)}
    sections = {
        "PointData": [Array.of(name, values) for name, values in surfaces.values.items()],
        "CellData": [Array.of("prim", surfaces.prim)],
        "Points": [Array.of("points", surfaces.points.astype("<f4"))],
        "Polys": [Array.of("connectivity", faces.reshape(-1)), Array.of("offsets", offsets)],
    }
    piece = {f"NumberOf{name}": str(count) for name, count in counts.items()}
    write_xml(path, "PolyData", {}, piece, sections, facts.listing("prims", surfaces.prims))


def write_stl(path: Path, surfaces: BodySurfaces) -> None:
    """Writes the faces as binary STL, in metres."""
    a, b, c = surfaces.points[surfaces.faces].swapaxes(0, 1)
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    record = np.zeros(len(surfaces.faces), np.dtype([("numbers", "<f4", (4, 3)), ("attribute", "<u2")]))
    record["numbers"] = np.stack([normals, a, b, c], axis=1)
    path.write_bytes(b"binary STL in metres".ljust(80) + np.uint32(len(record)).tobytes() + record.tobytes())


STL = ExportFormat((("surfaces.stl", lambda results, path: write_stl(path, BodySurfaces.of(results, results.shown))),))
"""For CAD and mesh tools."""
