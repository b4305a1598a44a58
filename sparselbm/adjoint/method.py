"""What a plan for the backward pass is."""

from abc import ABC, abstractmethod
from typing import ClassVar

from ..errors import AdjointError
from ..estimate.bandwidth import ADJOINT_COST, Bandwidth
from ..estimate.device import free_bytes, gibibytes
from ..observe.evaluation import Evaluation
from ..solver import Simulation
from ..solver.stability import CHECK_INTERVAL
from .forward_record import ForwardRecord
from .recorded import Guarded, Recorded
from .window import Window
from .work import GradientEstimate, GradientWork


class AdjointMethod(ABC):
    """How the states that the backward pass needs are kept: a frozen value."""

    forgets_start: ClassVar[bool] = False
    """Whether the gradient is that of a flow that has forgotten how it began."""

    def forward(self, simulation: Simulation, evaluation: Evaluation | None, steps: int, window: Window) -> ForwardRecord:
        """Advances the simulation by `steps`, adds up the objective, and gives what it has kept for the way back.

        Between the two the simulation may be run further. Where what the way back reads has been changed, it is refused.
        Raises AdjointError for what cannot be, before any step is done.
        """
        begin = simulation.steps
        recorded = Recorded(simulation, range(begin, begin + steps + 1))
        return Guarded(self.run(simulation, evaluation, steps, window), recorded)

    @abstractmethod
    def run(self, simulation: Simulation, evaluation: Evaluation | None, steps: int, window: Window) -> ForwardRecord:
        """As `forward`, which guards what this gives. The trail checks whatever it does not own itself."""

    @abstractmethod
    def work(self, simulation: Simulation, steps: int) -> GradientWork:
        """What a gradient over so many steps will hold and do. Raises AdjointError as `forward` does."""

    def forecast(self, simulation: Simulation, steps: int, speed: Bandwidth | None = None) -> GradientEstimate:
        """That work and its duration, known before the start: `print` it. `speed`: by default measured now, in 0.2 s."""
        work = self.work(simulation, steps)
        step = (speed or Bandwidth.of(simulation.domain.device)).step_seconds(simulation.state.nbytes)
        return GradientEstimate(work, (work.forward_steps + ADJOINT_COST * work.backward_steps) * step)


def run_forward(plan: AdjointMethod, simulation: Simulation, steps: int) -> ForwardRecord:
    """A run of which nothing but the last state is read, looked at there as `Simulation.run` does."""
    trail = plan.forward(simulation, None, steps, Window())
    if steps >= CHECK_INTERVAL:
        simulation.check_stability()
    return trail


def require_memory(simulation: Simulation, needed: int, what: str) -> None:
    """Raises AdjointError when `needed` bytes are more than 0.9 of what the device has free."""
    free = free_bytes(simulation.domain.device)
    if needed > 0.9 * free:
        raise AdjointError(
            f"{what} needs {gibibytes(needed)}, {gibibytes(free)} are free: "
            "use Checkpointed with a smaller memory, Steady for a steady flow, or larger voxels"
        )
