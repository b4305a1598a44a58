"""Values that a simulation takes to other tiles: all that a run or a user has changed since it was built."""

import numpy as np

from ..errors import DomainError
from ..grid import Domain
from ..grid.retile import sources
from ..grid.tile_field import Fields
from ..models.boundary import Face
from ..models.physics import Physics
from .model_fields import ModelFields
from .solids import Solids


def require_same_places(old: Domain, new: Domain, physics: Physics) -> None:
    """Raises DomainError where the cells count from another corner and a model has positions in cells."""
    shift = np.subtract(new.origin, old.origin)[: old.dimension]
    if np.abs(shift).max() > 1e-6 * old.voxel_size and (named := _placed(physics)):
        raise DomainError(
            f"origins {old.origin} and {new.origin} m: {', '.join(named)} have positions in cells from that corner; "
            "give both domains the same origin"
        )


def _placed(physics: Physics) -> list[str]:
    """Names of everything that has its position in cells from the domain's lower corner."""
    centres = [name for name in physics.parameters if "centre_" in name]
    return [*physics.fields, *centres, *(o.name for o in physics.openings if isinstance(o, Face) and o.region is not None)]


def carried_fields(old: ModelFields, stored: Fields, new: ModelFields, precision: type) -> Fields:
    """Fields on the new domain: those of the models, but as they were set wherever the old ones differ from their models."""
    given, values = old.values(), new.values()
    source = sources(old.domain, new.domain)
    common, source = source >= 0, source[source >= 0]
    for name in old.physics.fields:
        present = stored.spread(stored.array, name)
        if not np.array_equal(present, given[name].astype(stored.dtype)):
            known = old.cells_of_profile(name)
            here = (old.domain.fluid if known is None else known)[source]
            values[name] = values[name].copy()
            values[name][common] = np.where(here, present[source], values[name][common])
    tiles = new.tiles()
    tiles[common] |= stored.slots[source] > 0
    return Fields(new.domain, values, precision, tiles)


def carried_fractions(old: Solids, old_domain: Domain, new: Solids, new_domain: Domain) -> np.ndarray:
    """eps of every cell of the new domain, (n, cells): as set by hand in the tiles where it was, of the obstacles in others."""
    values = new.values().copy()
    source = sources(old_domain, new_domain)
    here = (source >= 0) & old.by_hand[source]
    values[here] = old.values()[source[here]]
    return values
