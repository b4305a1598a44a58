"""What a simulation takes along to other tiles: all that a run or a user has changed since it was made."""


import numpy as np

from ..errors import DomainError
from ..grid import transfer
from ..grid.memory import tile_view
from ..grid.retile import sources
from ..grid.tile_field import Fields
from ..models.boundary import Face
from ..models.physics import Physics
from .cell_fields import field_tiles, field_values
from .simulation_view import SimulationView


def carry_over(old: SimulationView, new: SimulationView) -> None:
    """Parameters, fields and solid fractions that were set, populations and steps, from one simulation to another of the same
    models; tiles that the old one lacks are at rest, with the fields of the models. Raises DomainError."""
    _require_same_places(old, new)
    new.set_parameters({name: old.parameter(name) for name in old.physics.parameters})
    new.parameters.requires_grad = old.parameters.requires_grad
    if old.physics.fields:
        new.take_fields(_fields(old, new))
    if old.solid is not None and old.set_by_hand.any():
        new.set_solid_fractions(_solid_fractions(old, new))
    transfer(old.domain, new.domain, old.state, old.physics.size, into=new.state)
    new.steps = old.steps


def _require_same_places(old: SimulationView, new: SimulationView) -> None:
    """Raises DomainError where the cells count from another corner and a model gives places in cells."""
    shift = np.subtract(new.domain.origin, old.domain.origin)[: old.domain.dimension]
    if np.abs(shift).max() > 1e-6 * old.domain.voxel_size and (named := _placed(old.physics)):
        raise DomainError(
            f"origins {old.domain.origin} and {new.domain.origin} m: {', '.join(named)} have places in cells from that corner; "
            "give both domains the same origin"
        )


def _placed(physics: Physics) -> list[str]:
    """What has its place in cells from the domain's lower corner."""
    centres = [name for name in physics.parameters if "centre_" in name]
    return [*physics.fields, *centres, *(o.name for o in physics.openings if isinstance(o, Face) and o.region is not None)]


def _fields(old: SimulationView, new: SimulationView) -> Fields:
    """The new simulation's fields: those of the models, and where the old ones were set otherwise, as they were set."""
    physics, viscosity_field, precision = old.physics, old.viscosity_field, old.precision
    given = field_values(old.domain, physics, old.walls, viscosity_field)
    values = field_values(new.domain, physics, new.walls, viscosity_field)
    source = sources(old.domain, new.domain)
    common, source = source >= 0, source[source >= 0]
    known = {
        number.of(b.face.name).name: old.walls.along_opening(k)
        for k, b in enumerate(physics.boundaries) if b.profile is not None
        for number in b.parameters(old.domain.dimension)
    }
    for name in physics.fields:
        present = old.fields.spread(old.fields.array, name)
        if not np.array_equal(present, given[name].astype(old.fields.dtype)):
            here = known.get(name, old.domain.fluid)[source]
            values[name] = values[name].copy()
            values[name][common] = np.where(here, present[source], values[name][common])
    tiles = field_tiles(new.domain, physics, new.walls)
    tiles[common] |= old.fields.slots[source] > 0
    return Fields(new.domain, values, precision, tiles)


def _solid_fractions(old: SimulationView, new: SimulationView) -> np.ndarray:
    """eps of every cell of the new domain, (n, cells): as set in the tiles where it was, of the obstacles in others."""
    assert old.solid is not None
    assert new.solid is not None
    values = tile_view(new.domain, new.solid, 1)[:, 0].copy()
    source = sources(old.domain, new.domain)
    here = (source >= 0) & old.set_by_hand[source]
    values[here] = tile_view(old.domain, old.solid, 1)[:, 0][source[here]]
    return values
