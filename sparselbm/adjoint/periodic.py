"""The gradient of a mean over a flow that repeats itself."""

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ..errors import AdjointError
from ..observe import Signal
from ..observe.evaluation import Evaluation
from ..solver import Simulation
from .checkpointed import Checkpointed
from .forward_record import ForwardRecord
from .gradient_guard import GradientGuard
from .method import AdjointMethod
from .recorded import checksum
from .window import Ends, Smooth, Window
from .work import GradientWork

_SAMPLES = 400
"""Values of the objective in the run before."""

_LEAST_PERIODS = 4
"""That the later half of the run before has to show, for the period to be known within 0.5 %."""


@dataclass(frozen=True, kw_only=True)
class Periodic(AdjointMethod):
    """The objective's mean over windows of whole periods, one after another, each with its own backward sweep.

    The run of `steps` first lets the flow come to repeat itself, and from the objective over its later half follows the
    period. Of each window lambda goes back through the window and `spin_up` periods before it; what lies farther back is
    forgotten, in value and gradient. There is one way back over a run: the windows lie after it, and are run by it. The
    gradients of the windows have to agree (`GradientGuard.agreement`). The call's own window changes nothing.
    """

    forgets_start: ClassVar[bool] = True

    period: float | None = None
    """[steps]; None: found. Of a drag that is half the period of the wake, which does as well."""
    periods: int = 4
    """Of a window."""
    spin_up: int = 2
    """Periods before each window."""
    windows: int = 2
    ends: Ends = field(default_factory=Smooth)
    plan: AdjointMethod = field(default_factory=Checkpointed)
    """How the states of a window and its spin-up are kept."""

    def __post_init__(self):
        for name, least in (("periods", 1), ("spin_up", 0), ("windows", 1)):
            if getattr(self, name) < least:
                raise AdjointError(f"Periodic({name}={getattr(self, name)}): must be at least {least}")
        if self.period is not None and not self.period >= 2.0:
            raise AdjointError(f"Periodic(period={self.period}): must be at least 2 steps")

    def work(self, simulation, steps):
        longest = self.period or max(steps / (2 * _LEAST_PERIODS), 2.0)
        length = round(self.periods * longest) + round(self.spin_up * longest)
        each = self.plan.work(simulation, length)
        return GradientWork(
            each.memory, each.disk, self.windows * each.disk_traffic, steps + self.windows * length,
            steps + self.windows * each.forward_steps, self.windows * each.backward_steps,
        )

    def run(self, simulation, evaluation, steps, window):
        period = self._period(simulation, evaluation, steps)
        return _Windows(self, simulation, evaluation, period, checksum(simulation.state.populations))

    def _period(self, simulation: Simulation, evaluation: Evaluation | None, steps: int) -> float:
        """Runs the steps before the windows."""
        if self.period is not None:
            simulation.run(steps)
            return self.period
        if evaluation is None:
            raise AdjointError("Periodic without an objective: give it the period")
        at, values = [], []
        for end in np.linspace(0, steps, min(_SAMPLES, steps) + 1).round().astype(int)[1:]:
            simulation.run(int(end) - (at[-1] if at else 0))
            evaluation.add(simulation.state.populations)
            at.append(int(end))
            values.append(evaluation.take())
        return found_period(Signal(np.array(at), np.array(values)).since(steps // 2))


@dataclass(frozen=True, eq=False)
class _Windows(ForwardRecord):
    """A flow that has come to repeat itself. Its windows are run and gone back over in turn, in the memory of one."""

    plan: Periodic
    simulation: Simulation
    evaluation: Evaluation | None
    period: float
    seen: int
    """Checksum of the state from which the windows begin."""

    def back(self, reverse):
        plan = self.plan
        if checksum(self.simulation.state.populations) != self.seen:
            raise AdjointError(
                "the state from which the windows of Periodic begin was overwritten before the backward pass, by further "
                "steps, another start or an earlier way back: run it again"
            )
        window = Window(round(plan.periods * self.period), plan.ends, 1.0 / plan.windows)
        steps = window.steps + round(plan.spin_up * self.period)
        found, so_far = [], reverse.gathered()
        for _ in range(plan.windows):
            reverse.clear()
            plan.plan.forward(self.simulation, self.evaluation, steps, window).back(reverse)
            before, so_far = so_far, reverse.gathered()
            found.append([after - part for after, part in zip(so_far, before, strict=True)])
        if reverse.trust is not None:
            _require_agreement(found, reverse.trust)


def found_period(signal: Signal) -> float:
    """Steps of a period. Raises AdjointError for a signal that stands still, or shows too few of them."""
    if len(signal.values) < 8 * _LEAST_PERIODS or signal.rms < 1e-5 * abs(signal.mean):
        raise AdjointError(
            f"Periodic: the objective hardly changes over {len(signal.values)} samples (by {signal.rms:.1e} of "
            f"{signal.mean:.3g}): use Steady for a flow at rest, run more steps, or give the period"
        )
    period, seen = 1.0 / signal.frequency, float(signal.steps[-1] - signal.steps[0])
    if seen < 0.95 * _LEAST_PERIODS * period:  # Half of a run of eight ends a sample before the fourth.
        raise AdjointError(
            f"Periodic: {seen / period:.1f} periods of {period:.0f} steps in the later half of the run, at least "
            f"{_LEAST_PERIODS} are needed: run {2 * _LEAST_PERIODS * period:.0f} steps or more, or give the period"
        )
    return period


def _require_agreement(found: list[list[np.ndarray]], trust: GradientGuard) -> None:
    """Raises AdjointError where windows that ought to be alike give other gradients."""
    for parts in zip(*found, strict=True):
        mean = np.linalg.norm(sum(parts)) / len(parts)
        apart = max(float(np.linalg.norm(len(parts) * part - sum(parts))) / len(parts) for part in parts)
        if apart > trust.agreement * mean:
            raise AdjointError(
                f"the gradients of {len(parts)} windows lie {apart / mean:.2f} of their mean apart, limit {trust.agreement}: "
                "the flow does not repeat itself, or the windows are short. Run more steps first, take more periods or a "
                "longer spin_up, a lower Reynolds number, or a larger Trust(agreement=...)"
            )
