"""Adjoint method that stores every state."""

from dataclasses import dataclass

import warp as wp

from .forward_record import ForwardRecord
from .method import AdjointMethod, require_memory
from .window import Window
from .work import GradientWork


@dataclass(frozen=True)
class Stored(AdjointMethod):
    """Stores all states: one forward and one backward run, memory of `steps` population arrays."""

    def work(self, simulation, steps):
        return GradientWork((steps + 3) * simulation.state.nbytes, 0, 0, steps, steps, steps)

    def run(self, simulation, evaluation, steps, window):
        require_memory(simulation, steps * simulation.state.nbytes, f"storing {steps} states")
        begin = simulation.steps
        states = simulation.state.empty(steps + 1)
        wp.copy(states[0], simulation.state.populations)
        for t in range(1, steps + 1):
            simulation.stepper.advance(states[t - 1], states[t], begin + t - 1)
            if evaluation is not None and window.weight(t, steps):
                evaluation.add(states[t], window.weight(t, steps), begin + t)
        wp.copy(simulation.state.populations, states[-1])
        simulation.state.steps += steps
        return _States(states, begin, window)


@dataclass(frozen=True, eq=False)
class _States(ForwardRecord):
    """All states of a run, including the first."""

    states: list[wp.array]
    begin: int
    window: Window

    def back(self, sweep):
        steps = len(self.states) - 1
        for t in reversed(range(steps + 1)):
            if t < steps:
                sweep.back(self.states[t], self.begin + t)
            sweep.inject(self.states[t], self.window.weight(t, steps), self.begin + t)
