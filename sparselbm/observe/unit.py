"""Units of observables: how a value in lattice units is converted to SI."""

from __future__ import annotations

from dataclasses import dataclass

from ..units import Units


@dataclass(frozen=True, kw_only=True)
class Unit:
    """SI unit kg^a m^b s^c of a quantity, times a power of a scalar's own unit.

    A value in lattice units (cells, steps, density 1) is converted by the factor (rho dx^3)^a dx^b dt^c, with the voxel size dx,
    the time step dt and the density rho of the flow's `Units`. A sum over the cells of a two-dimensional flow is a value per
    metre of depth: there the unit has m^(b - depth), so that a force is in N/m. Units can be multiplied, divided and raised to a
    power: `FORCE / AREA`.
    """

    kg: int = 0
    """Exponent a of the kilogram."""
    m: int = 0
    """Exponent b of the metre in three dimensions."""
    s: int = 0
    """Exponent c of the second."""
    scalar: int = 0
    """Exponent of the unit of a scalar (phi), which is the user's own: its values are not converted."""
    depth: int = 0
    """Power of the depth that is missing in two dimensions: 1 for a sum over cells, 0 for a mean."""
    name: str = ""
    """Name in three dimensions, such as "N m"; empty: N, J, W, Pa, or composed from the exponents."""

    def factor(self, units: Units, dimension: int) -> float:
        """SI value of one lattice unit, in 2 or 3 dimensions."""
        mass = units.density * units.voxel_size**3
        return mass**self.kg * units.voxel_size ** self._metres(dimension) * units.time_step**self.s

    def symbol(self, dimension: int) -> str:
        """Text such as "N", "m^3/s" or, in two dimensions, "N/m"; empty for a dimensionless number."""
        depth = self.depth if dimension == 2 else 0
        name = self.name or next((known.name for known in _NAMED if self._has_exponents_of(known)), "")
        if name:
            return name + (f"/{_power('m', depth)}" if depth else "")
        return _product({"kg": self.kg, "phi": self.scalar, "m": self._metres(dimension), "s": self.s})

    def _metres(self, dimension: int) -> int:
        return self.m - self.depth if dimension == 2 else self.m

    def __mul__(self, other: Unit) -> Unit:
        return Unit(
            kg=self.kg + other.kg, m=self.m + other.m, s=self.s + other.s, scalar=self.scalar + other.scalar,
            depth=self.depth + other.depth,
        )

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, power: int) -> Unit:
        return Unit(
            kg=power * self.kg, m=power * self.m, s=power * self.s, scalar=power * self.scalar, depth=power * self.depth
        )

    def is_like(self, other: Unit) -> bool:
        """Whether both are the same unit, perhaps under different names."""
        return self.depth == other.depth and self._has_exponents_of(other)

    def _has_exponents_of(self, other: Unit) -> bool:
        return (self.kg, self.m, self.s, self.scalar) == (other.kg, other.m, other.s, other.scalar)


def _power(symbol: str, exponent: int) -> str:
    return symbol if exponent == 1 else f"{symbol}^{exponent}"


def _product(exponents: dict[str, int]) -> str:
    above = " ".join(_power(symbol, n) for symbol, n in exponents.items() if n > 0)
    below = "".join(f"/{_power(symbol, -n)}" for symbol, n in exponents.items() if n < 0)
    return f"{above or '1'}{below}" if above or below else ""


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

_NAMED = (PRESSURE, FORCE, ENERGY, POWER)
"""Units whose names are used wherever their exponents result."""
