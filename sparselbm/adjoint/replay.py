"""Carrying out a schedule of checkpoints."""

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
    """Carries out a schedule of `checkpoint_schedules`, on two population arrays beside those that shelves keep.

    The way back uses up what is kept, and ends at the first state, so that another one repeats the run from there.
    """

    def __init__(
        self, simulation: Simulation, steps: int, window: Window, schedule: Callable[[], Iterator],
        shelves: Mapping[Any, CheckpointStore],
    ):
        """`schedule`: makes its actions; `shelves`: by the `StorageType` that it knows them by."""
        self._simulation, self._steps, self._window = simulation, steps, window
        self._schedule, self._shelves = schedule, shelves
        self._begin = simulation.steps
        self._free: list[wp.array] = []
        self._present = simulation.state.zeros()
        wp.copy(self._present, simulation.state.populations)
        self._at_start = True
        self._evaluation: Evaluation | None = None
        self._actions: Iterator = iter(())
        self._last: wp.array | None = None

    def forward(self, evaluation: Evaluation | None) -> wp.array:
        """Runs from the first state, which is at hand, to the last, which stays until the way back."""
        from checkpoint_schedules import EndForward, Forward

        if not self._at_start:
            raise AdjointError("the way back over this run was broken off by an error: run it again")
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

    def back(self, reverse: BackwardSweep) -> None:
        from checkpoint_schedules import Copy, EndReverse, Forward, Move
        from checkpoint_schedules import Reverse as StepBack

        last = self.forward(None) if self._last is None else self._last
        self._last = None
        self._inject(reverse, last, self._steps)
        self._free.append(last)
        for action in self._actions:
            match action:
                case Forward():
                    self._forward(action)
                case Copy():
                    self._restore(action)
                case Move():
                    self._restore(action)
                    self._shelves[action.from_storage].drop(action.n)
                case StepBack():
                    reverse.back(self._present, self._begin + action.n0)
                    self._inject(reverse, self._present, action.n0)
                case EndReverse():
                    break
        self._at_start = True

    def _inject(self, reverse: BackwardSweep, state: wp.array, t: int) -> None:
        reverse.inject(state, self._window.weight(t, self._steps), self._begin + t)

    def _forward(self, action) -> None:
        if action.write_ics:
            self._shelves[action.storage].keep(action.n0, self._present)
        if action.write_adj_deps:
            if action.n1 == self._steps:  # The last state is needed once, for the objective and for the user.
                self._last = self._spare()
                self._simulation.stepper.advance(self._present, self._last, self._begin + action.n0)
                self._meet(self._steps, self._last)
            return  # Going back from the state after it needs the state at hand.
        self._step(action.n0)
        t = action.n0 + 1
        if not any(self._weight(later) for later in range(t + 1, action.n1 + 1)):
            t += self._step_pairs(t, (action.n1 - t) // 2)
        for each in range(t, action.n1):
            self._step(each)

    def _step(self, t: int) -> None:
        """To the state after t + 1 steps, in another array."""
        target = self._spare()
        self._simulation.stepper.advance(self._present, target, self._begin + t)
        self._release()
        self._present = target
        self._meet(t + 1, target)

    def _step_pairs(self, t: int, pairs: int) -> int:
        """Steps in which nobody is interested, within the present array, which is not kept; gives how many."""
        if pairs:
            other = self._spare()
            self._simulation.stepper.advance_twice(self._present, other, self._begin + t, pairs)
            self._free.append(other)
        return 2 * pairs

    def _restore(self, action) -> None:
        self._release()
        self._present = self._shelves[action.from_storage].take(action.n, self._spare)

    def _spare(self) -> wp.array:
        return self._free.pop() if self._free else self._simulation.state.empty(1)[0]

    def _release(self) -> None:
        """The array of the present state is free, unless it is kept."""
        if not any(shelf.holds(self._present) for shelf in self._shelves.values()):
            self._free.append(self._present)

    def _weight(self, t: int) -> float:
        """Of a state in the sum that is added up on the way."""
        return self._window.weight(t, self._steps) if self._evaluation is not None else 0.0

    def _meet(self, t: int, state: wp.array) -> None:
        if self._evaluation is not None and self._weight(t):
            self._evaluation.add(state, self._weight(t), self._begin + t)
