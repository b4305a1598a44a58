"""State of a flow in restart files."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from ..files.restarts import Resumable
from ..observe import SavedState
from .setup import Flow


@dataclass(frozen=True, eq=False)
class FlowState(Resumable):
    """A flow as a part of a run: the state of its simulation, and the wall time since it was built."""

    flow: Flow

    def saved(self):
        return {
            "wall_time": perf_counter() - self.flow.began, "simulation": SavedState.view(self.flow.simulation).to_values()
        }

    def restore(self, state):
        SavedState.of_values(state["simulation"]).begin(self.flow.simulation)
        self.flow.began = perf_counter() - state["wall_time"]
