"""What a gradient will cost, known before it starts."""

from dataclasses import dataclass

from ..estimate.bandwidth import ADJOINT_COST
from ..estimate.device import gibibytes


@dataclass(frozen=True)
class GradientWork:
    """What a plan will hold and do."""

    memory: int
    """Kept states, the arrays to step with, and two of lambda, beside what the simulation holds anyway [bytes]."""
    disk: int
    """Kept states on the disk, at the most [bytes]."""
    disk_traffic: int
    """Bytes written to the disk and read from it."""
    steps: int
    """Steps of the run."""
    forward_steps: int
    """Steps forward, repeated ones included; of a run until something is reached, the most that there may be."""
    backward_steps: int
    """Steps back, likewise."""

    @property
    def forward_runs(self) -> float:
        """All of the work in runs forward of as many steps."""
        return (self.forward_steps + ADJOINT_COST * self.backward_steps) / max(self.steps, 1)

    def __str__(self) -> str:
        disk = f", {gibibytes(self.disk)} on disk ({gibibytes(self.disk_traffic)} moved)" if self.disk else ""
        return (
            f"{self.forward_steps:,} steps forward ({max(self.forward_steps - self.steps, 0):,} of them repeated), "
            f"{self.backward_steps:,} back, {gibibytes(self.memory)} of memory{disk}"
        )


@dataclass(frozen=True)
class GradientEstimate:
    """That work on this machine: `print` it."""

    work: GradientWork
    seconds: float
    """Duration of the steps; a disk slower than the steps adds its own."""

    def __str__(self) -> str:
        minutes, seconds = divmod(self.seconds, 60.0)
        time = f"{self.seconds:.2g} s" if minutes < 2 else f"{minutes:.0f} min {seconds:.0f} s"
        return f"{self.work}, about {time}"
