"""State of a flow in restart files."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

from ..files.restarts import Resumable
from ..observe import SavedState
from .flow import Flow


@dataclass(frozen=True, eq=False)
class FlowState(Resumable):
    """A flow as a part of a run: the state of its simulation, moving bodies and outlets, and the wall time since it was built."""

    flow: Flow

    def saved(self):
        flow = self.flow
        return {
            "wall_time": perf_counter() - flow.began, "simulation": SavedState.view(flow.simulation).to_values(),
            "feedback": None if (feedback := flow.simulation.feedback) is None else dict(feedback.memory),
            "bodies": None if flow.bodies is None else flow.bodies.saved(),
        }

    def restore(self, state):
        SavedState.of_values(state["simulation"]).begin(self.flow.simulation)
        if self.flow.simulation.feedback is not None:
            self.flow.simulation.feedback.recall(state["feedback"])
        if self.flow.bodies is not None:
            self.flow.bodies.restore(state["bodies"])
        self.flow.began = perf_counter() - state["wall_time"]
