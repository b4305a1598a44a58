"""Level sets as bodies: the zero surface of the distance. NanoVDB is read directly, OpenVDB by its own library."""

from __future__ import annotations

import importlib
from itertools import product
from pathlib import Path

import numpy as np

from sparselbm.errors import GeometryError, NanovdbError, SceneError
from sparselbm.files.grid import TILE_EDGE, GridClass, TileGrid
from sparselbm.files.read_nvdb import read_nvdb
from sparselbm.files.tile_lookup import TileLookup
from sparselbm.geometry import TriangleMesh
from sparselbm.geometry.marching_cubes import surface_between
from sparselbm.layout import TileLayout
from sparselbm.scene.arrays import check_points
from sparselbm.scene.usd.body import Body, Part

SUFFIXES = (".nvdb", ".vdb")
_LEAST = 1e-2
"""Smallest distance [voxels] of a voxel from the surface; closer, faces would have no area."""


def read_level_set(path: Path, metres_per_unit: float) -> Body:
    """Reads the body of a level set, negative inside, in a narrow band of active voxels; named after the grid.

    Raises:
        SceneError: if the file cannot be read, is not a level set or has no surface, or OpenVDB's module is missing.
    """
    return (_read_vdb if path.suffix.lower() == ".vdb" else _read_nvdb)(path, metres_per_unit)


def _read_vdb(path: Path, scale: float) -> Body:
    """Meshes a level set with OpenVDB."""
    library = openvdb_module(path)
    try:
        found = [each for each in library.readAllGridMetadata(str(path)) if each.gridClass == GridClass.LEVEL_SET.text]
        if len(found) != 1:
            raise SceneError(f"{path}: the file has {len(found)} level sets, but must have 1; remove the others")
        grid = library.read(str(path), found[0].name)
        grid.signedFloodFill()  # Not every writer sets the sign beyond the band.
        points, quads = grid.convertToQuads(isovalue=0.0)
    except (OSError, RuntimeError) as error:
        raise SceneError(f"{path}: OpenVDB cannot read this file: {error}") from error
    faces = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]]).astype(np.int32)
    try:
        mesh = TriangleMesh(scale * points.astype(np.float64), faces)
    except GeometryError as error:
        raise SceneError(f"{path}: {found[0].name!r} has no surface: {error}") from error
    return _body(found[0].name, mesh if mesh.volume > 0.0 else TriangleMesh(mesh.points, mesh.faces[:, ::-1]), scale)


def openvdb_module(path: Path):
    """OpenVDB's module for Python. Raises SceneError if it is not installed, with what to do instead."""
    for name in ("openvdb", "pyopenvdb"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    raise SceneError(
        f"{path}: reading .vdb needs OpenVDB's module for Python, which is not on PyPI (conda-forge: openvdb, Debian: "
        f"python3-openvdb); or convert to .nvdb with `nanovdb_convert {path.name} {path.stem}.nvdb`"
    )


def _body(grid_name: str, mesh: TriangleMesh, scale: float) -> Body:
    name = "".join(c if c.isascii() and c.isalnum() else "_" for c in grid_name)
    check_points(f"/{name}", mesh.points)
    part = Part(f"/{name}", slice(0, len(mesh.points)), slice(0, len(mesh.faces)), np.diag([scale, scale, scale, 1.0]))
    return Body(part.path, mesh, (part,))


def _read_nvdb(path: Path, scale: float) -> Body:
    try:
        grid = read_nvdb(path)
    except NanovdbError as error:
        raise SceneError(str(error)) from error
    if grid.components != 1 or grid.grid_class not in (GridClass.LEVEL_SET, GridClass.UNKNOWN):
        kind = "a vector field" if grid.components == 3 else f"a {grid.grid_class.text}"
        raise SceneError(
            f"{path}: {grid.name!r} is {kind}; pass a level set of floats that are negative inside, or for a voxel "
            "image the labels of pores or a threshold"
        )
    mesh = surface_between(
        _with_neighbours(grid), _indices(grid), 0.0,
        origin=[scale * x for x in grid.origin], voxel_size=scale * grid.voxel_size, device="cpu",
    )
    if mesh is None:
        raise SceneError(
            f"{path}: {grid.name!r} has no zero between active voxels; pass a level set with a band of 3 voxels, "
            "or for a voxel image the labels of pores or a threshold"
        )
    return _body(grid.name, mesh, scale)


def _indices(grid: TileGrid) -> np.ndarray:
    """Index coordinates of all voxels, (n, 512, 3)."""
    return grid.tiles[:, None, :] * TILE_EDGE + TileLayout(3).offsets


def _with_neighbours(grid: TileGrid) -> np.ndarray:
    """Active values (n, 9, 9, 9), including the first ones of the upper neighbour tiles; NaN elsewhere."""
    n, edge, least = len(grid.tiles), TILE_EDGE, np.float32(_LEAST * grid.voxel_size)
    values = np.where(np.abs(grid.values) < least, np.copysign(least, grid.values), grid.values)
    own = np.where(grid.mask, values, np.float32(np.nan)).reshape(n, edge, edge, edge)
    known = np.concatenate([own, np.full((1, edge, edge, edge), np.nan, np.float32)])
    lookup, blocks = TileLookup.of(grid.tiles), np.empty((n, edge + 1, edge + 1, edge + 1), np.float32)
    for step in product((0, 1), repeat=3):
        there = tuple(slice(0, 1) if s else slice(0, edge) for s in step)
        here = tuple(slice(edge, edge + 1) if s else slice(0, edge) for s in step)
        blocks[(slice(None), *here)] = known[(lookup.find(grid.tiles + step), *there)]
    return blocks
