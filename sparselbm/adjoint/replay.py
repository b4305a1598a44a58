"""Carrying out a schedule of checkpoints."""

from collections.abc import Mapping
from typing import Any

import warp as wp

from ..evaluate import Evaluation
from ..simulation import Simulation
from .reverse import Reverse
from .storage import Shelf
from .window import Window


class Replay:
    """Carries out a schedule of `checkpoint_schedules`, on two population arrays beside those that shelves keep."""

    def __init__(
        self, simulation: Simulation, reverse: Reverse, evaluation: Evaluation | None, steps: int, window: Window,
        *, shelves: Mapping[Any, Shelf],
    ):  # fmt: skip
        """`shelves`: by the `StorageType` that the schedule knows them by."""
        self.simulation, self.reverse, self.evaluation = simulation, reverse, evaluation
        self.steps, self.window, self.shelves = steps, window, shelves
        self.free: list[wp.array] = []
        self.present = simulation.new_state()
        self.furthest = 0
        self.begin = simulation.steps

    def run(self, schedule) -> None:
        from checkpoint_schedules import Copy, EndReverse, Forward, Move
        from checkpoint_schedules import Reverse as StepBack

        wp.copy(self.present, self.simulation.state)
        for action in schedule:
            match action:
                case Forward():
                    self._forward(action)
                case Copy():
                    self._restore(action)
                case Move():
                    self._restore(action)
                    self.shelves[action.from_storage].drop(action.n)
                case StepBack():
                    step = self.begin + action.n0
                    self.reverse.back(self.present, step)
                    self.reverse.inject(self.present, self.window.weight(action.n0, self.steps), step)
                case EndReverse():
                    return

    def _forward(self, action) -> None:
        if action.write_ics:
            self.shelves[action.storage].keep(action.n0, self.present)
        if action.write_adj_deps:
            if action.n1 == self.steps:  # The last state is needed once, for the objective and for the user.
                self._finish()
            return  # Going back from the state after it needs the state at hand.
        self._step(action.n0)
        t = action.n0 + 1
        if not any(self._unmet(later) for later in range(t + 1, action.n1 + 1)):
            t += self._step_pairs(t, (action.n1 - t) // 2)
        for each in range(t, action.n1):
            self._step(each)
        self.furthest = max(self.furthest, action.n1)

    def _step(self, t: int) -> None:
        """To the state after t + 1 steps, in another array."""
        target = self._spare()
        self.simulation.advance(self.present, target, self.begin + t)
        self._release()
        self.present = target
        self._meet(t + 1, target)

    def _step_pairs(self, t: int, pairs: int) -> int:
        """Steps in which nobody is interested, within the present array, which is not kept; gives how many."""
        if pairs:
            other = self._spare()
            self.simulation.advance_pairs(self.present, other, self.begin + t, pairs)
            self.free.append(other)
        return 2 * pairs

    def _restore(self, action) -> None:
        self._release()
        self.present = self.shelves[action.from_storage].take(action.n, self._spare)

    def _spare(self) -> wp.array:
        return self.free.pop() if self.free else self.simulation.new_state()

    def _release(self) -> None:
        """The array of the present state is free, unless it is kept."""
        if not any(shelf.holds(self.present) for shelf in self.shelves.values()):
            self.free.append(self.present)

    def _unmet(self, t: int) -> float:
        """The weight of a state that is come to for the first time."""
        return self.window.weight(t, self.steps) if t > self.furthest and self.evaluation is not None else 0.0

    def _meet(self, t: int, state: wp.array) -> None:
        if self.evaluation is not None and self._unmet(t):
            self.evaluation.add(state, self._unmet(t), self.begin + t)

    def _finish(self) -> None:
        last = self._spare()
        self.simulation.advance(self.present, last, self.begin + self.steps - 1)
        self._meet(self.steps, last)
        wp.copy(self.simulation.state, last)
        self.simulation.steps += self.steps
        self.reverse.inject(last, self.window.weight(self.steps, self.steps), self.simulation.steps)
        self.free.append(last)
