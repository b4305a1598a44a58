"""Sparse grids of tiles: layout, neighbours, fields and sampling."""

from .domain import Domain
from .halo import with_halo
from .isosurface import isosurface
from .off_wall import OffWall
from .retile import transfer
from .sampling import FieldSampler, sample

__all__ = [
    "Domain",
    "FieldSampler",
    "OffWall",
    "isosurface",
    "sample",
    "transfer",
    "with_halo",
]
