"""How the solid fraction of a cell follows a surface."""

from abc import ABC, abstractmethod
from typing import ClassVar

import warp as wp


class Fraction(ABC):
    """A share eps of solid for every cell, from the plane closest to its centre: a frozen value."""

    width: float
    """Length in which the share's formula counts distances [cells], above 0."""

    resistance: ClassVar[float] = 1.0
    """The number a by which eps resists the flow: see `sparselbm.solid.saturation`."""

    even: ClassVar[bool] = False
    """Whether eps is a smooth function of the distance alone, so that the wall moves evenly through the cells."""

    @property
    @abstractmethod
    def band(self) -> float:
        """Distance beyond which eps is 0 or 1 [cells]."""

    @abstractmethod
    def share(self, scalar: type) -> wp.Function:
        """The function (phi, n) -> eps, with phi the signed distance in widths and n the normal; made once a type."""
