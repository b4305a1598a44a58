"""Closing of an open surface by the caps at its ends."""

from collections.abc import Mapping

import numpy as np

from ..errors import GeometryError
from .repair import inspect_mesh, repair
from .triangles import TriangleMesh


def joined(meshes: list[TriangleMesh]) -> TriangleMesh:
    """Concatenates meshes in their order, without welding."""
    starts = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    return TriangleMesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate([mesh.faces + int(start) for mesh, start in zip(meshes, starts)]),
    )


def closed(surface: TriangleMesh, caps: Mapping[str, TriangleMesh], name: str) -> TriangleMesh:
    """Returns the surface, joined with its caps if it is open, with outward normals; its own points come first.

    Raises GeometryError if the result is still open.
    """
    edges = inspect_mesh(surface, name).open_edges
    found, report = repair(joined([surface, *caps.values()] if edges else [surface]), name)
    if report.open_edges:
        raise GeometryError(
            f"{name} is open along {edges} edges, and still along {report.open_edges} with its caps "
            f"{', '.join(caps)}, so that "
            "inside and outside are not defined: close it, or let the caps use the points of its rims"
        )
    return found
