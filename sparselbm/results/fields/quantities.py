"""Fields of the cells: name, unit and formula of each."""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from ...grid import OffWall
from .frame import FlowFrame
from .quantity import Quantity


class CellField(Quantity):
    """Scalar in each cell."""

    @abstractmethod
    def of(self, frame: FlowFrame) -> np.ndarray:
        """Values [SI], (n, cells)."""

    def in_fluid(self, frame: FlowFrame) -> np.ndarray:
        """Values in the cells, (n, cells); NaN in solid and outside the fluid."""
        return np.where(frame.is_fluid, self.of(frame), np.nan)

    def on_surface(self, frame: FlowFrame) -> np.ndarray:
        """Values at the points of the body, extrapolated from 1 and 2 cells outside, (n,)."""
        return OffWall(frame.snapshot.domain, frame.snapshot.known, self.of(frame), frame.mesh).at_wall


@dataclass(frozen=True)
class Speed(CellField):
    """|u|."""

    name, words, unit = "speed", "speed", "m/s"
    on_surfaces = False

    def of(self, frame):
        return frame.snapshot.speed


@dataclass(frozen=True)
class VelocityComponent(CellField):
    """u_k."""

    axis: int
    """k: 0, 1 or 2."""

    unit = "m/s"
    on_surfaces = False

    @property
    def name(self) -> str:  # type: ignore[override]
        """velocity_x, velocity_y or velocity_z."""
        return f"velocity_{'xyz'[self.axis]}"

    @property
    def words(self) -> str:  # type: ignore[override]
        """Name in words."""
        return f"velocity along {'xyz'[self.axis]}"

    def of(self, frame):
        return frame.snapshot.velocity[..., self.axis]


@dataclass(frozen=True)
class Pressure(CellField):
    """Pressure p relative to that of the outlet."""

    name, words, unit = "pressure", "pressure", "Pa"

    def of(self, frame):
        return frame.snapshot.pressure


@dataclass(frozen=True)
class PressureCoefficient(CellField):
    """C_p = p / (rho U^2 / 2), with the reference velocity U."""

    name, words, unit = "pressure_coefficient", "pressure coefficient", ""

    def of(self, frame):
        return frame.snapshot.pressure / np.float32(frame.dynamic_pressure)


@dataclass(frozen=True)
class TotalPressure(CellField):
    """p + rho |u|^2 / 2."""

    name, words, unit = "total_pressure", "total pressure", "Pa"

    def of(self, frame):
        return frame.snapshot.pressure + np.float32(0.5 * frame.density) * frame.snapshot.speed**2


@dataclass(frozen=True)
class Vorticity(CellField):
    """Vorticity magnitude |curl u|."""

    name, words, unit = "vorticity", "vorticity", "1/s"

    def of(self, frame):
        a = frame.snapshot.velocity_gradient
        curl = [a[..., 1, 2] - a[..., 2, 1], a[..., 2, 0] - a[..., 0, 2], a[..., 0, 1] - a[..., 1, 0]]
        return np.linalg.norm(np.stack(curl, axis=-1), axis=-1)


@dataclass(frozen=True)
class QCriterion(CellField):
    """Q criterion, above 0 in vortices: see `Snapshot.q_criterion`."""

    name, words, unit = "q", "Q", "1/s^2"

    def of(self, frame):
        return frame.snapshot.q_criterion


@dataclass(frozen=True)
class Scalar(CellField):
    """Scalar of the flow, such as its temperature, in its own unit."""

    name: str
    """Name in the flow."""

    unit = ""

    @property
    def words(self) -> str:  # type: ignore[override]
        """Name in words."""
        return self.name.replace("_", " ")

    def of(self, frame):
        return frame.snapshot.scalars[self.name]
