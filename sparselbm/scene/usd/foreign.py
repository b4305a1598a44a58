"""Non-USD files: STL, OBJ, PLY and glTF through trimesh, one body per mesh; VTK surfaces; level sets in .nvdb and .vdb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sparselbm.errors import GeometryError, SceneError
from sparselbm.geometry import TriangleMesh
from sparselbm.scene.usd import level_sets, vtk_surfaces
from sparselbm.scene.usd.body import Body, Part
from sparselbm.scene.usd.report import size_text
from sparselbm.scene.usd.transforms import apply, is_mirrored

SUFFIXES = (".stl", ".obj", ".ply", ".gltf", ".glb", ".off", *vtk_surfaces.SUFFIXES, *level_sets.SUFFIXES)
"""File types read here."""
IMAGE_SUFFIXES = (".npy", ".raw", ".tif", ".tiff", ".vti")
"""Voxel images, which `scene.images` reads."""


def is_stage(path: Path) -> bool:
    """Whether a file is treated as a USD stage, as are all types but those above."""
    return path.suffix.lower() not in (*SUFFIXES, *IMAGE_SUFFIXES)


_GLTF = (".gltf", ".glb")
"""Formats that prescribe metres and a vertical Y axis."""


SMALLEST, LARGEST = 1e-3, 10.0
"""Plausible extents [m] of a scene whose unit is assumed to be the metre. Bodies of less than 1 mm or more than 10 m are rare in
this field, and what is drawn in millimetres, the usual unit of such files, reads as more than 10 m from 10 mm on."""


def names_unit(path: Path) -> bool:
    """Whether the file type prescribes a unit, which is then the metre."""
    return path.suffix.lower() in _GLTF


def assumed_unit(path: Path, bodies: Sequence[Body]) -> str:
    """Doubt about the unit of a file that has none, with the size that results [m]."""
    low = np.min([body.mesh.bounds[0] for body in bodies], axis=0)
    high = np.max([body.mesh.bounds[1] for body in bodies], axis=0)
    extent = high - low
    doubt = f"{path.suffix} files have no unit; metres are assumed (metres_per_unit), which gives {size_text(extent)}"
    if SMALLEST <= extent.max() <= LARGEST:
        return doubt
    usual = f", or 0.001 for {size_text(0.001 * extent)}" if extent.max() > LARGEST else ""
    return f"{doubt}, an improbable size ({SMALLEST:g} to {LARGEST:g} m are usual): give 1 if it is right{usual}"


def up_axis(path: Path) -> str:
    """Vertical axis that the file type prescribes; Z if it prescribes none."""
    return "Y" if path.suffix.lower() in _GLTF else "Z"


def read_bodies(path: Path, metres_per_unit: float) -> tuple[Body, ...]:
    """Reads the bodies of a file, placed according to its scene graph; equal points are welded.

    These formats split points at seams of normals and textures, and STL at every face: without welding no surface would be
    closed. The points therefore do not correspond one to one to those of the file.

    Raises:
        SceneError: if the file cannot be parsed or has no triangles, or a position is not finite.
    """
    if path.suffix.lower() in level_sets.SUFFIXES:
        return (level_sets.read_level_set(path, metres_per_unit),)
    if path.suffix.lower() in vtk_surfaces.SUFFIXES:
        return (vtk_surfaces.read_surface(path, metres_per_unit),)
    try:
        import trimesh
    except ImportError as error:
        raise SceneError(f"{path}: reading {path.suffix} needs trimesh; `pip install trimesh`") from error
    try:
        scene = trimesh.load_scene(path, process=False)
    except Exception as error:  # trimesh does not wrap the exceptions of its parsers
        raise SceneError(f"{path}: trimesh cannot read this file: {error}") from error
    nodes = [node for node in scene.graph.nodes_geometry if len(getattr(scene.geometry[scene.graph[node][1]], "faces", ()))]
    if not nodes:
        raise SceneError(f"{path}: the file has no triangles, so that there is no surface; export the surface as triangles")
    return tuple(_read_node(scene, node, metres_per_unit) for node in nodes)


def _read_node(scene, node: str, metres_per_unit: float) -> Body:
    matrix, name = scene.graph[node]
    matrix = np.array(matrix, dtype=np.float64)
    matrix[:3] *= metres_per_unit
    mesh = scene.geometry[name]
    if not np.isfinite(mesh.vertices).all():
        raise SceneError(f"/{node}: a position is not finite; repair the file")
    points, inverse = np.unique(np.asarray(mesh.vertices, dtype=np.float64), axis=0, return_inverse=True)
    faces = inverse.reshape(-1)[np.asarray(mesh.faces)].astype(np.int32)
    faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
    if is_mirrored(matrix):
        faces = np.ascontiguousarray(faces[:, ::-1])
    path = "/" + re.sub(r"^(?=\d)|\W", "_", node, flags=re.ASCII)
    part = Part(path, slice(0, len(points)), slice(0, len(faces)), matrix)
    try:
        surface = TriangleMesh(apply(matrix, points), faces)
    except GeometryError as error:
        raise SceneError(f"{path}: this mesh of the file is not a surface: {error}") from error
    return Body(path, surface, (part,))
