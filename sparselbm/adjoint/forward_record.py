"""What a run leaves for the way back."""

from abc import ABC, abstractmethod

from .sweep import BackwardSweep


class ForwardRecord(ABC):
    """A run that has been done: what its plan has kept of it, and the way back over it."""

    @abstractmethod
    def back(self, reverse: BackwardSweep) -> None:
        """Injects the objective and the seeds of `reverse` at the states of the run, and carries it back to the first.

        May be called any number of times, each with a `BackwardSweep` of its own. Raises AdjointError.
        """
