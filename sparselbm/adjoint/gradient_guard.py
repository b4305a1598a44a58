"""Whether a gradient through time says anything about the flow's mean."""

import math
from dataclasses import dataclass

from ..errors import AdjointError


@dataclass(frozen=True, kw_only=True)
class GradientGuard:
    """Limits beyond which a gradient is refused with AdjointError, which ends an optimisation too.

    In a chaotic flow, or one in which a disturbance grows, lambda grows exponentially on its way back: the gradient is that
    of this one run, right for changes too small to matter, and says nothing of the mean. Source: Lea, Allen & Haine, Tellus
    52A (2000) 523.
    """

    growth: float = 1e4
    """Most that the norm of lambda may grow while nothing is fed into it. Shear flows pass 1e2 before they settle."""
    agreement: float = 0.2
    """Most that the gradients of two windows may differ, relative to their mean (`Periodic`)."""

    def __post_init__(self):
        if not (self.growth > 1.0 and self.agreement > 0.0):
            raise AdjointError(
                f"Trust(growth={self.growth!r}, agreement={self.agreement!r}): must be above 1, and above 0"
            )


class GrowthMonitor:
    """Follows a norm that ought to fall, or to stay."""

    def __init__(self, trust: GradientGuard):
        self._trust = trust
        self.restart()

    def restart(self) -> None:
        """Forgets what it saw."""
        self._least, self._since = math.inf, 0

    def look(self, norm: float, step: int) -> None:
        """Takes the norm after so many steps back; what is not finite is for others to judge. Raises AdjointError."""
        if 0.0 < norm < self._least:
            self._least, self._since = norm, step
        if not math.isfinite(norm) or norm <= self._trust.growth * self._least:
            return
        growth, steps = norm / self._least, step - self._since
        rate = math.log(growth) / steps
        raise AdjointError(
            f"the adjoint grew {growth:.1e}-fold over {steps} steps back, limit {self._trust.growth:.1e}: disturbances of this "
            f"flow double every {math.log(2.0) / rate:.0f} steps, so that the gradient says nothing of its mean. Take a run of "
            "fewer steps, Periodic windows for a flow that sheds, Steady where it comes to rest, a lower Reynolds number, or "
            "a larger Trust(growth=...)"
        )
