"""The values that models give to cells: force fields, profiles of conditions, factors of the viscosity."""

import numpy as np

from ..errors import SimulationError
from ..grid import Domain
from ..models import ViscosityField
from ..models.boundary import BoundaryCondition
from ..models.physics import Physics
from .walls import Walls


def field_values(
    domain: Domain, physics: Physics, walls: Walls, viscosity_field: ViscosityField | None
) -> dict[str, np.ndarray]:
    """The models' values in the cells, (n, cells) each, by the names of `physics.fields`; those of profiles at step 0.

    Raises SimulationError for values in the fluid that are not finite, and for arrays of another shape.
    """
    values = {} if viscosity_field is None else {"viscosity": viscosity_field.relative_change(domain)}
    for force in physics.forces:
        values |= {name: source(domain) for name, source in force.fields(physics.lattice.dimension).items()}
    for k, boundary in enumerate(physics.boundaries):
        if boundary.profile is not None:
            values |= profile_values(domain, boundary, walls.along_opening(k), 0)
    for name, field in values.items():
        _require_finite(domain, name, np.asarray(field))
    return values


def _require_finite(domain: Domain, name: str, field: np.ndarray) -> None:
    if field.shape != domain.fluid.shape:
        raise SimulationError(f"{name}: values of shape {field.shape}; give one for each of {domain.fluid.shape} cells")
    wrong = domain.fluid & ~np.isfinite(field)
    if wrong.any():
        raise SimulationError(
            f"{name}: {field[wrong][0]} at cell {tuple(domain.cell_indices()[wrong][0].tolist())}, one of "
            f"{np.count_nonzero(wrong)} cells that are not finite: let the model give finite values in the fluid"
        )


def field_tiles(domain: Domain, physics: Physics, walls: Walls) -> np.ndarray:
    """Which tiles need a place for fields even where these are 0 at first, (n,): those along conditions with a profile."""
    tiles = np.zeros(domain.tile_count, dtype=bool)
    for k, boundary in enumerate(physics.boundaries):
        if boundary.profile is not None:
            tiles |= walls.along_opening(k).any(axis=1)
    return tiles


def profile_values(domain: Domain, boundary: BoundaryCondition, here: np.ndarray, step: int) -> dict[str, np.ndarray]:
    """The factors of a condition's parameters at a step, (n, cells) each. Raises SimulationError.

    `here`: the cells along its opening, (n, cells) bool.
    """
    assert boundary.profile is not None
    centres = (domain.cell_indices() + 0.5)[here]
    names = [number.of(boundary.face.name).name for number in boundary.parameters(domain.dimension)]
    factors = np.asarray(boundary.profile.factors(centres, domain.shape, step), dtype=np.float64)
    if factors.shape not in ((len(centres),), (len(centres), len(names))) or not np.isfinite(factors).all():
        raise SimulationError(
            f"the profile on {boundary.face.name} gives an array of shape {factors.shape}: it must be finite, one factor "
            f"for each of {len(centres)} cells, or {len(names)} of them"
        )
    columns = np.broadcast_to(factors.reshape(len(centres), -1), (len(centres), len(names))).T
    values = {name: np.zeros(domain.fluid.shape) for name in names}
    for field, column in zip(values.values(), columns, strict=True):
        field[here] = column
    return values
