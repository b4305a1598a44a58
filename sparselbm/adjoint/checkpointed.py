"""A few states kept, the others computed again."""

import re
from dataclasses import dataclass

import warp as wp

from ..simulation import Simulation
from .plan import Plan, require_memory
from .reverse import AdjointError

_UNITS = {"": 1, "B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "KB": 10**3, "MB": 10**6, "GB": 10**9}


def parse_bytes(memory: int | str) -> int:
    """Bytes of a number or of a text such as "2 GiB". Raises AdjointError."""
    match = re.fullmatch(r"\s*(\d+\.?\d*|\.\d+)\s*([A-Za-z]*)\s*", str(memory))
    if not match or match[2] not in _UNITS:
        raise AdjointError(f'memory {memory!r}: give bytes or a text such as "512 MiB" or "2 GiB"')
    return int(float(match[1]) * _UNITS[match[2]])


@dataclass(frozen=True)
class Checkpointed(Plan):
    """Binomial checkpointing under a memory budget: the fewest repeated steps for the states that fit in it.

    With s states and r repetitions it reaches (s + r)! / (s! r!) steps.
    Source: Griewank & Walther, ACM Trans. Math. Softw. 26 (2000) 19 (Revolve), from `checkpoint_schedules`, whose
    `MultistageCheckpointSchedule` is that schedule in closed form (10,000 steps on 100 states: 0.1 s); its `Revolve` fills
    tables first (1600 steps on 10 states: 23 s).
    """

    memory: int | str = "2 GiB"
    """Budget for the kept states: bytes, or a text with a unit."""

    def __post_init__(self):
        parse_bytes(self.memory)

    def states(self, simulation: Simulation) -> int:
        """How many states the budget holds. Raises AdjointError when not one fits."""
        count = parse_bytes(self.memory) // simulation.state_bytes
        if count < 1:
            raise AdjointError(
                f"Checkpointed(memory={self.memory!r}): one state takes {simulation.state_bytes} bytes; give at least that"
            )
        return count

    def run(self, simulation, reverse, evaluation, steps, window):
        slots = min(self.states(simulation), steps)
        require_memory(simulation, slots * simulation.state_bytes, f"keeping {slots} states")
        Replay(simulation, reverse, evaluation, steps, window, slots).run()


class Replay:
    """Carries out a binomial schedule on `slots` + 2 population arrays, of which none is copied.

    A state that the schedule keeps stays in the array it was computed in: with 1,000 steps on 20 states that spares 1,900
    copies beside 2,750 forward steps.
    """

    def __init__(self, simulation, reverse, evaluation, steps, window, slots):
        self.simulation, self.reverse, self.evaluation = simulation, reverse, evaluation
        self.steps, self.window, self.slots = steps, window, slots
        self.free = [simulation.new_state() for _ in range(slots + 2)]
        self.kept: dict[int, wp.array] = {}
        self.present = self.free.pop()
        self.furthest = 0
        self.begin = simulation.steps

    def run(self) -> None:
        from checkpoint_schedules import Copy, EndReverse, Forward, Move, MultistageCheckpointSchedule
        from checkpoint_schedules import Reverse as StepBack

        wp.copy(self.present, self.simulation.state)
        for action in MultistageCheckpointSchedule(self.steps, self.slots, 0, trajectory="revolve"):
            match action:
                case Forward():
                    self._forward(action)
                case Copy():
                    self._take(self.kept[action.n])
                case Move():
                    self._take(self.kept.pop(action.n))
                case StepBack():
                    step = self.begin + action.n0
                    self.reverse.back(self.present, step)
                    self.reverse.inject(self.present, self.window.weight(action.n0, self.steps), step)
                case EndReverse():
                    return

    def _forward(self, action) -> None:
        if action.write_ics:
            self.kept[action.n0] = self.present
        if action.write_adj_deps:
            if action.n1 == self.steps:  # The last state is needed once, for the objective and for the user.
                self._finish()
            return  # Going back from the state after it needs the state at hand.
        for t in range(action.n0 + 1, action.n1 + 1):
            target = self.free.pop()
            self.simulation.advance(self.present, target, self.begin + t - 1)
            self._take(target)
            self._meet(t, target)

    def _take(self, state: wp.array) -> None:
        """Makes a state the present one; the array of the one before is free unless that is kept."""
        if self.present is not state and all(self.present is not kept for kept in self.kept.values()):
            self.free.append(self.present)
        self.present = state

    def _meet(self, t: int, state: wp.array) -> None:
        if t > self.furthest and self.evaluation is not None and self.window.weight(t, self.steps):
            self.evaluation.add(state, self.window.weight(t, self.steps), self.begin + t)
        self.furthest = max(self.furthest, t)

    def _finish(self) -> None:
        last = self.free.pop()
        self.simulation.advance(self.present, last, self.begin + self.steps - 1)
        self._meet(self.steps, last)
        wp.copy(self.simulation.state, last)
        self.simulation.steps += self.steps
        self.reverse.inject(last, self.window.weight(self.steps, self.steps), self.simulation.steps)
        self.free.append(last)
