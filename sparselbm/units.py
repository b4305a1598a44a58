"""Conversion between SI and lattice units, and the limits within which a run is reliable."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from .errors import UnitsError, require_positive

if TYPE_CHECKING:
    import numpy as np

Quantity = TypeVar("Quantity", float, "np.ndarray")

SOUND_SPEED = 1.0 / math.sqrt(3.0)
"""Lattice speed of sound c_s of D2Q9, D3Q19 and D3Q27 [cells/step]."""

# The mean free path is about c_s tau: 2.9 cells at tau = 5, which is not small against an obstacle of 8 to 12 cells.
TAU_ERROR_ABOVE = 5.0
# The compressibility error grows as Ma^2: 2 % at 0.15, 9 % at 0.3 (Krueger et al. 2017, section 7.2).
MACH_WARNING_ABOVE = 0.15
MACH_ERROR_ABOVE = 0.3
CELLS_ERROR_BELOW = 8.0
CELLS_WARNING_BELOW = 12.0
# Relative error of drag and pressure drops times cells across: the largest differences to cells smaller by 1.5 of random cases
# (docs/explanation/random_cases.md, 18 % at 8.5 cells), and so much again as an error of second order has beyond them.
_COARSE_ERROR = 2.5

_NAMES: dict[tuple[float, ...], str] = {(1, -1, -2, 0): "Pa", (1, 1, -2, 0): "N", (1, 2, -2, 0): "J", (1, 2, -3, 0): "W"}
"""Names of units by their exponents of kg, m, s and phi, used wherever these result."""

_FIELD_UNITS = {
    "voxel_size": "m", "velocity": "m/s", "viscosity": "m^2/s", "density": "kg/m^3", "lattice_velocity": "cells/step",
}


@dataclass(frozen=True, kw_only=True)
class Units:
    r"""Conversion between SI and lattice units, for a lattice density of 1.

    The step follows from the reference velocity, dt = u_lattice / u * dx; then nu_lattice = nu dt / dx^2,
    tau = 3 nu_lattice + 1/2 and Ma = u_lattice / c_s with c_s = 1/sqrt(3).

    Raises:
        UnitsError: if a field is not a positive finite number.

    Source: Krueger et al., The Lattice Boltzmann Method (2017), chapter 7.
    """

    voxel_size: float
    """Edge of a cell dx [m]."""
    velocity: float
    """Reference velocity u [m/s]; choose the largest velocity expected."""
    viscosity: float
    """Kinematic viscosity nu [m2/s]."""
    density: float
    """Density of the fluid at rest [kg/m3]."""
    lattice_velocity: float = 0.05
    """Reference velocity in lattice units [cells/step]; 0.02 to 0.1 are usual."""

    def __post_init__(self) -> None:
        for name, unit in _FIELD_UNITS.items():
            require_positive(name, getattr(self, name), unit, UnitsError)

    @classmethod
    def from_reynolds(
        cls,
        reynolds: float,
        length: float,
        *,
        voxel_size: float,
        velocity: float = 1.0,
        density: float = 1.0,
        lattice_velocity: float = 0.05,
    ) -> Units:
        """Returns the units of a flow at the Reynolds number Re = u L / nu, with `length` L [m] and `velocity` u [m/s]."""
        require_positive("reynolds", reynolds, "", UnitsError)
        require_positive("length", length, "m", UnitsError)
        return cls(
            voxel_size=voxel_size,
            velocity=velocity,
            viscosity=velocity * length / reynolds,
            density=density,
            lattice_velocity=lattice_velocity,
        )

    @property
    def time_step(self) -> float:
        """Duration of one time step dt [s]."""
        return self.lattice_velocity / self.velocity * self.voxel_size

    @property
    def lattice_viscosity(self) -> float:
        """Kinematic viscosity on the lattice [cells^2/step]."""
        return self.viscosity * self.time_step / self.voxel_size**2

    @property
    def tau(self) -> float:
        """Relaxation time of the shear moments [steps]."""
        return 3.0 * self.lattice_viscosity + 0.5

    @property
    def omega(self) -> float:
        """Relaxation rate of the shear moments, 1/tau [1/step]."""
        return 1.0 / self.tau

    @property
    def cell_reynolds(self) -> float:
        """Cell Reynolds number u dx / nu, which does not depend on the lattice velocity: see `Collision.cell_reynolds_limits`."""
        return self.velocity * self.voxel_size / self.viscosity

    @property
    def mach(self) -> float:
        """Mach number of the reference velocity on the lattice."""
        return self.lattice_velocity / SOUND_SPEED

    def reynolds(self, length: float) -> float:
        """Reynolds number u L / nu of the length L [m]."""
        return self.velocity * length / self.viscosity

    def velocity_to_si(self, velocity: Quantity) -> Quantity:
        """Converts a velocity from [cells/step] to [m/s]."""
        return velocity * (self.voxel_size / self.time_step)

    def velocity_to_lattice(self, velocity: Quantity) -> Quantity:
        """Converts a velocity from [m/s] to [cells/step]."""
        return velocity * (self.time_step / self.voxel_size)

    def time_to_si(self, time: Quantity) -> Quantity:
        """Converts a time from [steps] to [s]."""
        return time * self.time_step

    def time_to_lattice(self, time: Quantity) -> Quantity:
        """Converts a time from [s] to [steps], without rounding."""
        return time / self.time_step

    def pressure_to_si(self, pressure: Quantity) -> Quantity:
        """Converts a lattice pressure, such as c_s^2 (rho - 1), to [Pa]."""
        return pressure * self._pressure_scale

    def pressure_to_lattice(self, pressure: Quantity) -> Quantity:
        """Converts a pressure from [Pa] to lattice units, comparable with c_s^2 (rho - 1)."""
        return pressure / self._pressure_scale

    def acceleration_to_si(self, acceleration: Quantity) -> Quantity:
        """Converts an acceleration from [cells/step^2] to [m/s2]."""
        return acceleration * (self.voxel_size / self.time_step**2)

    def acceleration_to_lattice(self, acceleration: Quantity) -> Quantity:
        """Converts an acceleration from [m/s2] to [cells/step^2]."""
        return acceleration * (self.time_step**2 / self.voxel_size)

    def force_to_si(self, force: Quantity, *, dimension: int = 3) -> Quantity:
        """Converts a lattice force to [N] in three dimensions, [N/m] in two."""
        return force * self._force_scale(dimension)

    def force_to_lattice(self, force: Quantity, *, dimension: int = 3) -> Quantity:
        """Converts a force from [N] in three dimensions, [N/m] in two, to lattice units."""
        return force / self._force_scale(dimension)

    def check(self, *, cells_across: float | None = None) -> tuple[str, ...]:
        """Rejects settings that cannot be run, and returns a warning for each setting that reduces accuracy.

        How low the relaxation time may be, and where walls are at a high one, depends on the collision model: see `cell_reynolds`
        and `Collision.odd_relaxation`.

        Args:
            cells_across: number of cells across the smallest relevant length (obstacle, gap, pipe), if known.

        Raises:
            UnitsError: if tau, the Mach number or `cells_across` is beyond its limit.
        """
        # The cells come first: too few of them are also the cause of most relaxation times that are too short.
        cells = [] if cells_across is None else _check_cells(cells_across, self.voxel_size)
        self._require_tau()
        return (*cells, *self._check_mach())

    @property
    def _pressure_scale(self) -> float:
        return self.density * (self.voxel_size / self.time_step) ** 2

    def _force_scale(self, dimension: int) -> float:
        if dimension not in (2, 3):
            raise UnitsError(f"dimension is {dimension}, but forces are converted in 2 or 3: pass 2 or 3.")
        return self._pressure_scale * self.voxel_size ** (dimension - 1)

    def _require_tau(self) -> None:
        tau = self.tau
        if is_below(TAU_ERROR_ABOVE, tau):
            raise UnitsError(
                f"tau is {tau:.5g}, above {TAU_ERROR_ABOVE:g}: the mean free path is several cells long, so the flow "
                f"is not continuous. Use a smaller lattice_velocity (now {self.lattice_velocity:g}) or larger voxels "
                f"(now {self.voxel_size:g} m)."
            )

    def _check_mach(self) -> list[str]:
        mach, velocity = self.mach, self.lattice_velocity
        advised = rounded_down(MACH_WARNING_ABOVE * SOUND_SPEED, 3)
        if is_below(MACH_ERROR_ABOVE, mach):
            raise UnitsError(
                f"the Mach number is {mach:.5g} (lattice_velocity {velocity:g}), above {MACH_ERROR_ABOVE}: "
                f"the flow would not be incompressible. Use a lattice_velocity of at most {advised:g}."
            )
        if is_below(MACH_WARNING_ABOVE, mach):
            return [
                f"the Mach number is {mach:.5g}, above {MACH_WARNING_ABOVE}: this gives about {100 * mach**2:.0f} % of "
                f"compressibility error. Use a lattice_velocity of at most {advised:g}."
            ]
        return []


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
    s: float = 0
    """Exponent c of the second; not whole for the consistency of a power-law fluid."""
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
        name = self.name or _NAMES.get((self.kg, self.m, self.s, self.scalar), "")
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


def _power(symbol: str, exponent: float) -> str:
    return symbol if exponent == 1 else f"{symbol}^{exponent:g}"


def _product(exponents: dict[str, float]) -> str:
    above = " ".join(_power(symbol, n) for symbol, n in exponents.items() if n > 0)
    below = "".join(f"/{_power(symbol, -n)}" for symbol, n in exponents.items() if n < 0)
    return f"{above or '1'}{below}" if above or below else ""


def coarse_error(cells: float) -> float:
    """Largest relative error of drag and pressure drops to be expected with this number of cells across a body or an opening."""
    return _COARSE_ERROR / cells


def is_below(value: float, limit: float) -> bool:
    """Whether a computed value is below a limit by more than rounding: a length of 8 cells is often computed as 7.9999999."""
    return value < limit - 1e-4 * abs(limit)


def rounded_down(value: float, places: int) -> float:
    """The value with so many decimal places, not larger than it is: what a message advises then satisfies the limit."""
    return math.floor(value * 10**places + 1e-6) / 10**places


def finer_voxel_size(voxel_size: float, cells: float, limit: float) -> float:
    """Voxel size with `limit` cells where there are `cells` now, 1 % smaller, so that it suffices when it is printed rounded."""
    return 0.99 * voxel_size * cells / limit


def _check_cells(cells: float, voxel_size: float) -> list[str]:
    require_positive("cells_across", cells, "cells", UnitsError)
    finer = finer_voxel_size(voxel_size, cells, CELLS_WARNING_BELOW)
    if is_below(cells, CELLS_ERROR_BELOW):
        raise UnitsError(
            f"the smallest length is {cells:.5g} cells, below the limit of {CELLS_ERROR_BELOW:g}: the shape is not "
            f"resolved. Use a voxel_size of at most {finer:.3g} m, now {voxel_size:.4g} m"
        )
    if is_below(cells, CELLS_WARNING_BELOW):
        return [
            f"the smallest length is {cells:.5g} cells, below {CELLS_WARNING_BELOW:g}: drag is wrong by up to about "
            f"{coarse_error(cells):.0%}. Use a voxel_size of at most {finer:.3g} m, now {voxel_size:.4g} m"
        ]
    return []
