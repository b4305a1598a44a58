"""Values that models give to cells: force fields, profiles of conditions, viscosity factors."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..errors import SimulationError
from ..geometry import SurfaceQuery
from ..grid import Domain
from ..grid.tile_field import Fields
from ..models import ViscosityField
from ..models.boundary import BoundaryCondition, Patch, Profile
from ..models.physics import Physics
from .cell_values import cell_values
from .walls import Walls


@dataclass(frozen=True, eq=False)
class ModelFields:
    """The fields of `Physics.fields` as their models give them on a domain."""

    domain: Domain
    physics: Physics
    walls: Walls
    viscosity_field: ViscosityField | None

    def stored(self, precision: type) -> Fields:
        """The values on the device, for the tiles that need them."""
        return Fields(self.domain, self.values(), precision, self.tiles())

    def values(self) -> dict[str, np.ndarray]:
        """Values of the cells by name, (n, cells) each; those of profiles at step 0.

        Raises SimulationError for values in the fluid that are not finite, and for arrays of another shape.
        """
        values = {} if self.viscosity_field is None else {"viscosity": self.viscosity_field.relative_change(self.domain)}
        for force in self.physics.forces:
            values |= {name: source(self.domain) for name, source in force.fields(self.physics.lattice.dimension).items()}
        for k, boundary in self._profiled:
            values |= self._profile_values(k, boundary, 0)
        for k, patch in self._on_patches:
            values |= self._normals(k, patch)
        for name, field in values.items():
            self._require_finite(name, np.asarray(field))
        return values

    def _require_finite(self, name: str, field: np.ndarray) -> None:
        if field.shape != self.domain.fluid.shape:
            raise SimulationError(f"{name}: values of shape {field.shape}; give one for each of {self.domain.fluid.shape} cells")
        wrong = self.domain.fluid & ~np.isfinite(field)
        if wrong.any():
            raise SimulationError(
                f"{name}: {field[wrong][0]} at cell {tuple(self.domain.cell_indices()[wrong][0].tolist())}, one of "
                f"{np.count_nonzero(wrong)} cells that are not finite: let the model give finite values in the fluid"
            )

    def tiles(self) -> np.ndarray:
        """Whether a tile stores fields even if these are 0 at first, (n,): it lies along a condition with fields."""
        tiles = np.zeros(self.domain.tile_count, dtype=bool)
        for k, _ in (*self._profiled, *self._on_patches):
            tiles |= self.walls.along_opening(k).any(axis=1)
        return tiles

    def set(self, fields: Fields, name: str, values: np.ndarray | float) -> None:
        """Changes a stored field; `values`: a number or (n, cells).

        Raises SimulationError: an unknown name, values that are not finite or that the model refuses, or values other than 0
        in tiles that store no fields.
        """
        names = self.physics.fields
        if name not in names:
            raise SimulationError(f"no field {name!r}; there are: {', '.join(names) or 'none'}")
        cells = cell_values(self.domain, name, values)
        self._require_range(name, cells)
        lost = np.count_nonzero(np.any(cells != 0.0, axis=1) & (fields.slots == 0))
        if lost:
            raise SimulationError(
                f"{name}: not 0 in {lost} tiles that store no fields, because all fields were 0 there at first: start from a "
                "field that is not 0 wherever it will be changed"
            )
        fields.put(name, cells)
        fields.upload()

    def _require_range(self, name: str, values: np.ndarray) -> None:
        """Raises SimulationError for values in the fluid that the model refuses."""
        forces = {n: f.field_range for f in self.physics.forces for n in f.fields(self.domain.dimension)}
        limits = {"viscosity": self.viscosity_field.field_range, **forces} if self.viscosity_field else forces
        limit = limits.get(name)
        wrong = self.domain.fluid & ~limit.contains(values) if limit else np.zeros(0, dtype=bool)
        if wrong.any():
            place = tuple(self.domain.cell_indices()[wrong][0].tolist())
            raise SimulationError(
                f"{name}: {values[wrong][0]:g} at cell {place}, one of {np.count_nonzero(wrong)} cells out of range; nothing was "
                f"changed: give values that are {limit}"
            )

    @cached_property
    def unsteady(self) -> tuple[tuple[int, BoundaryCondition], ...]:
        """Conditions whose profile varies in time, with the numbers of their openings."""
        return tuple((k, b) for k, b in self._profiled if b.profile is not None and not b.profile.steady)

    @property
    def unsteady_names(self) -> tuple[str, ...]:
        """Names of the fields of unsteady profiles."""
        return tuple(name for _, boundary in self.unsteady for name in boundary.profile_fields(self.physics.lattice))

    def unsteady_values(self, step: int) -> dict[str, np.ndarray]:
        """Values of the unsteady profiles at a step, by the names of the fields. Raises SimulationError."""
        values: dict[str, np.ndarray] = {}
        for k, boundary in self.unsteady:
            values |= self._profile_values(k, boundary, step)
        return values

    def cells_of_profile(self, name: str) -> np.ndarray | None:
        """Cells along the opening whose profile is the field `name`, (n, cells) bool; None for other fields."""
        for k, boundary in self._profiled:
            if name in boundary.profile_fields(self.physics.lattice):
                return self.walls.along_opening(k)
        return None

    def set_profile(self, fields: Fields, opening: str, profile: Profile) -> None:
        """Evaluates another steady profile of a condition: see `Simulation.set_profile`."""
        k, boundary = self._of_opening(opening)
        if not (profile.steady and boundary.profile and boundary.profile.steady):
            raise SimulationError(f"the profile on {opening} varies in time, and is evaluated at each step: use a steady one")
        for name, values in self._profile_values(k, replace(boundary, profile=profile), 0).items():
            fields.put(name, values)
        fields.upload()

    def profile_gradient(self, opening: str, gradients: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Points at which the profile on an opening is taken, (K, d) [cells], and d J / d factor there, (K, P).

        `gradients`: d J / d field (n, cells) for each of the condition's `profile_fields`.
        """
        k, boundary = self._of_opening(opening)
        here = self.walls.along_opening(k)
        points, weights = self._points(boundary, here)
        columns = np.zeros((len(weights), len(boundary.parameters(self.domain.dimension)), points.shape[1]))
        for name, place in boundary.profile_fields(self.physics.lattice).items():
            columns[place] = gradients[name][here]
        gradient = np.einsum("vl,vpm->lmp", weights, columns)
        return points.reshape(-1, points.shape[-1]), gradient.reshape(-1, gradient.shape[-1])

    def _of_opening(self, name: str) -> tuple[int, BoundaryCondition]:
        for k, boundary in self._profiled:
            if boundary.face.name == name:
                return k, boundary
        there = ", ".join(boundary.face.name for _, boundary in self._profiled) or "none"
        raise SimulationError(f"no condition with a profile on {name!r}; there are: {there}")

    @property
    def _profiled(self) -> list[tuple[int, BoundaryCondition]]:
        return [(k, b) for k, b in enumerate(self.physics.boundaries) if b.profile is not None]

    @property
    def _on_patches(self) -> list[tuple[int, Patch]]:
        """Patches whose conditions use the normal, with the numbers of their openings."""
        return [(k, b.face) for k, b in enumerate(self.physics.boundaries) if b.needs_normal and isinstance(b.face, Patch)]

    def _normals(self, k: int, patch: Patch) -> dict[str, np.ndarray]:
        """Values of a patch's `normal_fields`, (n, cells) each: the normal of the face next to each cell."""
        d, here, values = self.domain.dimension, self.walls.along_opening(k), {}
        centres = np.tile(np.asarray(self.domain.origin) + 0.5 * self.domain.voxel_size, (int(np.count_nonzero(here)), 1))
        centres[:, :d] = self.domain.cell_centres()[here]
        face, _ = SurfaceQuery(patch.mesh, device="cpu").closest(centres)
        areas = patch.mesh.area_vectors[face, :d]
        for name, area in zip(patch.normal_fields(d), areas.T, strict=True):
            values[name] = np.zeros(self.domain.fluid.shape)
            values[name][here] = area / np.linalg.norm(areas, axis=1)
        return values

    def _profile_values(self, k: int, boundary: BoundaryCondition, step: int) -> dict[str, np.ndarray]:
        """Values of a condition's `profile_fields` at a step, (n, cells) each; `k`: the number of its opening."""
        assert boundary.profile is not None
        here = self.walls.along_opening(k)
        count = len(boundary.parameters(self.domain.dimension))
        points, weights = self._points(boundary, here)
        factors = _factors(boundary, boundary.profile, points, self.domain.shape, step, count)
        columns, values = np.einsum("vl,lmp->vpm", weights, factors), {}
        for name, place in boundary.profile_fields(self.physics.lattice).items():
            values[name] = np.zeros(self.domain.fluid.shape)
            values[name][here] = columns[place]
        return values

    def _points(self, boundary: BoundaryCondition, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the profile is taken for some cells, (L, m, d) [cells], and the weights of these values in the fields, (V, L).

        On links: the cell's centre and the middle of each link, and the differences of the latter from the former. Otherwise the
        mean over the links: Simpson's rule over the side of the cell on the face.
        """
        lattice = self.physics.lattice
        links = boundary.face.entering(lattice)
        centres = (self.domain.cell_indices() + 0.5)[here]
        points = centres - 0.5 * np.array([lattice.velocities[q] for q in links], dtype=np.float64)[:, None]
        if not boundary.on_links:
            weights = np.array([[lattice.weights[q] for q in links]])
            return points, weights / weights.sum()
        weights = np.eye(1 + len(links))
        weights[1:, 0] = -1.0
        return np.concatenate([centres[None], points]), weights


def _factors(boundary: BoundaryCondition, profile: Profile, points: np.ndarray, shape, step: int, count: int) -> np.ndarray:
    """Factors of a profile at points (L, m, d), (L, m, count). Raises SimulationError."""
    places = points.reshape(-1, points.shape[-1])
    factors = np.asarray(profile.factors(places, shape, step), dtype=np.float64)
    if factors.shape not in ((len(places),), (len(places), count)) or not np.isfinite(factors).all():
        raise SimulationError(
            f"the profile on {boundary.face.name} gives an array of shape {factors.shape}: it must be finite, with one "
            f"factor for each of {len(places)} points, or {count} factors for each"
        )
    return np.broadcast_to(factors.reshape(len(places), -1), (len(places), count)).reshape(*points.shape[:2], count)
