"""Surfaces of the bodies with their values: as a VTK surface, `.vtp` (VTK's XML format, data appended raw), and as `.stl`."""

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

if TYPE_CHECKING:
    from pxr import Usd

_HEAD = """<?xml version="1.0"?>
<VTKFile type="PolyData" version="1.0" byte_order="LittleEndian" header_type="UInt64">
<PolyData>
<FieldData>
<Array type="String" Name="prims" NumberOfTuples="{prims}" format="ascii">
{names}
</Array>
</FieldData>
<Piece NumberOfPoints="{points}" NumberOfVerts="0" NumberOfLines="0" NumberOfStrips="0" NumberOfPolys="{faces}">
"""
_TAIL = """</Piece>
</PolyData>
<AppendedData encoding="raw">
_"""
_TYPES = {"float32": "Float32", "float64": "Float64", "int32": "Int32", "int64": "Int64"}


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
    def of(cls, results: Results) -> BodySurfaces:
        """The bodies of the best design, or of the last flow of a run, with the values that it wrote onto them."""
        scene, stage = Scene.open(results.stage, time=results.best), open_stage(results.stage)
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
        values = _values(found, start, results.best)
        pressure, dynamic = values.get("pressure"), _dynamic_pressure(results)
        if pressure is not None and dynamic is not None:
            values["pressure_coefficient"] = pressure / np.float32(dynamic)
        return cls(np.concatenate(points), np.concatenate(faces), np.concatenate(prim), tuple(prims), values)


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


def _dynamic_pressure(results: Results) -> float | None:
    """1/2 rho u^2 of the incoming flow past a body [Pa]; None for other flows."""
    run = results.summary.get("run", {})
    if "reference_force" not in results.summary or not {"density", "velocity"} <= set(run):
        return None
    return 0.5 * run["density"] * run["velocity"] ** 2


def write_vtp(path: Path, surfaces: BodySurfaces) -> None:
    """Writes a surface with values at the points, the number of the prim of each face, and the prims' paths as field data."""
    faces = surfaces.faces.astype("<i8")
    blocks: list[np.ndarray] = []
    text = (
        _section("PointData", surfaces.values, blocks)
        + _section("CellData", {"prim": surfaces.prim}, blocks)
        + _section("Points", {"points": surfaces.points.astype("<f4")}, blocks)
        + _section("Polys", {"connectivity": faces.reshape(-1), "offsets": 3 * np.arange(1, len(faces) + 1)}, blocks)
    )
    names = "\n".join(" ".join(map(str, [*name.encode(), 0])) for name in surfaces.prims)
    head = _HEAD.format(prims=len(surfaces.prims), names=names, points=len(surfaces.points), faces=len(faces))
    with open(path, "wb") as file:
        file.write((head + text + _TAIL).encode())
        for block in blocks:
            file.write(np.uint64(block.nbytes).tobytes())
            file.write(block.data)
        file.write(b"\n</AppendedData>\n</VTKFile>\n")


def _section(name: str, arrays: Mapping[str, np.ndarray], blocks: list[np.ndarray]) -> str:
    """A section with the headers of its arrays, which are appended to the blocks."""
    lines = [f"<{name}>"]
    for key, values in arrays.items():
        block = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        components = 1 if block.ndim == 1 else block.shape[1]
        offset = sum(each.nbytes + 8 for each in blocks)
        lines.append(
            f'<DataArray type="{_TYPES[block.dtype.name]}" Name="{key}" NumberOfComponents="{components}" format="appended" '
            f'offset="{offset}"/>'
        )
        blocks.append(block)
    return "\n".join([*lines, f"</{name}>"]) + "\n"


def write_stl(path: Path, surfaces: BodySurfaces) -> None:
    """Writes the faces as binary STL, in metres."""
    a, b, c = surfaces.points[surfaces.faces].swapaxes(0, 1)
    normals = np.cross(b - a, c - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-300)
    record = np.zeros(len(surfaces.faces), np.dtype([("numbers", "<f4", (4, 3)), ("attribute", "<u2")]))
    record["numbers"] = np.stack([normals, a, b, c], axis=1)
    path.write_bytes(b"binary STL in metres".ljust(80) + np.uint32(len(record)).tobytes() + record.tobytes())


VTP = ExportFormat((("surfaces.vtp", lambda results, path: write_vtp(path, BodySurfaces.of(results))),))
"""For ParaView, PyVista and trained models: the bodies with pressure, wall shear stress and sensitivity."""
STL = ExportFormat((("surfaces.stl", lambda results, path: write_stl(path, BodySurfaces.of(results))),))
"""For CAD and mesh tools."""
