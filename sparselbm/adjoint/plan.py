"""What a plan for the backward pass is."""

from abc import ABC, abstractmethod
from typing import ClassVar

from ..evaluate import Evaluation
from ..machine import free_bytes, gibibytes
from ..simulation import Simulation
from ..speed import ADJOINT_COST, Speed
from .errors import AdjointError
from .reverse import Reverse
from .window import Window
from .work import GradientForecast, GradientWork


class Plan(ABC):
    """How the states that the backward pass needs are kept: a frozen value."""

    forgets_start: ClassVar[bool] = False
    """Whether the gradient is that of a flow that has forgotten how it began."""

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
