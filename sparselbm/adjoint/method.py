"""Interface of adjoint methods."""

from abc import ABC, abstractmethod
from typing import ClassVar

from ..errors import AdjointError
from ..estimate.bandwidth import ADJOINT_COST, Bandwidth
from ..estimate.device import free_bytes, gibibytes
from ..observe.evaluation import Evaluation
from ..solver import Simulation
from ..solver.stability import CHECK_INTERVAL
from .forward_record import ForwardRecord
from .input_checksums import GuardedRecord, InputChecksums
from .window import Window
from .work import GradientEstimate, GradientWork


class AdjointMethod(ABC):
    """How the states that the backward pass needs are stored or recomputed: a frozen value."""

    forgets_start: ClassVar[bool] = False
    """Whether the gradient is that of a flow that no longer depends on its initial state."""
    is_of_periodic_flows: ClassVar[bool] = False
    """Whether the gradient is that of a mean over whole periods."""

    def forward(self, simulation: Simulation, evaluation: Evaluation | None, steps: int, window: Window) -> ForwardRecord:
        """Advances the simulation by `steps`, accumulates the objective, and returns the record for the backward pass.

        The simulation may be run further before the backward pass. A backward pass whose inputs were changed in the meantime is
        refused. Raises AdjointError before any step if the run is not possible.
        """
        begin = simulation.steps
        checksums = InputChecksums(simulation, range(begin, begin + steps + 1))
        return GuardedRecord(self.run(simulation, evaluation, steps, window), checksums)

    @abstractmethod
    def run(self, simulation: Simulation, evaluation: Evaluation | None, steps: int, window: Window) -> ForwardRecord:
        """Implementation of `forward`, which guards the record; the record itself checks arrays shared with the simulation."""

    @abstractmethod
    def work(self, simulation: Simulation, steps: int) -> GradientWork:
        """Memory and steps of a gradient over `steps` steps. Raises AdjointError as `forward` does."""

    def forecast(self, simulation: Simulation, steps: int, speed: Bandwidth | None = None) -> GradientEstimate:
        """Estimate of the work and its duration before the start, to be printed. `speed`: None: measured now, in 0.2 s."""
        work = self.work(simulation, steps)
        step = (speed or Bandwidth.of(simulation.domain.device)).step_seconds(simulation.state.nbytes)
        return GradientEstimate(work, (work.forward_steps + ADJOINT_COST * work.backward_steps) * step)


def run_forward(method: AdjointMethod, simulation: Simulation, steps: int) -> ForwardRecord:
    """Run of which only the last state is read; its stability is checked as in `Simulation.run`."""
    record = method.forward(simulation, None, steps, Window())
    if steps >= CHECK_INTERVAL:
        simulation.check_stability()
    return record


def require_memory(simulation: Simulation, needed: int, purpose: str) -> None:
    """Raises AdjointError if `needed` bytes are more than 0.9 of the free memory of the device."""
    free = free_bytes(simulation.domain.device)
    if needed > 0.9 * free:
        raise AdjointError(
            f"{purpose} needs {gibibytes(needed)}, but only {gibibytes(free)} are free: "
            "use Checkpointed with a smaller memory, Steady for a steady flow, or larger voxels"
        )
