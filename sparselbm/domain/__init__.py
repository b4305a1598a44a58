"""Sparse domains: tiles, their neighbours, walls."""

from .box import box
from .inside import inside
from .retile import transfer
from .sampling import sample
from .topology import Domain, DomainError

__all__ = ["Domain", "DomainError", "box", "inside", "sample", "transfer"]
