"""Collision models, one a file."""

from .bgk import BGK
from .carreau import Carreau
from .central_moment import CentralMoment
from .cumulant import Cumulant
from .exact_difference import ExactDifference
from .kbc import KBC
from .model import Collision
from .mrt import MRT
from .power_law import PowerLaw
from .recursive_regularised import RecursiveRegularised
from .regularised import Regularised
from .smagorinsky import Smagorinsky
from .trt import TRT
from .wale import WALE

__all__ = [
    "BGK", "KBC", "MRT", "TRT", "WALE", "Carreau", "CentralMoment", "Collision", "Cumulant", "ExactDifference", "PowerLaw",
    "RecursiveRegularised", "Regularised", "Smagorinsky",
]  # fmt: skip
