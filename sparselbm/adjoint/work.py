"""Estimated cost of a gradient before it starts."""

from dataclasses import dataclass

from ..estimate.bandwidth import ADJOINT_COST
from ..estimate.device import gibibytes


@dataclass(frozen=True)
class GradientWork:
    """Memory and steps of a gradient."""

    memory: int
    """Checkpoints, arrays for the steps and two lambdas, besides the memory of the simulation itself [bytes]."""
    disk: int
    """Largest size of the checkpoints on disk [bytes]."""
    disk_traffic: int
    """Bytes written to disk and read from it."""
    steps: int
    """Steps of the run."""
    forward_steps: int
    """Forward steps, including repeated ones; for an iteration until convergence the largest possible number."""
    backward_steps: int
    """Backward steps, counted in the same way."""

    @property
    def forward_runs(self) -> float:
        """Total work in units of one forward run."""
        return (self.forward_steps + ADJOINT_COST * self.backward_steps) / max(self.steps, 1)

    def __str__(self) -> str:
        disk = f", {gibibytes(self.disk)} on disk ({gibibytes(self.disk_traffic)} moved)" if self.disk else ""
        return (
            f"{self.forward_steps:,} steps forward ({max(self.forward_steps - self.steps, 0):,} of them repeated), "
            f"{self.backward_steps:,} back, {gibibytes(self.memory)} of memory{disk}"
        )


@dataclass(frozen=True)
class GradientEstimate:
    """Work of a gradient and its duration on this machine, to be printed."""

    work: GradientWork
    seconds: float
    """Duration of the steps, without waiting for a slower disk."""

    def __str__(self) -> str:
        minutes, seconds = divmod(self.seconds, 60.0)
        time = f"{self.seconds:.2g} s" if minutes < 2 else f"{minutes:.0f} min {seconds:.0f} s"
        return f"{self.work}, about {time}"
