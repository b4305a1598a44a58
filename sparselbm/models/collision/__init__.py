"""Collision models, one per file."""

from .bgk import BGK
from .central_moment import CentralMoment
from .cumulant import Cumulant
from .exact_difference import ExactDifference
from .kbc import KBC
from .model import Collision
from .mrt import MRT
from .recursive_regularised import RecursiveRegularised
from .regularised import Regularised
from .trt import TRT

__all__ = [
    "BGK",
    "KBC",
    "MRT",
    "TRT",
    "CentralMoment",
    "Collision",
    "Cumulant",
    "ExactDifference",
    "RecursiveRegularised",
    "Regularised",
]
