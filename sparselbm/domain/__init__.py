"""Sparse domains: tiles, their neighbours, walls."""

from .box import box
from .halo import with_halo
from .inside import inside
from .isosurface import isosurface
from .off_wall import OffWall
from .retile import transfer
from .sampling import FieldSampler, sample
from .topology import Domain, DomainError

__all__ = ["Domain", "DomainError", "FieldSampler", "OffWall", "box", "inside", "isosurface", "sample", "transfer", "with_halo"]
