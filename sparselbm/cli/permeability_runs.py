"""Flows through a voxel image, one after the other, for its permeability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from ..files.finished_parts import FinishedParts
from ..files.restarts import RestartWriter
from ..files.state_file import State
from ..flows import Flow, FlowState, Permeability, PorousMediumSetup, SteadyRun
from .exits import RunInterruptedError
from .regime import regime_doubt
from .restarts import continued
from .show import ProgressBar, out


@dataclass(frozen=True)
class MeasuredPermeability:
    """Permeability, and how the flow that it was measured in ended."""

    permeability: Permeability
    steady: dict[str, Any]
    """Steps and regime of the flow as plain values."""
    doubt: str
    """Warning about a flow that is not steady; else an empty text."""

    @classmethod
    def of_state(cls, state: State) -> Self:
        """Reads what `state` has returned."""
        stored = state["permeability"]
        return cls(Permeability(**{**stored, "column": tuple(stored["column"])}), state["steady"], state["doubt"])

    @property
    def state(self) -> State:
        """The value for a restart file."""
        return {"permeability": vars(self.permeability), "steady": self.steady, "doubt": self.doubt}


class PermeabilityRuns:
    """Runs flows to steady state; those that an interrupted run has finished are not run again, the interrupted one continues."""

    def __init__(self, given: SteadyRun, restarts: RestartWriter):
        """`given`: criterion of the case; `restarts`: where the flows are stored, or from where they are resumed."""
        self._given, self._restarts, self._finished = given, restarts, FinishedParts(restarts)
        if restarts.source is not None:
            known = f"; finished before: {', '.join(self._finished.names)}" if self._finished.names else ""
            out.print(f"Resumed from {restarts.source}{known}.", highlight=False, markup=False, soft_wrap=True)

    def kept(self, setup: PorousMediumSetup, name: str) -> tuple[Flow, MeasuredPermeability]:
        """A flow at its end, which restart files contain from then on, and its result. Raises RunInterruptedError."""
        flow = self._built(setup)
        self._restarts.add(name, FlowState(flow))
        return flow, MeasuredPermeability.of_state(self._finished.result(name, lambda: self._measured(flow, setup, name)))

    def result(self, setup: PorousMediumSetup, name: str) -> MeasuredPermeability:
        """Result of a flow. Raises RunInterruptedError."""

        def computed() -> State:
            flow = self._built(setup)
            with self._restarts.part(name, FlowState(flow)):
                return self._measured(flow, setup, name)

        return MeasuredPermeability.of_state(self._finished.result(name, computed))

    def _built(self, setup: PorousMediumSetup) -> Flow:
        flow = setup.build()
        flow.criterion = self._criterion(setup)  # A finished flow is not run again, and its record names the criterion too.
        return flow

    def _measured(self, flow: Flow, setup: PorousMediumSetup, name: str) -> State:
        criterion = self._criterion(setup)
        with ProgressBar(setup, quantity="permeability [voxel^2]") as work:
            flow.on_progress, self._restarts.urgent = work.step, lambda: work.is_stopping
            try:
                steady = flow.run_to_steady(steady_run=criterion, restarts=self._restarts)
            except KeyboardInterrupt:
                at = f"Interrupted in the flow {name} at step {flow.simulation.steps}."
                raise RunInterruptedError(at + continued(self._restarts)) from None
        return MeasuredPermeability(setup.permeability(flow), steady.to_json(), regime_doubt(steady, criterion)).state

    def _criterion(self, setup: PorousMediumSetup) -> SteadyRun:
        """Convergence criterion with the tolerance of the case and the intervals of this flow."""
        given = self._given
        own = replace(setup.steady_run, tolerance=given.tolerance, until=given.until)
        if given.max_periodic_steps is not None:
            return own
        return replace(own, interval=min(own.interval, given.max_steps), max_steps=given.max_steps, max_periodic_steps=None)
