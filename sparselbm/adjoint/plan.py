"""What a plan for the backward pass is, and the window over which an objective is averaged."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..evaluate import Evaluation
from ..machine import free_bytes, gibibytes
from ..simulation import Simulation
from ..speed import ADJOINT_COST, Speed
from .reverse import AdjointError, Reverse
from .work import GradientForecast, GradientWork


@dataclass(frozen=True)
class Window:
    """The objective is the mean over the last `steps` states of the run; 1: the final state alone."""

    steps: int = 1

    def weight(self, t: int, last: int) -> float:
        """The weight of state t in a run whose final state is `last`."""
        return 1.0 / self.steps if last - self.steps < t <= last else 0.0


class Plan(ABC):
    """How the states that the backward pass needs are kept: a frozen value."""

    @abstractmethod
    def run(
        self, simulation: Simulation, reverse: Reverse, evaluation: Evaluation | None, steps: int, window: Window
    ) -> None:
        """Advances the simulation by `steps`, adds up the objective, and carries `reverse` back to the start."""

    @abstractmethod
    def work(self, simulation: Simulation, steps: int) -> GradientWork:
        """What a gradient over so many steps will hold and do. Raises AdjointError as `run` does."""

    def forecast(self, simulation: Simulation, steps: int, speed: Speed | None = None) -> GradientForecast:
        """That work and its duration, known before the start: `print` it. `speed`: by default measured now, in 0.2 s."""
        work = self.work(simulation, steps)
        step = (speed or Speed.of(simulation.domain.device)).step_seconds(simulation.state_bytes)
        return GradientForecast(work, (work.forward_steps + ADJOINT_COST * work.backward_steps) * step)


def require_memory(simulation: Simulation, needed: int, what: str) -> None:
    """Raises AdjointError when `needed` bytes are more than 0.9 of what the device has free."""
    free = free_bytes(simulation.domain.device)
    if needed > 0.9 * free:
        raise AdjointError(
            f"{what} needs {gibibytes(needed)}, {gibibytes(free)} are free: "
            "use Checkpointed with a smaller memory, Steady for a steady flow, or larger voxels"
        )
