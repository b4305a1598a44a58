"""Amount of a scalar in the flow."""

from dataclasses import dataclass

from .observable import Observable
from .open_share import open_share
from .unit import SCALAR, VOLUME


@dataclass(frozen=True)
class ScalarIntegral(Observable):
    """Sum of (1 - eps) phi over the fluid [phi x cells^d], with phi the named scalar."""

    scalar: str

    unit = SCALAR * VOLUME

    def integrand(self, cell):
        return open_share(cell) * cell.scalar(self.scalar)
