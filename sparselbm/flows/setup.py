"""Flow set-ups in SI units: one place for checks and estimates; concrete set-ups add what differs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import warp as wp

from ..errors import SparselbmError
from ..estimate.bandwidth import Bandwidth
from ..estimate.memory import MemoryPerCell, shortage
from ..geometry import TriangleMesh
from ..models.wall import BounceBack
from ..observe import Functional
from ..units import Units
from .runs.run_estimate import RunEstimate
from .runs.steady_run import SteadyRun

if TYPE_CHECKING:
    from .flow import Flow


@dataclass(frozen=True, eq=False)
class FlowSetup(ABC):
    """A flow in SI units that is checked and estimated before anything is built: a frozen value.

    `check` raises the errors of a set-up that cannot be run, `estimate` gives its memory and duration, and `build` gives the
    `Flow`.
    """

    obstacle: str = field(kw_only=True)
    """Name of the obstacle that is measured and may be deformed."""
    device: wp.DeviceLike = field(default=None, kw_only=True)
    """Warp device; None: the default device."""
    notes: tuple[str, ...] = field(default=(), kw_only=True)
    """Doubts about the scene from which the set-up was made, such as a length unit that was assumed."""

    @property
    @abstractmethod
    def headline(self) -> str:
        """One-line summary of the run."""

    @property
    @abstractmethod
    def units(self) -> Units:
        """Conversion between SI and lattice units."""

    @property
    @abstractmethod
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the region of interest [m], (2, 3)."""

    @property
    @abstractmethod
    def least_cells(self) -> float:
        """Lower bound of the number of cells, which is known before the tiles are."""

    @property
    @abstractmethod
    def tiles(self) -> int:
        """Number of tiles."""

    @property
    @abstractmethod
    def cells(self) -> int:
        """Number of cells of all tiles, which determines memory and time."""

    @property
    @abstractmethod
    def memory_per_cell(self) -> MemoryPerCell:
        """Memory per cell [bytes]."""

    @property
    @abstractmethod
    def flow_through_steps(self) -> int:
        """Number of steps in which the incoming flow crosses the domain."""

    @property
    @abstractmethod
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy or may be unstable."""

    @property
    @abstractmethod
    def surface_doubts(self) -> tuple[str, ...]:
        """Doubts about the surfaces of the bodies: see `geometry.surface_doubts`."""

    @property
    @abstractmethod
    def dimensions(self) -> dict[str, str]:
        """Sizes [m] and reference quantities, as rows of a table that every command prints before a run."""

    @property
    @abstractmethod
    def default_objective(self) -> Functional | None:
        """Observable that is measured if no other is specified; None: flow rates and pressures at the openings."""

    @property
    @abstractmethod
    def monitored(self) -> Mapping[str, Functional]:
        """Observables by name that have to be steady beside the measured one, such as all components of a force."""

    @property
    @abstractmethod
    def recorded(self) -> Mapping[str, Functional]:
        """Observables by name that are recorded over time in SI units, in addition to those at openings."""

    @property
    @abstractmethod
    def reference_pressure(self) -> float:
        """Pressure that corresponds to the lattice density 1 [Pa]."""

    @abstractmethod
    def require_valid(self) -> None:
        """Raises the errors of sizes, units and positions of bodies."""

    @abstractmethod
    def require_movable(self) -> TriangleMesh:
        """Returns the surface of the obstacle. Raises an error if the obstacle cannot be moved."""

    @abstractmethod
    def require_place(self, points: np.ndarray) -> None:
        """Raises an error if the obstacle cannot be at these points [m], (n, 3)."""

    @abstractmethod
    def require_rebuild(self) -> None:
        """Raises an error if the flow cannot be built again with another wall model, as a cross-check does."""

    @abstractmethod
    def memory_error(self, shortage: str) -> SparselbmError:
        """Error for a run that does not fit in memory; `shortage`: the message so far."""

    @abstractmethod
    def refined(self, factor: float) -> FlowSetup:
        """Returns the checked set-up of the same flow on cells that are smaller by a factor."""

    @abstractmethod
    def in_double_precision(self) -> FlowSetup:
        """Returns the same set-up in double precision, for checks of gradients."""

    @abstractmethod
    def build(self, *, wall: BounceBack | None = None, points: np.ndarray | None = None) -> Flow:
        """Returns the flow in its initial state.

        `wall`: bounce-back rule in place of the set-up's own; `points`: of the obstacle [m], (n, 3), in place of its first ones.
        """

    @cached_property
    def doubts(self) -> tuple[str, ...]:
        """Every doubt about the set-up: about the scene, the surfaces and the settings. Every command prints and stores them."""
        return tuple(dict.fromkeys((*self.notes, *self.surface_doubts, *self.warnings)))

    @property
    def voxel_size(self) -> float:
        """Edge of a cell [m]."""
        return self.units.voxel_size

    @property
    def state_bytes(self) -> int:
        """Memory of one population array [bytes]."""
        return self.cells * self.memory_per_cell.state

    @property
    def memory(self) -> int:
        """Memory of a run without gradient [bytes]."""
        return self.cells * self.memory_per_cell.run

    @property
    def gradient_memory(self) -> int:
        """Memory of a run with steady gradients [bytes]."""
        return self.cells * self.memory_per_cell.gradient

    @property
    def steady_run(self) -> SteadyRun:
        """Convergence criterion: checked eight times per crossing of the domain, for at most ten crossings."""
        return SteadyRun.of_crossing(self.flow_through_steps)

    def check(self, *, gradient: bool = False) -> None:
        """Raises the errors of a set-up that cannot be run, the quickest checks first; `gradient`: for a run with gradients."""
        self._require_bytes(self.least_cells, gradient)
        self.require_valid()
        self.require_memory(gradient=gradient)

    def require_memory(self, *, gradient: bool = False) -> None:
        """Raises an error if the run does not fit in memory, naming a voxel size that would."""
        self._require_bytes(self.cells, gradient)

    def estimate(self, bandwidth: Bandwidth | None = None) -> RunEstimate:
        """Returns memory, speed and duration; `bandwidth`: of the device, None: measured in 0.2 s."""
        copy = bandwidth or Bandwidth.of(self.device)
        return RunEstimate(
            memory=self.memory, gradient_memory=self.gradient_memory, copy_gbs=copy.copy_gbs, cells=self.cells,
            flow_through_steps=self.flow_through_steps, step_seconds=copy.step_seconds(self.state_bytes),
        )

    def _require_bytes(self, cells: float, gradient: bool) -> None:
        each = self.memory_per_cell.gradient if gradient else self.memory_per_cell.run
        what = f"{cells:.3g} cells of {self.voxel_size:.4g} m"
        found = shortage(what, cells * each, self.voxel_size, self.device)
        if found:
            raise self.memory_error(found)
