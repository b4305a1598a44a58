"""Units of observables: how a value in lattice units is converted to SI."""

from ..units import Unit

DIMENSIONLESS = Unit()
VELOCITY = Unit(m=1, s=-1)
PRESSURE = Unit(kg=1, m=-1, s=-2, name="Pa")
AREA = Unit(m=2, depth=1)
"""Unit of a section, a length in two dimensions."""
VOLUME = Unit(m=3, depth=1)
"""Unit of a cell: the unit of an integrand times this is the unit of its sum."""
FLOW_RATE = Unit(m=3, s=-1, depth=1)
FORCE = Unit(kg=1, m=1, s=-2, depth=1, name="N")
TORQUE = Unit(kg=1, m=2, s=-2, depth=1, name="N m")
ENERGY = Unit(kg=1, m=2, s=-2, depth=1, name="J")
POWER = Unit(kg=1, m=2, s=-3, depth=1, name="W")
SCALAR = Unit(scalar=1)
