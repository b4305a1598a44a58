"""Common interface of flow set-ups."""

from typing import Protocol

import numpy as np

from ..units import Units
from .steady_run import SteadyRun


class FlowSetup(Protocol):
    """Properties of a flow set-up that estimates, progress reports and results use."""

    @property
    def headline(self) -> str:
        """One-line summary of the run."""
        ...

    @property
    def voxel_size(self) -> float:
        """Edge of a cell [m]."""
        ...

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of the region of interest [m], (2, 3)."""
        ...

    @property
    def units(self) -> Units:
        """Conversion between SI and lattice units."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """Warnings about settings that reduce accuracy."""
        ...

    @property
    def cells(self) -> int:
        """Number of cells of all tiles."""
        ...

    @property
    def state_bytes(self) -> int:
        """Memory of one population array [bytes]."""
        ...

    @property
    def memory(self) -> int:
        """Memory of a run without gradient [bytes]."""
        ...

    @property
    def flow_through_steps(self) -> int:
        """Number of steps in which the incoming flow crosses the domain."""
        ...

    @property
    def steady_run(self) -> SteadyRun:
        """Convergence criterion of the flow."""
        ...
