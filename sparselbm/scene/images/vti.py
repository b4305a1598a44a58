"""Images in VTK's XML format (.vti), read without VTK."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from ...errors import SceneError
from ..vtk_xml import DAMAGED, VtkXml
from .image import VoxelImage
from .storage import Storage, require_size


def read(path: Path, storage: Storage) -> VoxelImage:
    """Reads the only array of one component in the file, of its cells or of its points; x varies fastest.

    Ghost types are left out, and the solid fraction beside another array, as `export` writes them. Points are taken for the
    centres of voxels. Raises SceneError for other files, several pieces or arrays, and voxels that are not cubes.
    """
    try:
        return _read(path)
    except SceneError:
        raise
    except DAMAGED as error:
        raise SceneError(f"{path}: this is not an image in VTK's XML format that can be read here: {error}") from error


def _read(path: Path) -> VoxelImage:
    file = VtkXml(path)
    piece, image = file.piece("ImageData", path), file.root.find("ImageData")
    assert image is not None
    every = [(kind, each) for kind in ("CellData", "PointData") for each in piece.iterfind(f"{kind}/DataArray")]
    shown = [(kind, each) for kind, each in every if each.get("Name") != "vtkGhostType"]
    arrays = [(kind, each) for kind, each in shown if each.get("Name") != "solid"] or shown
    if len(arrays) != 1 or int(arrays[0][1].get("NumberOfComponents", 1)) != 1:
        names = ", ".join(f"{each.get('Name')}" for _, each in every) or "none"
        raise SceneError(f"{path}: the arrays are {names}, but there must be one, of one component; remove the others")
    (kind, array), extent = arrays[0], [int(n) for n in piece.attrib["Extent"].split()]
    spacing = np.array([float(x) for x in image.attrib["Spacing"].split()])
    if not np.allclose(spacing, spacing[0]):
        raise SceneError(f"{path}: the voxels measure {tuple(spacing)}: resample the image on cubes")
    points = kind == "PointData"
    shape = [b - a + points for a, b in zip(extent[::2], extent[1::2])]
    if len(shape) != 3 or min(shape) < 1:
        raise SceneError(f"{path}: the extent {extent} has no voxels on each of three axes; write the image again")
    require_size(path, shape)
    values = file.values(array, most=math.prod(shape)).reshape(shape[::-1])
    corner = np.array([float(x) for x in image.attrib["Origin"].split()]) + spacing * (np.array(extent[::2]) - 0.5 * points)
    x, y, z = (float(each) for each in corner)
    return VoxelImage(values.transpose(2, 1, 0), "zyx", float(spacing[0]), (x, y, z))
