"""Legend of a field: a picture of its colours and values, placed in front of the camera."""

# pxr fills its modules at run time, out of pyright's sight.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sparselbm.results.stage.camera import NEAR
from sparselbm.results.stage.colour import ColourRange, map_of, map_picture

if TYPE_CHECKING:
    from pxr import UsdGeom

INCHES = (1.1, 3.2)
HEIGHT = 0.34
"""Height relative to that of the camera picture."""
_AHEAD = 0.95
"""Distance from the camera relative to that of the nearest part of the case: right in front of it, so that the bounds of both
are hardly larger than those of the case, and a viewer that frames everything shows it in full size."""


def draw_map(path: Path) -> None:
    """Draws the colour maps from left to right, as PNG."""
    from matplotlib.image import imsave

    imsave(path, map_picture())


def draw_picture(path: Path, label: str, limits: ColourRange) -> None:
    """Draws a colour bar with values, as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    figure = Figure(figsize=INCHES, layout="constrained")
    FigureCanvasAgg(figure)
    bar = figure.colorbar(ScalarMappable(Normalize(*limits), map_of(limits)), cax=figure.subplots(), label=label)
    bar.ax.tick_params(labelsize=8)
    bar.ax.yaxis.set_major_formatter("{x:.4g}")
    figure.savefig(path, dpi=225)


def place_legend(mesh: UsdGeom.Mesh, camera: UsdGeom.Camera, place: int) -> None:
    """Defines a rectangle in camera space, in front of everything in view: number `place` from the left."""
    from pxr import Gf, Sdf, UsdGeom, Vt

    depth = _AHEAD / NEAR * camera.GetClippingRangeAttr().Get()[0]
    reach = depth / camera.GetFocalLengthAttr().Get()
    width, height = reach * camera.GetHorizontalApertureAttr().Get(), reach * camera.GetVerticalApertureAttr().Get()
    tall = HEIGHT * height
    wide = tall * INCHES[0] / INCHES[1]
    left = -0.48 * width + 1.1 * place * wide
    bottom = -0.48 * height
    corners = [(left, bottom), (left + wide, bottom), (left + wide, bottom + tall), (left, bottom + tall)]
    points = Vt.Vec3fArray([Gf.Vec3f(x, y, -depth) for x, y in corners])
    mesh.CreatePointsAttr(points)
    mesh.CreateFaceVertexCountsAttr([4])
    mesh.CreateFaceVertexIndicesAttr([0, 1, 2, 3])
    mesh.CreateSubdivisionSchemeAttr("none")
    mesh.CreateDoubleSidedAttr(True)
    mesh.CreateNormalsAttr([Gf.Vec3f(0, 0, 1)] * 4)
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    mesh.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(points))
    st = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex)
    st.Set(Vt.Vec2fArray([Gf.Vec2f(0, 0), Gf.Vec2f(1, 0), Gf.Vec2f(1, 1), Gf.Vec2f(0, 1)]))
