"""Spatially varying viscosity: sponge layers and arbitrary factors."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ..grid import Domain
from ..units import Unit
from .boundary import Face
from .field_range import FieldRange
from .in_si import in_si


class ViscosityField(ABC):
    """Factor of the viscosity in every cell: nu(x) = nu (1 + relative_change(x)), a frozen value."""

    field_range: ClassVar[FieldRange | None] = FieldRange(-1.0, included=False)
    """Values of `relative_change`."""

    @abstractmethod
    def relative_change(self, domain: Domain) -> np.ndarray:
        """Viscosity factor minus 1, (n, cells), above -1. Tiles where it is 0 everywhere store nothing."""


@dataclass(frozen=True)
class Sponge(ViscosityField):
    """Sponge layer: relative_change = strength s^2, with s from 0 at `depth` cells before a face to 1 at the face.

    It damps waves that leave through or are reflected by an outlet.

    Source: Israeli & Orszag, J. Comput. Phys. 41 (1981) 115, with viscosity in place of friction.
    """

    face: Face
    depth: float = field(metadata=in_si(Unit(m=1)))
    """[cells]."""
    strength: float = 100.0

    def __post_init__(self):
        if not (self.depth > 0 and self.strength > 0):
            raise ValueError(f"Sponge(depth={self.depth}, strength={self.strength}): both values must be above 0")

    def relative_change(self, domain):
        place = domain.cell_indices()[..., self.face.axis] + 0.5
        away = place if self.face.end == 0 else domain.shape[self.face.axis] - place
        return self.strength * np.clip(1.0 - away / self.depth, 0.0, 1.0) ** 2


@dataclass(frozen=True)
class ScaledViscosity(ViscosityField):
    """Viscosity factor given by a function of the cell centres."""

    function: Callable[[np.ndarray], np.ndarray]
    """Function of centres (n, cells, d) [cells from the domain's lower corner], returning factors (n, cells) above 0."""

    def relative_change(self, domain):
        factors = np.asarray(self.function(domain.cell_indices() + 0.5))
        if factors.shape != domain.fluid.shape or not (np.isfinite(factors).all() and factors.min() > 0.0):
            raise ValueError(
                f"the viscosity factors have the shape {factors.shape} and the minimum {factors.min()}: "
                f"pass shape {domain.fluid.shape}, with all values above 0"
            )
        return factors - 1.0
