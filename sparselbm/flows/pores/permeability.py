"""Permeability of a voxel image, and how its error is estimated."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

DARCY = 9.869233e-13
"""One darcy [m^2]."""


@dataclass(frozen=True)
class Permeability:
    """Permeability k = nu U / G of a flow driven along an axis, with the mean velocity U over the whole image, solid and pores.

    G is the pressure gradient, or the body force per volume, over the density.
    """

    axis: int
    """Axis of the flow."""
    voxel_size: float
    """Edge of a voxel [m]."""
    column: tuple[float, float, float]
    """Column of the permeability tensor: k of the velocity along x, y and z [voxel^2]."""
    reynolds: float
    """Reynolds number u w / nu with the mean speed u in the pores and their typical width w."""

    @property
    def voxels_squared(self) -> float:
        """Permeability along the axis [voxel^2]."""
        return self.column[self.axis]

    @property
    def square_metres(self) -> float:
        """Permeability along the axis [m^2]."""
        return self.voxels_squared * self.voxel_size**2

    @property
    def darcy(self) -> float:
        """Permeability along the axis [darcy]."""
        return self.square_metres / DARCY


class ChangeableSetup(Protocol):
    """Set-up of a flow through an image, of which a second run is made."""

    def refined(self, factor: float) -> Self:
        """The same on voxels that are smaller by a factor."""
        ...

    def with_lattice_viscosity(self, factor: float) -> Self:
        """The same with the viscosity on the lattice times a factor."""
        ...


S = TypeVar("S", bound=ChangeableSetup)


class ErrorEstimate(ABC):
    """Estimate of the error of a permeability from a second run: a frozen value."""

    words: str
    """The second run for a reader."""

    @abstractmethod
    def second(self, setup: S) -> S:
        """Set-up of the second run. Raises the errors of a set-up that cannot be run."""

    @abstractmethod
    def error(self, first: Permeability, second: Permeability) -> float:
        """Estimated error of the first run [m^2], above 0."""


@dataclass(frozen=True)
class CoarserGrid(ErrorEstimate):
    """Second run on voxels twice as large: at first order the error of the first is the difference, |k - k_2|.

    It takes an eighth of the memory. Throats of one or two voxels vanish or are widened by it, so that the estimate is rough
    there.
    """

    words = "voxels twice as large"

    def second(self, setup):
        return setup.refined(0.5)

    def error(self, first, second):
        return abs(first.square_metres - second.square_metres)


@dataclass(frozen=True)
class FinerGrid(ErrorEstimate):
    """Second run with each voxel divided into 2 x 2 x 2: at first order the error of the first is twice the difference.

    It takes eight times the memory; the shape of the pores is the same.
    """

    words = "each voxel divided into 2 x 2 x 2"

    def second(self, setup):
        return setup.refined(2.0)

    def error(self, first, second):
        return 2.0 * abs(first.square_metres - second.square_metres)


@dataclass(frozen=True)
class OtherViscosity(ErrorEstimate):
    """Second run with another relaxation time: the difference is what depends on the viscosity, which the permeability must not.

    With TRT it is at the level of rounding and convergence; with other collision models it is the shift of the walls.
    """

    factor: float = 3.0
    """Viscosity of the second run over that of the first."""

    words = "another relaxation time"

    def second(self, setup):
        return setup.with_lattice_viscosity(self.factor)

    def error(self, first, second):
        return abs(first.square_metres - second.square_metres)
