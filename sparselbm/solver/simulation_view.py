"""The part of a simulation that its own helpers read: they depend on this view and not on the facade."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import warp as wp

from ..grid import Domain
from ..grid.tile_field import Fields
from ..kernels.sweep import Sweep
from ..lattice import Lattice
from ..models import ViscosityField
from ..models.physics import Physics


class SimulationView(Protocol):
    """State, models and passes of a simulation: see the members of the same names of `Simulation`."""

    domain: Domain
    precision: type
    physics: Physics
    walls: Any
    solid: wp.array | None
    geometry: tuple[Any, ...]
    fields: Fields
    viscosity_field: ViscosityField | None
    set_by_hand: np.ndarray
    meetings: tuple[Any, ...]
    state: wp.array
    spare: wp.array
    steps: int

    @property
    def lattice(self) -> Lattice: ...

    @property
    def parameters(self) -> wp.array: ...

    def parameter(self, name: str) -> float: ...

    def set_parameters(self, numbers: Mapping[str, float]) -> None: ...

    def take_fields(self, fields: Fields) -> None: ...

    def set_solid_fractions(self, fractions: np.ndarray) -> None: ...

    def general_sweep(self, kernel_factory, *arguments, tiles: Callable[[], np.ndarray] | None = None) -> Sweep: ...

    def moments(self) -> wp.array: ...

    def scalar(self, name: str) -> np.ndarray: ...
