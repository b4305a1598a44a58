"""Detection of gradients that contain no information about the mean of the flow."""

import math
from dataclasses import dataclass

from ..errors import AdjointError


@dataclass(frozen=True, kw_only=True)
class GradientGuard:
    """Limits beyond which a gradient is refused with AdjointError, which also ends an optimisation.

    In a chaotic flow, or one in which a disturbance grows, lambda grows exponentially during the backward pass: the gradient is
    that of this single run, valid only for very small changes, and says nothing about the mean. Source: Lea, Allen & Haine,
    Tellus 52A (2000) 523.
    """

    growth: float = 1e4
    """Largest growth of the norm of lambda while nothing is injected. Shear flows reach 1e2 before they converge."""
    agreement: float = 0.2
    """Largest difference between the gradients of two windows, relative to their mean (`Periodic`)."""

    def __post_init__(self):
        if not (self.growth > 1.0 and self.agreement > 0.0):
            raise AdjointError(
                f"GradientGuard(growth={self.growth!r}, agreement={self.agreement!r}): growth must be above 1, and agreement "
                "above 0"
            )


class GrowthMonitor:
    """Monitors a norm that should decrease or stay constant."""

    def __init__(self, guard: GradientGuard):
        self._guard = guard
        self.restart()

    def restart(self) -> None:
        """Discards all norms so far."""
        self._least, self._since = math.inf, 0

    def check(self, norm: float, step: int) -> None:
        """Records the norm after `step` steps back; norms that are not finite are left to the caller. Raises AdjointError."""
        if 0.0 < norm < self._least:
            self._least, self._since = norm, step
        if not math.isfinite(norm) or norm <= self._guard.growth * self._least:
            return
        growth, steps = norm / self._least, step - self._since
        rate = math.log(growth) / steps
        raise AdjointError(
            f"the adjoint grew {growth:.1e}-fold over {steps} steps back, limit {self._guard.growth:.1e}: disturbances of this "
            f"flow double every {math.log(2.0) / rate:.0f} steps, so that the gradient says nothing about its mean. Use a run of "
            "fewer steps, Periodic windows for vortex shedding, Steady for a flow that becomes steady, a lower Reynolds number, "
            "or a larger GradientGuard(growth=...)"
        )
