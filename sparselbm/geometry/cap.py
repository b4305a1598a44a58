"""Vessel caps: surfaces with a rim, through which fluid enters or leaves."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from ..errors import GeometryError
from . import topology
from .developed_flow import DevelopedFlow
from .distance import SurfaceQuery
from .triangles import TriangleMesh

_FLAT = 1e-3
"""Tolerance for a flat cap: largest distance of a point from the plane, as a fraction of the cap's extent."""


@dataclass(frozen=True, eq=False)
class Cap:
    """Flat or curved cap, seen from the fluid: A = |sum_f A_f|, D_h = 4 A / P with P the length of its rim."""

    mesh: TriangleMesh
    """[m]."""
    normal: np.ndarray
    """Unit vector into the fluid, (3,), averaged over the cap."""
    area: float
    """Projected area A [m^2] for a uniform velocity along the normal."""
    perimeter: float
    """Length P of the rim [m]."""

    @classmethod
    def of(cls, mesh: TriangleMesh, wall: SurfaceQuery, name: str) -> Cap:
        """Returns the cap of a vessel whose inside is that of `wall`. Raises GeometryError for a mesh without a rim."""
        welded = topology.weld(mesh.points)[mesh.faces]
        edges = np.sort(welded[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
        edges, counts = np.unique(edges, axis=0, return_counts=True)
        rim = edges[counts == 1]
        turned = topology.faces_to_flip(len(welded), topology.edges_of(welded))
        vector = np.where(turned[:, None], -mesh.area_vectors, mesh.area_vectors).sum(axis=0)
        area = float(np.linalg.norm(vector))
        if not len(rim) or area < 0.1 * mesh.area:
            raise GeometryError(
                f"{name} has {len(rim)} rim edges and {area:.4g} m^2 projected of {mesh.area:.4g} m^2 total area: "
                "a cap must be a surface with a rim, such as a disc; remove its sides and its back"
            )
        perimeter = float(np.linalg.norm(np.diff(mesh.points[rim], axis=1), axis=-1).sum())
        normal, reach = vector / area, 0.25 * area / perimeter
        sides = wall.signed_distance(mesh.centroid + reach * np.stack([normal, -normal]))
        return cls(mesh, normal if sides[0] < sides[1] else -normal, area, perimeter)

    def __str__(self) -> str:
        n = ", ".join(f"{x + 0.0:.4g}" for x in np.round(self.normal, 4))
        return f"a cap: area {self.area:.4g} m^2, normal into the fluid ({n})"

    @property
    def hydraulic_diameter(self) -> float:
        """Hydraulic diameter D_h = 4 A / P [m]; the diameter of a round cap."""
        return 4.0 * self.area / self.perimeter

    @functools.cached_property
    def query(self) -> SurfaceQuery:
        """Distance query of the cap."""
        return SurfaceQuery(self.mesh, device="cpu")

    @property
    def is_flat(self) -> bool:
        """Whether all of it lies in a plane, which `developed` needs."""
        _, flat, off = self._plane
        return bool(off <= _FLAT * np.ptp(flat, axis=0).max())

    @functools.cached_property
    def _plane(self) -> tuple[np.ndarray, np.ndarray, float]:
        """Axes across the normal (2, 3), the points along them (n, 2), and the largest distance of a point from their plane."""
        frame, away = np.linalg.svd(self.normal[None])[2][1:], self.mesh.points - self.mesh.centroid
        return frame, away @ frame.T, float(np.abs(away @ self.normal).max())

    def developed(self, points: np.ndarray) -> np.ndarray:
        """Fully developed laminar velocity at points (k, 3) [m] near the cap, relative to its mean: see `DevelopedFlow`.

        Raises GeometryError for a cap that is not flat.
        """
        frame, _, _ = self._plane
        return self._developed.at((points - self.mesh.centroid) @ frame.T)

    @property
    def developed_peak(self) -> float:
        """Largest velocity of the developed flow relative to its mean: 2 for a disc."""
        return self._developed.peak

    @functools.cached_property
    def _developed(self) -> DevelopedFlow:
        frame, flat, off = self._plane
        if not self.is_flat:
            raise GeometryError(
                f"the cap deviates up to {off:.4g} m from a plane, above the limit of {_FLAT * np.ptp(flat, axis=0).max():.4g} m "
                "for developed flow: flatten it, or use a uniform velocity"
            )

        def outside(places: np.ndarray) -> np.ndarray:
            """Distance from the cap of places in its plane, (n, 2), but for its deviation from the plane."""
            return np.maximum(np.abs(self.query.signed_distance(self.mesh.centroid + places @ frame)) - off, 0.0)

        return DevelopedFlow.within(outside, flat.min(axis=0), flat.max(axis=0), self.area)
