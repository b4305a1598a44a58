"""Fields of a flow that can be drawn and stored, and the flow at one instant, from which they are computed."""

from .frame import FlowFrame
from .quantities import (
    CellField,
    Pressure,
    PressureCoefficient,
    QCriterion,
    Scalar,
    Speed,
    TotalPressure,
    VelocityComponent,
    Vorticity,
)
from .quantity import Quantity
from .registered import FIELDS, field_named
from .wall_quantities import WallShearStress, YPlus

__all__ = [
    "FIELDS",
    "CellField",
    "FlowFrame",
    "Pressure",
    "PressureCoefficient",
    "QCriterion",
    "Quantity",
    "Scalar",
    "Speed",
    "TotalPressure",
    "VelocityComponent",
    "Vorticity",
    "WallShearStress",
    "YPlus",
    "field_named",
]
