"""What any flow that is planned offers, whatever it flows around or within."""

from typing import Protocol

import numpy as np

from ..units import Units
from .steady_run import SteadyRun


class FlowSetup(Protocol):
    """What forecasts, progress and results read of a plan (`TunnelPlan` and `VesselPlan` are two)."""

    @property
    def headline(self) -> str:
        """One line on what is about to run."""
        ...

    @property
    def voxel_size(self) -> float:
        """Edge of a cell [m]."""
        ...

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper corner of what is looked at [m], (2, 3)."""
        ...

    @property
    def units(self) -> Units:
        """SI <-> lattice."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What costs accuracy, though it can be run."""
        ...

    @property
    def cells(self) -> int:
        """Those of all tiles."""
        ...

    @property
    def state_bytes(self) -> int:
        """Memory of one population array."""
        ...

    @property
    def memory(self) -> int:
        """Memory of a run without gradient [bytes]."""
        ...

    @property
    def flow_through_steps(self) -> int:
        """Steps in which the incoming flow crosses the domain."""
        ...

    @property
    def steady_run(self) -> SteadyRun:
        """How the flow is brought to rest."""
        ...
