"""Values that models give to cells: force fields, profiles of conditions, viscosity factors."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..errors import SimulationError
from ..grid import Domain
from ..grid.tile_field import Fields
from ..models import ViscosityField
from ..models.boundary import BoundaryCondition
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
        """Whether a tile stores fields even if these are 0 at first, (n,): it lies along a condition with a profile."""
        tiles = np.zeros(self.domain.tile_count, dtype=bool)
        for k, _ in self._profiled:
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
        return tuple(name for _, boundary in self.unsteady for name in self._names(boundary))

    def unsteady_values(self, step: int) -> dict[str, np.ndarray]:
        """Values of the unsteady profiles at a step, by the names of the fields. Raises SimulationError."""
        values: dict[str, np.ndarray] = {}
        for k, boundary in self.unsteady:
            values |= self._profile_values(k, boundary, step)
        return values

    def cells_of_profile(self, name: str) -> np.ndarray | None:
        """Cells along the opening whose profile is the field `name`, (n, cells) bool; None for other fields."""
        for k, boundary in self._profiled:
            if name in self._names(boundary):
                return self.walls.along_opening(k)
        return None

    @property
    def _profiled(self) -> list[tuple[int, BoundaryCondition]]:
        return [(k, b) for k, b in enumerate(self.physics.boundaries) if b.profile is not None]

    def _names(self, boundary: BoundaryCondition) -> list[str]:
        return [number.of(boundary.face.name).name for number in boundary.parameters(self.domain.dimension)]

    def _profile_values(self, k: int, boundary: BoundaryCondition, step: int) -> dict[str, np.ndarray]:
        """Factors of a condition's parameters at a step, (n, cells) each; `k`: the number of its opening."""
        assert boundary.profile is not None
        domain, here = self.domain, self.walls.along_opening(k)
        centres = (domain.cell_indices() + 0.5)[here]
        names = self._names(boundary)
        factors = np.asarray(boundary.profile.factors(centres, domain.shape, step), dtype=np.float64)
        if factors.shape not in ((len(centres),), (len(centres), len(names))) or not np.isfinite(factors).all():
            raise SimulationError(
                f"the profile on {boundary.face.name} gives an array of shape {factors.shape}: it must be finite, with one "
                f"factor for each of {len(centres)} cells, or {len(names)} factors for each"
            )
        columns = np.broadcast_to(factors.reshape(len(centres), -1), (len(centres), len(names))).T
        values = {name: np.zeros(domain.fluid.shape) for name in names}
        for field, column in zip(values.values(), columns, strict=True):
            field[here] = column
        return values
