"""Non-USD files: STL, OBJ, PLY and glTF through trimesh, one body per mesh; VTK surfaces; level sets in .nvdb and .vdb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from sparselbm.errors import MissingPackageError, SceneError
from sparselbm.files.reading import require_readable
from sparselbm.scene.arrays import check_finite, check_points, surface_of, welded
from sparselbm.scene.usd import gltf_sizes, level_sets, vtk_surfaces
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


SMALLEST, LARGEST = 1e-3, 10.0
"""Plausible extents [m] of a scene whose unit is assumed to be the metre. Bodies of less than 1 mm or more than 10 m are rare in
this field, and what is drawn in millimetres, the usual unit of such files, reads as more than 10 m from 10 mm on."""


def names_unit(path: Path) -> bool:
    """Whether the file type prescribes a unit, which is then the metre: glTF does."""
    return path.suffix.lower() in gltf_sizes.SUFFIXES


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
    return "Y" if path.suffix.lower() in gltf_sizes.SUFFIXES else "Z"


def read_bodies(path: Path, metres_per_unit: float, *, local_files_only: bool = False) -> tuple[Body, ...]:
    """Reads the bodies of a file, placed according to its scene graph; equal points are welded.

    These formats split points at seams of normals and textures, and STL at every face: without welding no surface would be
    closed. The points therefore do not correspond one to one to those of the file.

    Raises:
        SceneError: if the file cannot be parsed or has no triangles, a position is not finite or farther than 1e7 m, or the file
            refers to one outside of its folder where only local files are allowed.
    """
    if path.suffix.lower() in level_sets.SUFFIXES:
        return (level_sets.read_level_set(path, metres_per_unit),)
    if path.suffix.lower() in vtk_surfaces.SUFFIXES:
        return (vtk_surfaces.read_surface(path, metres_per_unit),)
    try:
        import trimesh
    except ImportError as error:
        raise MissingPackageError.of(f"{path}: reading {path.suffix}", ["trimesh"], "trimesh") from error
    beside = _Beside(path, local_files_only)
    if path.suffix.lower() in gltf_sizes.SUFFIXES:
        gltf_sizes.require_few(path)
    try:  # Textures would be opened, and shapes are all that is needed.
        scene = trimesh.load_scene(path, process=False, skip_materials=True, resolver=beside)  # type: ignore[arg-type]
    except SceneError:
        raise
    except Exception as error:  # trimesh does not wrap the exceptions of its parsers
        raise SceneError(f"{path}: trimesh cannot read this file: {type(error).__name__}: {error}") from error
    nodes = [node for node in scene.graph.nodes_geometry if len(getattr(scene.geometry[scene.graph[node][1]], "faces", ()))]
    if not nodes:
        raise SceneError(f"{path}: the file has no triangles, so that there is no surface; export the surface as triangles")
    return tuple(_read_node(scene, node, metres_per_unit) for node in nodes)


class _Beside:
    """Files that a file names, such as the buffers of glTF, read for trimesh: see `trimesh.resolvers.Resolver`."""

    def __init__(self, path: Path, local_files_only: bool):
        self.file_name = path.name
        """Name that trimesh gives to a mesh without one."""
        self._folder, self._local_files_only = path.resolve().parent, local_files_only

    def get(self, name: str) -> bytes:
        """Contents of a file relative to the folder. Raises SceneError for what is no regular file or outside of the folder."""
        path = (self._folder / name).resolve()
        if self._local_files_only and not path.is_relative_to(self._folder):
            raise SceneError(
                f"the file refers to {path}, outside of {self._folder}; local_files_only=True refuses this: copy the file into "
                "the folder"
            )
        require_readable(path, SceneError)
        return path.read_bytes()

    __getitem__ = get


def _read_node(scene, node: str, metres_per_unit: float) -> Body:
    matrix, name = scene.graph[node]
    matrix = np.array(matrix, dtype=np.float64)
    matrix[:3] *= metres_per_unit
    mesh = scene.geometry[name]
    path = "/" + re.sub(r"^(?=\d)|\W", "_", node, flags=re.ASCII)
    vertices = np.asarray(mesh.vertices, dtype=np.float64)
    check_finite(path, vertices)
    points, faces = welded(path, vertices, np.asarray(mesh.faces))
    world = apply(matrix, points)
    check_points(path, world)
    if is_mirrored(matrix):
        faces = np.ascontiguousarray(faces[:, ::-1])
    part = Part(path, slice(0, len(points)), slice(0, len(faces)), matrix)
    return Body(path, surface_of(path, world, faces), (part,))
