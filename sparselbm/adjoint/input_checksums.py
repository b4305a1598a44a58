"""Checksums of the inputs of a run, so that its gradient is that of the recorded values or an error."""

import zlib
from collections.abc import Callable

import numpy as np
import warp as wp

from ..errors import AdjointError
from ..solver import Simulation
from .forward_record import ForwardRecord
from .sweep import BackwardSweep


class InputChecksums:
    """Checksums of everything besides its states that a run reads: model parameters, schedules, fields, solid fractions, the
    points
    of the obstacles from which these were computed, and link fractions.

    Checksums are used rather than counters of calls, because arrays of a simulation can be written to without any call, and
    values that were changed and restored do no harm. They cost a pass over about a twentieth of the memory of one state.
    """

    def __init__(self, simulation: Simulation, steps: range, run: str = "the run", **others: wp.array):
        """`steps`: those of the run. `run`: its name in messages. `others`: further arrays that must not change, by name."""
        self._simulation, self._steps, self._run, self._others = simulation, steps, run, others
        self._recorded = {name: read() for name, read in self._inputs().items()}

    @property
    def fingerprint(self) -> int:
        """Checksum of all checksums."""
        return checksum(np.array(list(self._recorded.values())))

    def require(self) -> None:
        """Raises AdjointError if an input has changed."""
        for name, read in self._inputs().items():
            if read() != self._recorded[name]:
                raise AdjointError(
                    f"the {name} of {self._run} were changed before the backward pass: leave them unchanged until then, or "
                    "repeat the run with the new values"
                )

    def _inputs(self) -> dict[str, Callable[[], int]]:
        simulation = self._simulation
        count = len(simulation.physics.parameters)  # The factors of schedules that follow them change from step to step.
        inputs: dict[str, Callable[[], int]] = {name: lambda a=array: checksum(a) for name, array in self._others.items()}
        inputs["parameters"] = lambda: checksum(simulation.parameters.array.numpy()[:count])
        inputs["schedules"] = self._factors
        inputs["fields"] = self._fields
        for geometry in simulation.solids.geometry:
            inputs[f"points of {geometry.name!r}"] = lambda g=geometry: checksum(g.placed)
        inputs["solid fractions"] = lambda: checksum(simulation.solids.fractions)
        inputs["link fractions"] = lambda: checksum(simulation.walls.fractions)
        return inputs

    def _factors(self) -> int:
        factors = [[schedule(step) for step in self._steps] for schedule in self._simulation.parameters.schedules.values()]
        return checksum(np.array(factors, dtype=np.float64))

    def _fields(self) -> int:
        self._simulation.clock.set(self._steps.start)  # Unsteady profiles are written to the fields at each step.
        return checksum(self._simulation.fields.array)


class GuardedRecord(ForwardRecord):
    """Record whose backward pass is refused if it would read other inputs than the forward run did."""

    def __init__(self, record: ForwardRecord, checksums: InputChecksums):
        self._record, self._checksums = record, checksums

    def back(self, sweep: BackwardSweep) -> None:
        self._checksums.require()
        before, sweep.check = sweep.check, self._checksums.require
        try:
            self._record.back(sweep)
        finally:
            sweep.check = before
        self._checksums.require()


def checksum(values: wp.array | np.ndarray | None) -> int:
    """CRC-32 of the bytes of an array; 0 without an array."""
    if values is None:
        return 0
    return zlib.crc32(np.ascontiguousarray(values.numpy() if isinstance(values, wp.array) else values).data)
