"""The list of all fields."""

from .quantities import (
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
from .wall_quantities import WallShearStress, YPlus

FIELDS: tuple[Quantity, ...] = (
    Speed(), VelocityComponent(0), VelocityComponent(1), VelocityComponent(2), Pressure(), PressureCoefficient(), TotalPressure(),
    Vorticity(), QCriterion(), WallShearStress(), YPlus(),
)
"""Fields of every flow."""


def field_named(name: str) -> Quantity:
    """The field of a name; that of a scalar if no other has it."""
    return next((each for each in FIELDS if each.name == name), Scalar(name))
