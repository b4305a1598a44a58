"""Gradient checks: dot products, Taylor remainders, finite differences and trends."""

from .check import Check
from .differences import DirectionalDifference, difference
from .dot_product import DotProduct, dot_product
from .gradcheck import Gradcheck, GradcheckReport
from .taylor import Taylor, median_order, taylor
from .trend import Trend, trend

__all__ = [
    "Check",
    "DirectionalDifference",
    "DotProduct",
    "Gradcheck",
    "GradcheckReport",
    "Taylor",
    "Trend",
    "difference",
    "dot_product",
    "median_order",
    "taylor",
    "trend",
]
