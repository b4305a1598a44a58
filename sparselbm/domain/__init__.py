"""Sparse domains: tiles, their neighbours, walls."""

from .box import box
from .topology import Domain, DomainError

__all__ = ["Domain", "DomainError", "box"]
