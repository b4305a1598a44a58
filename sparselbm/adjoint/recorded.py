"""What a run has read, so that its gradient is that of the recorded values or an error."""

import zlib
from collections.abc import Callable

import numpy as np
import warp as wp

from ..errors import AdjointError
from ..solver import Simulation
from .forward_record import ForwardRecord
from .sweep import BackwardSweep


class Recorded:
    """Checksums of everything beside its states that a run of a simulation reads: the numbers of the models, factors of
    schedules, fields, solid fractions, where the obstacles' points were for them, and shares of links.

    Checksums rather than counters of calls: arrays of a simulation can also be written to without any call, and values that
    were changed and put back are no harm. They cost a pass over about a twentieth of what one state holds.
    """

    def __init__(self, simulation: Simulation, steps: range, where: str = "the run", **others: wp.array):
        """`steps`: those of the run. `where`: for messages. `others`: further arrays that must stay, by what they are."""
        self._simulation, self._steps, self._where, self._others = simulation, steps, where, others
        self._seen = {name: read() for name, read in self._inputs().items()}

    @property
    def fingerprint(self) -> int:
        """One checksum of them all."""
        return checksum(np.array(list(self._seen.values())))

    def require(self) -> None:
        """Raises AdjointError where something is no longer what it was."""
        for name, read in self._inputs().items():
            if read() != self._seen[name]:
                raise AdjointError(
                    f"the {name} of {self._where} were overwritten before the backward pass: keep them as they were, or run "
                    "it again with what they are now"
                )

    def _inputs(self) -> dict[str, Callable[[], int]]:
        simulation = self._simulation
        numbers = len(simulation.physics.parameters)  # The factors of schedules that follow them change from step to step.
        inputs: dict[str, Callable[[], int]] = {name: lambda a=array: checksum(a) for name, array in self._others.items()}
        inputs["parameters"] = lambda: checksum(simulation.parameters.array.numpy()[:numbers])
        inputs["schedules"] = self._factors
        inputs["fields"] = self._fields
        for geometry in simulation.solids.geometry:
            inputs[f"points of {geometry.name!r}"] = lambda g=geometry: checksum(g.placed)
        inputs["solid fractions"] = lambda: checksum(simulation.solids.fractions)
        inputs["fractions of links"] = lambda: checksum(simulation.walls.fractions)
        return inputs

    def _factors(self) -> int:
        factors = [[schedule(step) for step in self._steps] for schedule in self._simulation.parameters.schedules.values()]
        return checksum(np.array(factors, dtype=np.float64))

    def _fields(self) -> int:
        self._simulation.clock.set(self._steps.start)  # What is unsteady among them is written anew for each step.
        return checksum(self._simulation.fields.array)


class Guarded(ForwardRecord):
    """A run whose way back is refused where it would read other values than the run did."""

    def __init__(self, trail: ForwardRecord, recorded: Recorded):
        self._trail, self._recorded = trail, recorded

    def back(self, reverse: BackwardSweep) -> None:
        self._recorded.require()
        before, reverse.check = reverse.check, self._recorded.require
        try:
            self._trail.back(reverse)
        finally:
            reverse.check = before
        self._recorded.require()


def checksum(values: wp.array | np.ndarray | None) -> int:
    """Of an array's bytes; 0 without an array."""
    if values is None:
        return 0
    return zlib.crc32(np.ascontiguousarray(values.numpy() if isinstance(values, wp.array) else values).data)
