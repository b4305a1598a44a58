"""A closed surface from one that is open at its ends and the caps that close it."""

from collections.abc import Mapping

import numpy as np

from ..errors import GeometryError
from .repair import inspect_mesh, repair
from .triangles import TriangleMesh


def joined(meshes: list[TriangleMesh]) -> TriangleMesh:
    """All in one, in their order; nothing is welded."""
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    return TriangleMesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.faces + int(start) for mesh, start in zip(meshes, starts)]),
    )


def closed(surface: TriangleMesh, caps: Mapping[str, TriangleMesh], name: str) -> TriangleMesh:
    """The surface, or where it is open it and its caps in one, normals outward; its own points come first.

    Raises GeometryError where it stays open.
    """
    edges = inspect_mesh(surface, name).open_edges
    found, report = repair(joined([surface, *caps.values()] if edges else [surface]), name)
    if report.open_edges:
        raise GeometryError(
            f"{name} is open along {edges} edges, and along {report.open_edges} with its caps {', '.join(caps)}: inside and "
            "outside cannot be told; close it, or give the caps the very points of its rims"
        )
    return found
