"""Scalars carried by the flow: temperature, a dye, a drug."""

from .bgk import ScalarBGK
from .body import BodyValue
from .body_flux import BodyFlux
from .collision import ScalarCollision
from .condition import ScalarCondition
from .conduction import BodyConduction
from .fixed_flux import FixedFlux
from .fixed_inflow import FixedInflow
from .fixed_value import FixedValue
from .link_outflow import LinkOutflow
from .outflow import Outflow
from .scalar import Scalar
from .scalar_body import ScalarBody
from .trt import ScalarTRT

__all__ = [
    "BodyConduction",
    "BodyFlux",
    "BodyValue",
    "FixedFlux",
    "FixedInflow",
    "FixedValue",
    "LinkOutflow",
    "Outflow",
    "Scalar",
    "ScalarBGK",
    "ScalarBody",
    "ScalarCollision",
    "ScalarCondition",
    "ScalarTRT",
]
