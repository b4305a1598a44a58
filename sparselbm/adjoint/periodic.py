"""Gradient of a mean over a periodic flow."""

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
from .input_checksums import checksum
from .method import AdjointMethod
from .window import Ends, Smooth, Window
from .work import GradientWork

_SAMPLES = 400
"""Number of values of the objective that are recorded before the windows."""

_LEAST_PERIODS = 4
"""Periods required in the second half of the run before the windows, for a period known within 0.5 %."""


@dataclass(frozen=True, kw_only=True)
class Periodic(AdjointMethod):
    """Mean of the objective over successive windows of whole periods, each with a backward sweep of its own.

    The run of `steps` first brings the flow to its periodic state; the period follows from the objective over the second half. In
    each window lambda goes back through the window and `spin_up` periods before it; earlier states are neglected, in value and
    gradient. A run has only one backward pass, which runs the windows itself. The gradients of the windows must agree
    (`GradientGuard.agreement`). The window of the call has no effect.
    """

    forgets_start: ClassVar[bool] = True
    is_of_periodic_flows: ClassVar[bool] = True

    period: float | None = None
    """Period [steps]; None: from the objective. The period of a drag is half that of the wake, which is sufficient."""
    periods: int = 4
    """Periods per window."""
    spin_up: int = 2
    """Periods before each window."""
    windows: int = 2
    ends: Ends = field(default_factory=Smooth)
    method: AdjointMethod = field(default_factory=Checkpointed)
    """Adjoint method of each window with its spin-up."""

    def __post_init__(self):
        for name, least in (("periods", 1), ("spin_up", 0), ("windows", 1)):
            if getattr(self, name) < least:
                raise AdjointError(f"Periodic({name}={getattr(self, name)}): must be at least {least}")
        if self.period is not None and not self.period >= 2.0:
            raise AdjointError(f"Periodic(period={self.period}): must be at least 2 steps")

    def work(self, simulation, steps):
        longest = self.period or max(steps / (2 * _LEAST_PERIODS), 2.0)
        length = round(self.periods * longest) + round(self.spin_up * longest)
        each = self.method.work(simulation, length)
        return GradientWork(
            each.memory, each.disk, self.windows * each.disk_traffic, steps + self.windows * length,
            steps + self.windows * each.forward_steps, self.windows * each.backward_steps,
        )

    def run(self, simulation, evaluation, steps, window):
        period = self._period(simulation, evaluation, steps)
        return _Windows(self, simulation, evaluation, period, checksum(simulation.state.populations))

    def _period(self, simulation: Simulation, evaluation: Evaluation | None, steps: int) -> float:
        """Runs the steps before the windows; returns the period."""
        if self.period is not None:
            simulation.run(steps)
            return self.period
        if evaluation is None:
            raise AdjointError("Periodic without an objective cannot find the period: specify it")
        at, values = [], []
        for end in np.linspace(0, steps, min(_SAMPLES, steps) + 1).round().astype(int)[1:]:
            simulation.run(int(end) - (at[-1] if at else 0))
            evaluation.add(simulation.state.populations)
            at.append(int(end))
            values.append(evaluation.take())
        return found_period(Signal(np.array(at), np.array(values)).since(steps // 2))


@dataclass(frozen=True, eq=False)
class _Windows(ForwardRecord):
    """Periodic flow. Its windows are run forward and backward in turn, in the memory of one."""

    periodic: Periodic
    simulation: Simulation
    evaluation: Evaluation | None
    period: float
    recorded: int
    """Checksum of the state from which the windows begin."""

    def back(self, sweep):
        periodic = self.periodic
        if checksum(self.simulation.state.populations) != self.recorded:
            raise AdjointError(
                "the state from which the windows of Periodic begin was overwritten before the backward pass, by further "
                "steps, another initial state or an earlier backward pass: repeat the run"
            )
        window = Window(round(periodic.periods * self.period), periodic.ends, 1.0 / periodic.windows)
        steps = window.steps + round(periodic.spin_up * self.period)
        found, so_far = [], sweep.gathered()
        for _ in range(periodic.windows):
            sweep.clear()
            periodic.method.forward(self.simulation, self.evaluation, steps, window).back(sweep)
            before, so_far = so_far, sweep.gathered()
            found.append([after - part for after, part in zip(so_far, before, strict=True)])
        if sweep.guard is not None:
            _require_agreement(found, sweep.guard)


def found_period(signal: Signal) -> float:
    """Period of a signal [steps]. Raises AdjointError for a signal that is constant, or has too few periods."""
    if len(signal.values) < 8 * _LEAST_PERIODS or signal.rms < 1e-5 * abs(signal.mean):
        raise AdjointError(
            f"Periodic: the objective hardly changes over {len(signal.values)} samples (by {signal.rms:.1e}, mean "
            f"{signal.mean:.3g}): use Steady for a steady flow, run more steps, or specify the period"
        )
    period, length = 1.0 / signal.frequency, float(signal.steps[-1] - signal.steps[0])
    if length < 0.95 * _LEAST_PERIODS * period:  # Half of a run of eight periods ends a sample before the fourth.
        raise AdjointError(
            f"Periodic: the second half of the run has {length / period:.1f} periods of {period:.0f} steps, but at least "
            f"{_LEAST_PERIODS} are needed: run {2 * _LEAST_PERIODS * period:.0f} steps or more, or specify the period"
        )
    return period


def _require_agreement(found: list[list[np.ndarray]], guard: GradientGuard) -> None:
    """Raises AdjointError if the gradients of the windows differ by more than the limit."""
    for parts in zip(*found, strict=True):
        mean = np.linalg.norm(sum(parts)) / len(parts)
        apart = max(float(np.linalg.norm(len(parts) * part - sum(parts))) / len(parts) for part in parts)
        if apart > guard.agreement * mean:
            raise AdjointError(
                f"the gradients of {len(parts)} windows differ by {apart / mean:.2f} of their mean, limit {guard.agreement}: "
                "the flow is not periodic, or the windows are too short. Run more steps first, use more periods or a "
                "longer spin_up, a lower Reynolds number, or a larger GradientGuard(agreement=...)"
            )
