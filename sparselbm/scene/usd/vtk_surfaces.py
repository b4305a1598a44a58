"""Surfaces in VTK's XML format (.vtp), read without VTK."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from sparselbm.errors import SceneError
from sparselbm.scene.arrays import MOST_POINTS, check_points, surface_of, welded
from sparselbm.scene.usd.body import Body, Part
from sparselbm.scene.vtk_xml import DAMAGED, VtkXml

SUFFIXES = (".vtp",)


def read_surface(path: Path, metres_per_unit: float) -> Body:
    """Reads the polygons of a file as one body, named after the file; polygons become triangles, and equal points are welded.

    Raises SceneError for other files, several pieces, triangle strips, and a file without polygons.
    """
    try:
        points, faces = _read(path)
    except SceneError:
        raise
    except DAMAGED as error:
        raise SceneError(f"{path}: this is not a surface in VTK's XML format that can be read here: {error}") from error
    if not len(faces):
        raise SceneError(f"{path}: the file has no polygons, so that there is no surface; export the surface as triangles")
    check_points(str(path), metres_per_unit * points)
    points, faces = welded(str(path), points, faces)
    mesh = surface_of(path, metres_per_unit * points, faces)
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in path.stem)
    name = f"_{name}" if name[0].isdigit() else name
    matrix = np.diag([metres_per_unit] * 3 + [1.0])
    return Body(f"/{name}", mesh, (Part(f"/{name}", slice(0, len(points)), slice(0, len(faces)), matrix),))


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Points (n, 3) float64 and triangles (m, 3)."""
    file = VtkXml(path)
    piece = file.piece("PolyData", path)
    if int(piece.get("NumberOfStrips", 0)):
        raise SceneError(f"{path}: the file has triangle strips; export the surface as triangles (vtkTriangleFilter)")
    places = piece.find("Points/DataArray")
    if places is None:
        raise KeyError("there are no points")
    points = file.values(places, most=3 * MOST_POINTS).reshape(-1, 3).astype(np.float64)
    arrays = {each.get("Name"): each for each in piece.iterfind("Polys/DataArray")}
    corners, ends = (_integers(file, arrays[name]) for name in ("connectivity", "offsets"))
    if len(ends) and not (ends[0] >= 0 and (np.diff(ends) >= 0).all() and ends[-1] <= len(corners)):
        raise SceneError(f"{path}: the offsets of the polygons do not fit their {len(corners)} corners; write the file again")
    starts = np.concatenate([[0], ends[:-1]]).astype(int)
    sizes = ends - starts
    # A fan of triangles from the first corner of each polygon.
    counts = np.maximum(sizes - 2, 0)
    first = np.repeat(starts, counts)
    step = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return points, corners[np.stack([first, first + step + 1, first + step + 2], axis=1)]


def _integers(file: VtkXml, array: ElementTree.Element) -> np.ndarray:
    return file.values(array, most=MOST_POINTS).astype(np.int64)
