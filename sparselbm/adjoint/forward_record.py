"""Record of a forward run for its backward pass."""

from abc import ABC, abstractmethod

from .sweep import BackwardSweep


class ForwardRecord(ABC):
    """Finished forward run: the states that its method has stored, and the backward pass over them."""

    @abstractmethod
    def back(self, sweep: BackwardSweep) -> None:
        """Injects the objective and the seeds of `sweep` at the states of the run, and carries it back to the first state.

        Can be called any number of times, each with a `BackwardSweep` of its own. Raises AdjointError.
        """
