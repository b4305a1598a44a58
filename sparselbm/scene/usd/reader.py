"""Reading of prims as surfaces of bodies, in world metres and wound outward."""

# pxr fills its modules at run time, which pyright cannot see.
# pyright: reportAttributeAccessIssue=false
from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from sparselbm.errors import GeometryError
from sparselbm.geometry import TriangleMesh
from sparselbm.scene.arrays import check_points
from sparselbm.scene.usd import gprims
from sparselbm.scene.usd.body import Body, Part
from sparselbm.scene.usd.meshes import is_refined, read_mesh, topology_varies
from sparselbm.scene.usd.point_count import shared_path
from sparselbm.scene.usd.report import Note
from sparselbm.scene.usd.transforms import apply, is_mirrored
from sparselbm.scene.usd.traversal import Found

if TYPE_CHECKING:
    from pxr import Sdf, Usd


@dataclass(eq=False)
class Reader:
    """Reader of the prims of one stage at one time; data shared by instances is read once."""

    time: Usd.TimeCode
    segments: int
    """Corners around round gprims."""
    subdivision_levels: int
    """Refinements of Catmull-Clark meshes; 0 for the cage."""
    posed: frozenset[str]
    """Paths of the meshes posed by a skeleton."""
    _local: dict[Sdf.Path, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)

    def read(self, found: Found) -> Body | Note:
        """Reads the body of one prim, or a note for a mesh without faces or area.

        Raises:
            SceneError: if positions are not finite or beyond `FARTHEST`, or the topology is inconsistent.
        """
        path = str(found.prim.GetPath())
        points, faces = self._shape(found.prim)
        if not len(faces):
            return Note(path, "the mesh is empty: it has no faces")
        world = apply(found.matrix, points)
        check_points(path, world)
        if is_mirrored(found.matrix):
            faces = faces[:, ::-1]
        try:
            mesh = TriangleMesh(world, np.ascontiguousarray(faces))
        except GeometryError:  # All other causes were checked above.
            return Note(path, "its faces have no area: check its points and the scales above it")
        is_mesh = found.prim.GetTypeName() == "Mesh"
        keeps_points = is_mesh and not is_refined(found.prim, self.subdivision_levels) and path not in self.posed
        varies = is_mesh and topology_varies(found.prim)
        spans = slice(0, len(world)), slice(0, len(faces))
        part = Part(path, *spans, found.matrix, not keeps_points, found.instance, varies)
        return Body(found.body, mesh, (part,))

    def _shape(self, prim: Usd.Prim) -> tuple[np.ndarray, np.ndarray]:
        """Points and faces in the prim's own space."""
        if prim.GetTypeName() != "Mesh":
            return gprims.tessellate(gprims.Gprim.of(prim, self.time), self.segments)
        key = shared_path(prim)
        if key not in self._local:
            self._local[key] = read_mesh(prim, self.time, self.subdivision_levels)
        return self._local[key]
