"""Bodies around the obstacle of a wind tunnel that are larger than the tunnel: ground, rooms, and bodies that are clipped."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import warp as wp

from ...geometry import SurfaceQuery, TriangleMesh
from ...geometry.topology import is_closed
from ...models.boundary import Face
from .box import CLEARANCE, gap_to

_FLAT = 1e-6
"""Tolerance of the ground's coordinate, as a share of its body's extent, which positions in fp32 have."""
_ON_IT = 1e-5
"""Distance of a point that counts as on the ground, as a share of its body's extent."""
_SAMPLES = 33
"""Points along each edge of the tunnel's cross-section at which the ground has to be."""


@dataclass(frozen=True)
class Ground:
    """Flat surface of a body across the whole tunnel, beside the obstacle: the box ends there, with a no-slip wall."""

    body: str
    """Name of the body."""
    face: Face
    """Side of the box that lies on it."""
    coordinate: float
    """Its coordinate along the axis of the side [m]."""

    def __str__(self) -> str:
        axis = "xyz"[self.face.axis]
        return f"{self.body} is flat across the whole tunnel at {axis} = {self.coordinate:.4g} m: the box ends there, with a wall"


@dataclass(frozen=True)
class Surroundings:
    """Parts that the bodies beside the obstacle play for the tunnel."""

    ground: Ground | None
    """Flat surface on which the box ends; its body is not in the flow otherwise."""
    rooms: frozenset[str]
    """Names of the closed bodies that contain the obstacle: they are solid outside."""
    clipped: Mapping[str, tuple[str, ...]]
    """For each body that reaches an inlet or an outlet, which of them: it is clipped there and closes a part of it."""

    @classmethod
    def of(
        cls, bodies: Mapping[str, TriangleMesh], obstacle: str, wanted: np.ndarray, bounds: np.ndarray,
        openings: Mapping[Face, str], voxel_size: float, *, device: wp.DeviceLike = None,
    ) -> Surroundings:
        """`wanted`: box as specified, which ground has to span; `bounds`: the same in whole tiles (2, 3) [m]; `openings`: names
        of the inlets and outlets by side. Bodies reach them from `CLEARANCE` on.
        """
        ground = find_ground(bodies, obstacle, wanted, bounds, openings, device=device)
        margin = CLEARANCE * voxel_size
        others = {name: mesh for name, mesh in bodies.items() if name != obstacle and not (ground and name == ground.body)}
        rooms = frozenset(name for name, mesh in others.items() if _contains(mesh, bodies[obstacle], device))
        reached = {
            name: tuple(opening for face, opening in openings.items() if gap_to(face, mesh, bounds) < margin)
            for name, mesh in others.items()
        }
        return cls(ground, rooms, {name: ends for name, ends in reached.items() if ends})

    def solid_cells(
        self, bodies: Mapping[str, TriangleMesh], bounds: np.ndarray, voxel_size: float, *, device: wp.DeviceLike = None
    ) -> dict[Face, np.ndarray]:
        """Mask of the cells along each side of the box (2, 3) [m] that bodies with walls on links fill; empty without any."""
        queries = [(SurfaceQuery(bodies[name], device=device), name in self.rooms) for name in self.on_links]
        found = {}
        for face in (Face(k, end) for k in range(3) for end in (0, 1)) if queries else ():
            ticks = [np.arange(low + 0.5 * voxel_size, high, voxel_size) for low, high in bounds.T]
            ticks[face.axis] = bounds[face.end, [face.axis]] + 0.5 * face.inward * voxel_size
            centres = np.stack(np.meshgrid(*ticks, indexing="ij"), axis=-1)
            solid = [(query.signed_distance(centres.reshape(-1, 3)) < 0.0) != room for query, room in queries]
            found[face] = np.any(solid, axis=0).reshape(centres.shape[:3]).squeeze(face.axis)
        return found

    @property
    def on_links(self) -> frozenset[str]:
        """Names of the bodies whose solid cells are no fluid, so that the inlet and the outlet leave them out."""
        return self.rooms | self.clipped.keys()

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on all of them."""
        found = [str(self.ground)] if self.ground else []
        found += [f"{name} contains the obstacle: it is taken as a room, which is solid outside" for name in sorted(self.rooms)]
        found += [
            f"{name} reaches the {' and the '.join(ends)}: it is clipped to the tunnel, and has its wall on links between cells"
            for name, ends in self.clipped.items() if name not in self.rooms
        ]
        return tuple(found)


def _contains(mesh: TriangleMesh, obstacle: TriangleMesh, device: wp.DeviceLike) -> bool:
    """Whether a closed surface contains the whole obstacle."""
    (low, high), (first, last) = mesh.bounds, obstacle.bounds
    if np.any(first < low) or np.any(last > high) or not is_closed(mesh.points, mesh.faces):
        return False
    shown = obstacle.points[:: max(len(obstacle.points) // _SAMPLES, 1)]
    return bool((SurfaceQuery(mesh, device=device).signed_distance(shown) < 0.0).all())


def find_ground(
    bodies: Mapping[str, TriangleMesh], obstacle: str, wanted: np.ndarray, bounds: np.ndarray, openings: Collection[Face],
    *, device: wp.DeviceLike = None,
) -> Ground | None:
    """The flat surface nearest to the obstacle that separates it from a side of the box; None without one.

    `wanted`: box that the surface has to span; `bounds`: the same in whole tiles (2, 3) [m]; `openings`: inlets and outlets,
    which are no ground. A body with other faces in the box beyond that surface, on the obstacle's side of it, is none either.
    """
    middle = bodies[obstacle].bounds.mean(axis=0)
    found = []
    for name, mesh in bodies.items():
        if name == obstacle:
            continue
        corners = np.stack(mesh.corners)
        for face in {Face(k, end) for k in range(3) for end in (0, 1)}.difference(openings):
            flat = _flat_part(mesh, corners, face, middle, bounds)
            if flat is not None and _spans(mesh, flat, face.axis, wanted, device):
                coordinate = float(mesh.points[mesh.faces[flat][0, 0], face.axis])
                found.append(Ground(name, face, coordinate))
    return min(found, key=lambda each: abs(each.coordinate - middle[each.face.axis]), default=None)


def _flat_part(
    mesh: TriangleMesh, corners: np.ndarray, face: Face, middle: np.ndarray, bounds: np.ndarray
) -> np.ndarray | None:
    """Mask of the flat faces of a mesh on a side of the obstacle, (m,); None if there are none, or others beyond them.

    `corners`: of its faces [m], (3, m, 3).
    """
    k, inward, near = face.axis, face.inward, _FLAT * float(np.ptp(mesh.bounds, axis=0).max())
    along = inward * corners[..., k]
    flat = np.ptp(along, axis=0) <= near
    flat &= (along[0] < inward * middle[k]) & (along[0] >= inward * bounds[face.end, k] - near)
    if not flat.any():
        return None
    top = along[0][flat].max()
    low, high = corners.min(axis=0), corners.max(axis=0)
    beyond = np.all((low < bounds[1]) & (high > bounds[0]), axis=1) & (along.max(axis=0) > top + near)
    return None if beyond.any() else flat & (along[0] >= top - near)


def _spans(mesh: TriangleMesh, flat: np.ndarray, axis: int, bounds: np.ndarray, device: wp.DeviceLike) -> bool:
    """Whether flat faces of a mesh, all at one coordinate, lie everywhere in the cross-section of a box."""
    across = [j for j in range(3) if j != axis]
    near = _ON_IT * float(np.ptp(mesh.bounds, axis=0).max())
    if np.any(mesh.bounds[0, across] > bounds[0, across] + near) or np.any(mesh.bounds[1, across] < bounds[1, across] - near):
        return False
    places = np.full((_SAMPLES**2, 3), mesh.points[mesh.faces[flat][0, 0], axis])
    ticks = [np.linspace(bounds[0, j], bounds[1, j], _SAMPLES) for j in across]
    places[:, across] = np.stack(np.meshgrid(*ticks), axis=-1).reshape(-1, 2)
    distance = SurfaceQuery(TriangleMesh(mesh.points, mesh.faces[flat]), device=device).signed_distance(places)
    return bool(np.abs(distance).max() <= near)
