"""Every state kept."""

from dataclasses import dataclass

import warp as wp

from .plan import Plan, require_memory
from .work import GradientWork


@dataclass(frozen=True)
class Stored(Plan):
    """Keeps all states: one forward and one backward run, memory of `steps` population arrays."""

    def work(self, simulation, steps):
        return GradientWork((steps + 3) * simulation.state_bytes, 0, 0, steps, steps, steps)

    def run(self, simulation, reverse, evaluation, steps, window):
        require_memory(simulation, steps * simulation.state_bytes, f"storing {steps} states")
        begin = simulation.steps
        states = simulation.new_states(steps + 1)
        wp.copy(states[0], simulation.state)
        for t in range(1, steps + 1):
            simulation.advance(states[t - 1], states[t], begin + t - 1)
            if evaluation is not None and window.weight(t, steps):
                evaluation.add(states[t], window.weight(t, steps), begin + t)
        wp.copy(simulation.state, states[-1])
        simulation.steps += steps
        reverse.inject(states[-1], window.weight(steps, steps), begin + steps)
        for t in reversed(range(steps)):
            reverse.back(states[t], begin + t)
            reverse.inject(states[t], window.weight(t, steps), begin + t)
