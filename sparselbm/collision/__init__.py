"""Collision models, one a file."""

from .bgk import BGK
from .model import Collision
from .trt import TRT

__all__ = ["BGK", "TRT", "Collision"]
