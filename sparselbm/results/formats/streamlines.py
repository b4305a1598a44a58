"""Streamlines that the stage shows, with their values, as lines of VTK, `.vtp`."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...scene.usd import open_stage
from ...scene.usd.transforms import apply
from ..reader import Results
from ..stage.overs import world_matrix
from ..stage.root import drawings_of
from .field_data import FieldData
from .vtk_xml import Array, write_xml

if TYPE_CHECKING:
    from pxr import Usd


@dataclass(frozen=True, eq=False)
class Lines:
    """Polylines in world metres."""

    points: np.ndarray
    """[m], (n, 3)."""
    counts: np.ndarray
    """Number of points of each line, (l,)."""
    values: Mapping[str, np.ndarray]
    """Values at the points by name, (n,), such as the speed [m/s]."""

    @classmethod
    def of(cls, results: Results, time: float | None) -> Lines:
        """Streamlines at a time code of the stage (None: at the default time); none where none are visible."""
        from pxr import Usd, UsdGeom

        code = Usd.TimeCode.Default() if time is None else Usd.TimeCode(time)
        points, counts, values = [np.empty((0, 3))], [np.empty(0, np.int64)], {}
        stage = open_stage(results.stage)
        for prim in _curves(stage):
            if UsdGeom.Imageable(prim).ComputeVisibility(code) == UsdGeom.Tokens.invisible:
                continue
            curves = UsdGeom.BasisCurves(prim)
            found = np.asarray(curves.GetPointsAttr().Get(code) or (), np.float64).reshape(-1, 3)
            points.append(apply(world_matrix(prim, time), found))
            counts.append(np.asarray(curves.GetCurveVertexCountsAttr().Get(code) or (), np.int64))
            for primvar in UsdGeom.PrimvarsAPI(prim).GetPrimvars():
                shown = np.asarray(primvar.Get(code) or (), np.float32)
                if not primvar.GetTypeName().role and shown.shape == (len(found),):
                    values.setdefault(str(primvar.GetPrimvarName()), []).append(shown)
        whole = {name: np.concatenate(each) for name, each in values.items() if len(each) == len(points) - 1}
        return cls(np.concatenate(points), np.concatenate(counts), whole)


def has_streamlines(results: Results) -> bool:
    """Whether streamlines were drawn."""
    stage = open_stage(results.stage)
    return bool(_curves(stage))


def _curves(stage: Usd.Stage) -> list[Usd.Prim]:
    """The prims of the streamlines."""
    from pxr import UsdGeom

    group = stage.GetPrimAtPath(f"{drawings_of(stage)}/Streamlines")
    return [prim for prim in group.GetChildren() if prim.IsA(UsdGeom.BasisCurves)] if group else []


def write_lines(path: Path, lines: Lines, facts: FieldData = FieldData()) -> None:
    """Writes lines with the values at their points, and the number of each line."""
    counts = {"Points": len(lines.points), "Verts": 0, "Lines": len(lines.counts), "Strips": 0, "Polys": 0}
    sections = {
        "PointData": [Array.of(name, values) for name, values in lines.values.items()],
        "CellData": [Array.of("line", np.arange(len(lines.counts), dtype="<i4"))],
        "Points": [Array.of("points", lines.points.astype("<f4"))],
        "Lines": [
            Array.of("connectivity", np.arange(len(lines.points), dtype="<i8")),
            Array.of("offsets", np.cumsum(lines.counts).astype("<i8")),
        ],
    }
    write_xml(path, "PolyData", {}, {f"NumberOf{name}": str(count) for name, count in counts.items()}, sections, facts)
