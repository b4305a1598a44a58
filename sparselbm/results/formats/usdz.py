"""Shapes as `.usdz` for phones and browsers: world positions, Y up, metres, and colours from a texture.

Features that such viewers do not support are avoided: references, transforms, point colours, curves, volumes, animation.
"""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

import shutil
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...scene.usd.stage import hushed
from ..reader import Results
from ..stage.colour import colours, for_screen
from ..stage.looks import Look
from .export_format import ExportFormat
from .field_data import FieldData
from .legend_boards import FACES, PLACES, LegendBoard, legend_boards
from .shapes import GREY, Surface, all_shapes, point_normals, y_up

if TYPE_CHECKING:
    from pxr import Usd

STEPS = 256
"""Number of colours of each of the two colour maps in the texture; grey is appended."""
PICTURE = "colours.png"


def write_usdz(
    path: Path, shapes: tuple[Surface, ...], up_axis: str, facts: FieldData = FieldData(), legends: tuple[LegendBoard, ...] = ()
) -> None:
    """Writes the shapes of the best design as meshes of one package; reference values are custom data of its layer. Raises
    OSError if USD cannot write it."""
    from pxr import Sdf, Usd, UsdGeom, UsdUtils

    with tempfile.TemporaryDirectory() as folder:
        stage = Usd.Stage.CreateNew(str(Path(folder) / "design.usdc"))
        UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
        UsdGeom.SetStageMetersPerUnit(stage, 1.0)
        stage.GetRootLayer().customLayerData = {"sparselbm": facts.plain(())}
        root = UsdGeom.Xform.Define(stage, "/Design").GetPrim()
        stage.SetDefaultPrim(root)
        _draw_picture(Path(folder) / PICTURE)
        look = Look("/Design/Colours", PICTURE)
        for number, shape in enumerate(shapes):
            _define(stage, f"/Design/Surface{number}", shape, up_axis, look)
        for number, board in enumerate(legends):
            shutil.copy(board.picture, Path(folder) / f"legend{number}.png")
            _define_board(stage, number, board, up_axis)
        stage.GetRootLayer().Save()
        # USD flattens the stage into one file and packages it with its assets, aligned to 64 bytes.
        with hushed():  # It warns that the pictures are not found at their places in the package, where it puts them afterwards.
            is_written = UsdUtils.CreateNewARKitUsdzPackage(Sdf.AssetPath(f"{folder}/design.usdc"), str(path))
        if not is_written or not _is_whole(path):
            raise OSError("USD could not write this package: check that the folder is writable and has free space")


def _is_whole(path: Path) -> bool:
    """Whether a package can be read: USD does not notice that the disk is full."""
    try:
        with zipfile.ZipFile(path) as package:
            return package.testzip() is None
    except (zipfile.BadZipFile, OSError):
        return False


def map_places(rgb: np.ndarray) -> np.ndarray:
    """Texture coordinates (n, 2) of the texture colours that are closest to given ones (n, 3), linear RGB."""
    from scipy.spatial import cKDTree

    known = _map()
    _, nearest = cKDTree(known).query(rgb)
    return np.stack([(nearest + 0.5) / len(known), np.full(len(rgb), 0.5)], axis=1).astype(np.float32)


def _map() -> np.ndarray:
    """Linear RGB of the texture columns, (513, 3): the colour map, the diverging one, and grey."""
    maps = [colours(np.linspace(*limits, STEPS), limits) for limits in ((0.0, 1.0), (-1.0, 1.0))]
    return np.concatenate([*maps, [GREY]])


def _draw_picture(path: Path) -> None:
    from matplotlib.image import imsave

    imsave(path, np.repeat(for_screen(_map())[None], 4, axis=0))


def _define(stage: Usd.Stage, path: str, shape: Surface, up_axis: str, look: Look) -> None:
    normals = point_normals(shape.points, shape.faces)
    _define_mesh(
        stage, path, shape.name, y_up(shape.points, up_axis), shape.faces, y_up(normals, up_axis), map_places(shape.colours), look
    )


def _define_board(stage: Usd.Stage, number: int, board: LegendBoard, up_axis: str) -> None:
    look = Look(f"/Design/Legends/Look{number}", f"legend{number}.png", lit=False)
    normals = np.tile(board.normal, (4, 1))
    _define_mesh(
        stage, f"/Design/Legend{number}", board.picture.stem, y_up(board.points, up_axis), FACES, y_up(normals, up_axis), PLACES,
        look,
    )


def _define_mesh(
    stage: Usd.Stage, path: str, name: str, positions: np.ndarray, faces: np.ndarray, normals: np.ndarray, st: np.ndarray,
    look: Look,
) -> None:
    """Defines a mesh from arrays at its points, Y up, with texture coordinates."""
    from pxr import Sdf, UsdGeom, Vt

    def vectors(values: np.ndarray) -> Vt.Vec3fArray:
        return Vt.Vec3fArray.FromNumpy(np.ascontiguousarray(values, np.float32))

    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.GetPrim().SetDisplayName(name)
    points = vectors(positions)
    mesh.CreatePointsAttr(points)
    mesh.CreateExtentAttr(UsdGeom.PointBased.ComputeExtent(points))
    mesh.CreateFaceVertexCountsAttr(np.full(len(faces), 3, np.int32))
    mesh.CreateFaceVertexIndicesAttr(np.ascontiguousarray(faces, np.int32).ravel())
    mesh.CreateSubdivisionSchemeAttr("none")
    mesh.CreateDoubleSidedAttr(True)
    mesh.CreateNormalsAttr(vectors(normals))
    mesh.SetNormalsInterpolation(UsdGeom.Tokens.vertex)
    places = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar("st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.vertex)
    places.Set(Vt.Vec2fArray.FromNumpy(np.ascontiguousarray(st, np.float32)))
    look.bind(mesh.GetPrim())


def _shapes(results: Results, path: Path) -> None:
    up_axis, shapes = all_shapes(results)
    write_usdz(path, shapes, up_axis, FieldData.of(results), legend_boards(results, shapes, up_axis))


USDZ = ExportFormat((("design.usdz", _shapes),))
"""For phones, Safari, Quick Look."""
