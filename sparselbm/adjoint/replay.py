"""Execution of a schedule of checkpoints."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import warp as wp

from ..errors import AdjointError
from ..observe.evaluation import Evaluation
from ..solver import Simulation
from .forward_record import ForwardRecord
from .state_codec import CheckpointStore
from .sweep import BackwardSweep
from .window import Window


class Replay(ForwardRecord):
    """Executes a schedule of `checkpoint_schedules`, with two population arrays besides those of the stores.

    The backward pass uses up the checkpoints and ends at the first state, from which another pass repeats the run.
    """

    def __init__(
        self, simulation: Simulation, steps: int, window: Window, schedule: Callable[[], Iterator],
        stores: Mapping[Any, CheckpointStore],
    ):
        """`schedule`: returns its actions; `stores`: by the `StorageType` of the schedule."""
        self._simulation, self._steps, self._window = simulation, steps, window
        self._schedule, self._stores = schedule, stores
        self._begin = simulation.steps
        self._free: list[wp.array] = []
        self._present = simulation.state.zeros()
        wp.copy(self._present, simulation.state.populations)
        self._at_start = True
        self._evaluation: Evaluation | None = None
        self._actions: Iterator = iter(())
        self._last: wp.array | None = None

    def forward(self, evaluation: Evaluation | None) -> wp.array:
        """Runs from the first state, which is present, to the last, which is stored until the backward pass."""
        from checkpoint_schedules import EndForward, Forward

        if not self._at_start:
            raise AdjointError("a backward pass over this run ended with an error: repeat the run")
        self._actions, self._evaluation, self._at_start = self._schedule(), evaluation, False
        for action in self._actions:
            match action:
                case Forward():
                    self._forward(action)
                case EndForward():
                    break
        self._evaluation = None
        assert self._last is not None
        return self._last

    def back(self, sweep: BackwardSweep) -> None:
        from checkpoint_schedules import Copy, EndReverse, Forward, Move
        from checkpoint_schedules import Reverse as StepBack

        last = self.forward(None) if self._last is None else self._last
        self._last = None
        self._inject(sweep, last, self._steps)
        self._free.append(last)
        for action in self._actions:
            match action:
                case Forward():
                    self._forward(action)
                case Copy():
                    self._restore(action)
                case Move():
                    self._restore(action)
                    self._stores[action.from_storage].delete(action.n)
                case StepBack():
                    sweep.back(self._present, self._begin + action.n0)
                    self._inject(sweep, self._present, action.n0)
                case EndReverse():
                    break
        self._at_start = True

    def _inject(self, sweep: BackwardSweep, state: wp.array, t: int) -> None:
        sweep.inject(state, self._window.weight(t, self._steps), self._begin + t)

    def _forward(self, action) -> None:
        if action.write_ics:
            self._stores[action.storage].save(action.n0, self._present)
        if action.write_adj_deps:
            if action.n1 == self._steps:  # The last state is used for the objective and returned to the user.
                self._last = self._spare()
                self._simulation.stepper.advance(self._present, self._last, self._begin + action.n0)
                self._evaluate(self._steps, self._last)
            return  # The step back from the next state needs the present state.
        self._step(action.n0)
        t = action.n0 + 1
        if not any(self._weight(later) for later in range(t + 1, action.n1 + 1)):
            t += self._step_pairs(t, (action.n1 - t) // 2)
        for each in range(t, action.n1):
            self._step(each)

    def _step(self, t: int) -> None:
        """Advances to the state after t + 1 steps, in another array."""
        target = self._spare()
        self._simulation.stepper.advance(self._present, target, self._begin + t)
        self._release()
        self._present = target
        self._evaluate(t + 1, target)

    def _step_pairs(self, t: int, pairs: int) -> int:
        """Steps whose states are not used, within the present array; returns their number."""
        if pairs:
            other = self._spare()
            self._simulation.stepper.advance_twice(self._present, other, self._begin + t, pairs)
            self._free.append(other)
        return 2 * pairs

    def _restore(self, action) -> None:
        self._release()
        self._present = self._stores[action.from_storage].load(action.n, self._spare)

    def _spare(self) -> wp.array:
        return self._free.pop() if self._free else self._simulation.state.empty(1)[0]

    def _release(self) -> None:
        """Frees the array of the present state, unless it is stored."""
        if not any(store.holds(self._present) for store in self._stores.values()):
            self._free.append(self._present)

    def _weight(self, t: int) -> float:
        """Weight of a state in the objective, 0 if that is not evaluated."""
        return self._window.weight(t, self._steps) if self._evaluation is not None else 0.0

    def _evaluate(self, t: int, state: wp.array) -> None:
        if self._evaluation is not None and self._weight(t):
            self._evaluation.add(state, self._weight(t), self._begin + t)
