"""Part of a surface inside a box."""

import numpy as np

from ..errors import GeometryError
from ..quantities import vector_text
from .triangles import TriangleMesh


def clipped(mesh: TriangleMesh, low: np.ndarray, high: np.ndarray, name: str) -> TriangleMesh:
    """Returns the part of a surface inside the box between two corners [m]; it is open where the box cuts it.

    Faces are cut at the planes of the six sides (Sutherland & Hodgman, Comm. ACM 17 (1974) 32). Raises GeometryError if no part
    of the surface is inside.
    """
    faces = mesh.points[mesh.faces]
    for axis in range(3):
        faces = _above(faces, axis, float(low[axis]), 1.0)
        faces = _above(faces, axis, float(high[axis]), -1.0)
    areas = np.linalg.norm(np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0]), axis=1)
    if not areas.sum() > 0.0:
        raise GeometryError(
            f"no part of the surface of {name} is in the box from {vector_text(low)} to {vector_text(high)} m, but "
            "the flow goes around that part: move the corners of the box, or check the unit of the file (metres_per_unit)"
        )
    return TriangleMesh(faces.reshape(-1, 3), np.arange(3 * len(faces)).reshape(-1, 3))


def _above(faces: np.ndarray, axis: int, place: float, sign: float) -> np.ndarray:
    """The parts of faces (m, 3, 3) where sign (x[axis] - place) >= 0, as faces again."""
    height = sign * (faces[..., axis] - place)
    count = (height >= 0.0).sum(axis=1)
    # The corner that is alone on its side of the plane comes first: the cut is along the two edges from it.
    alone = np.where(count == 1, np.argmax(height, axis=1), np.argmin(height, axis=1))
    order = (alone[:, None] + np.arange(3)) % 3
    faces, height = np.take_along_axis(faces, order[..., None], axis=1), np.take_along_axis(height, order, axis=1)
    one, two = count == 1, count == 2
    p, q = _cut(faces, height, 1), _cut(faces, height, 2)
    tip = np.stack([faces[:, 0], p, q], axis=1)[one]
    base = np.stack([p, faces[:, 1], faces[:, 2]], axis=1)[two], np.stack([p, faces[:, 2], q], axis=1)[two]
    return np.concatenate([faces[count == 3], tip, *base])


def _cut(faces: np.ndarray, height: np.ndarray, end: int) -> np.ndarray:
    """Point where the plane cuts the edge from the first corner to another one, (m, 3)."""
    span = height[:, 0] - height[:, end]
    share = np.divide(height[:, 0], span, out=np.zeros_like(span), where=span != 0.0)
    return faces[:, 0] + share[:, None] * (faces[:, end] - faces[:, 0])
