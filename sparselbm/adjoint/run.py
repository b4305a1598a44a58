"""Run of a simulation as a differentiable function of arrays."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import warp as wp

from ..errors import AdjointError
from ..kernels.adjoint import GradientTargets
from ..solver import Simulation
from .checkpointed import Checkpointed
from .feedback import require_no_feedback
from .forward_record import ForwardRecord
from .input_checksums import InputChecksums, checksum
from .method import AdjointMethod, run_forward
from .outputs import RunOutput
from .start import FromMoments, FromPopulations
from .steady import Steady
from .sweep import BackwardSweep
from .targets import Field, Parameter, Points, SolidFractions
from .vjp import Differentiable, Input, Output, Pass

RunInput = Parameter | Field | SolidFractions | Points


class Run(Differentiable):
    """`steps` steps of a simulation as a function (start, inputs) -> outputs, in the precision of the simulation.

    The first argument is the initial state, `FromPopulations()` or `FromMoments()`; without it the run starts from the state of
    the simulation when it is called. The `inputs` follow, as in `value_and_grad`. Everything else has its value in the simulation
    at the call, also in the backward pass, for which it is restored; changes that cannot be undone, such as another schedule, are
    refused. With the points of a body as input, all solid fractions are computed from points. The simulation itself is not
    changed. The pass stores what its method stores for the backward pass; outputs are those of the last state.
    Raises AdjointError before any step for inputs that the simulation does not have.
    """

    def __init__(
        self, simulation: Simulation, steps: int, *, start: FromPopulations | FromMoments | None = None,
        inputs: Sequence[RunInput] = (), outputs: Sequence[RunOutput], method: AdjointMethod = Checkpointed(),
    ):
        self.simulation, self.steps, self.method = simulation, steps, method
        self.start, self.wrt, self.read = start, tuple(inputs), tuple(outputs)
        self._check()
        dtype = simulation.precision
        shapes = {w.name: w.get(simulation).shape for w in self.wrt}
        if start is not None:
            shapes = {start.name: start.shape(simulation), **shapes}
        self.inputs = tuple(Input(name, dtype, shape=shape) for name, shape in shapes.items())
        self.outputs = tuple(Output(o.name, _constant(o.shape(simulation)), dtype) for o in self.read)
        self.device = simulation.domain.device
        self.others = _others(simulation, self.wrt)
        """Everything that a run depends on besides its inputs."""
        self.by_points = any(isinstance(w, Points) for w in self.wrt)
        """Whether solid fractions are computed from points, even if others were set by hand."""

    def _check(self) -> None:
        require_no_feedback(self.simulation)
        steady = isinstance(self.method, Steady)
        if self.steps < (0 if steady else 1):
            raise AdjointError(f"the number of steps is {self.steps}, but must be at least {0 if steady else 1}")
        if self.method.forgets_start and not steady:
            raise AdjointError(
                f"a run with {type(self.method).__name__}, whose gradient is that of a mean over time, but outputs are those of "
                "the last state: use Steady, Stored or Checkpointed, or value_and_grad"
            )
        if steady and self.start is not None:
            raise AdjointError("a start with Steady, although a steady flow does not depend on it: use Stored or Checkpointed")
        if self.start is None and not self.wrt:
            raise AdjointError("a run without inputs: pass a start, FromPopulations() or FromMoments(), or inputs")
        if not self.read:
            raise AdjointError("a run without outputs: pass some of Populations(), Moments() and Total(objective)")
        for w in self.wrt:
            w.require(self.simulation)
            if isinstance(w, Points) and SolidFractions() in self.wrt:
                raise AdjointError(f"inputs {w.name!r} and 'solid_fractions': points determine the fractions, so pass only one")
            if isinstance(w, Field) and w.name in self.simulation.model_fields.unsteady_names:
                raise AdjointError(f"the field {w.name!r} is overwritten at each step by an unsteady profile: make it steady")

    def at(self, *values: wp.array) -> "RunPass":
        return RunPass(self, values)


class RunPass(Pass):
    """Run with specific inputs."""

    def __init__(self, run: Run, values: Sequence[wp.array]):
        simulation, first = run.simulation, len(values) - len(run.wrt)
        self._run, self._begin = run, simulation.steps
        self._record: ForwardRecord | None = None
        self._checksums: InputChecksums | None = None
        self._given = [wp.clone(x) for x in values[:first]]
        self._start = _copied(simulation)
        shapes = [given.shape or () for given in run.inputs[first:]]
        arrays = [x.numpy().reshape(shape).copy() for x, shape in zip(values[first:], shapes, strict=True)]
        self._values = [*((w, w.get(simulation)) for w in run.others), *zip(run.wrt, arrays, strict=True)]

    def outputs(self, for_pullback=True):
        simulation = self._run.simulation
        with self._set():
            if for_pullback:
                self._record = self._forward()
            else:
                self._to_start()
                simulation.run(self._run.steps)
            return tuple(output.read(simulation) for output in self._run.read)

    def pullback(self, cotangents, wanted):
        run, simulation, first = self._run, self._run.simulation, len(self._given)
        wrt = [w for w, wish in zip(run.wrt, wanted[first:], strict=True) if wish]
        with self._set():
            if self._record is None:
                self._record = self._forward()
            given = [(o, c) for o, c in zip(run.read, cotangents, strict=True) if c is not None]
            seeds = [seed for output, cotangent in given for seed in output.seeds(simulation, cotangent)]
            everywhere = SolidFractions() in wrt
            needs = GradientTargets.union(w.needs for w in wrt)
            sweep = BackwardSweep(simulation, None, wrt=needs, everywhere=everywhere, seeds=seeds, requested=wrt)
            self._record.back(sweep)
            of_start = [] if run.start is None else [run.start.gradient(sweep, self._given[0])]
            of_inputs = [self._array(w.gradient(sweep)) if w in wrt else None for w in run.wrt]
        wished = zip([*of_start, *of_inputs], wanted, strict=True)
        return self._finite([gradient if wish else None for gradient, wish in wished])

    def fingerprint(self):
        with self._set():
            assert self._checksums is not None
            start = self._run.start
            reads_state = start is None or start.reads_state(self._run.simulation)
            of_state = checksum(self._start) if reads_state else 0
            return checksum(np.array([self._checksums.fingerprint, of_state]))

    def _array(self, gradient: np.ndarray) -> wp.array:
        precision = self._run.simulation.precision
        values = np.atleast_1d(np.ascontiguousarray(gradient, dtype=wp.dtype_to_numpy(precision)))
        return wp.array(values, dtype=precision, device=self._run.device)

    def _finite(self, gradients: Sequence[wp.array | None]) -> tuple[wp.array | None, ...]:
        for given, gradient in zip(self._run.inputs, gradients, strict=True):
            if gradient is not None and not np.isfinite(gradient.numpy()).all():
                raise AdjointError(
                    f"the gradient in {given.name!r} is not finite after {self._run.steps} steps: the flow has blown up, or an "
                    "output has no derivative here; lower the velocity, raise the viscosity, or use finer voxels"
                )
        return tuple(gradients)

    def _forward(self) -> ForwardRecord:
        self._to_start()
        return run_forward(self._run.method, self._run.simulation, self._run.steps)

    def _to_start(self) -> None:
        """Sets the simulation, in an array of its own, to the initial state of this run."""
        simulation, start = self._run.simulation, self._run.start
        simulation.state.populations, simulation.state.steps = self._start, self._begin  # FromMoments takes its scalars.
        simulation.state.populations = _copied(simulation) if start is None else start.state(simulation, self._given[0])

    @contextmanager
    def _set(self) -> Iterator[None]:
        """Simulation with the values of this run, the same at each call; restored afterwards."""
        simulation = self._run.simulation
        with _restored(simulation, [w for w, _ in self._values]):
            if simulation.solids.by_hand.any() and self._run.by_points:
                simulation.update_geometry()
            _put(simulation, self._values)
            if self._checksums is None:
                steps = range(self._begin, self._begin + self._run.steps + 1)
                self._checksums = InputChecksums(simulation, steps, "a recorded run")
            self._checksums.require()
            yield


def _copied(simulation: Simulation) -> wp.array:
    """Copy of the present state."""
    copy = simulation.state.zeros()
    wp.copy(copy, simulation.state.populations)
    return copy


@contextmanager
def _restored(simulation: Simulation, inputs: Sequence[RunInput]) -> Iterator[None]:
    """Restores state, values, points and solid fractions afterwards; meanwhile points are those of the solid fractions."""
    state, steps, by_hand = simulation.state.populations, simulation.steps, simulation.solids.by_hand.any()
    moved = [(geometry, geometry.points.numpy().copy()) for geometry in simulation.solids.geometry if geometry.moved]
    fractions = [] if simulation.solids.fractions is None else [SolidFractions()]
    present = [(w, w.get(simulation)) for w in [*(w for w in inputs if w not in fractions), *fractions]]
    for geometry, _ in moved:
        geometry.move(geometry.placed.numpy())
    try:
        yield
    finally:
        simulation.state.populations, simulation.state.steps = state, steps
        _put(simulation, present)
        simulation.solids.by_hand[:] = by_hand
        for geometry, points in moved:
            geometry.move(points)


def _put(simulation: Simulation, given: Sequence[tuple[RunInput, np.ndarray]]) -> None:
    for w, values in given:
        if not np.array_equal(w.get(simulation), values):
            w.put(simulation, values)


def _others(simulation: Simulation, wrt: Sequence[RunInput]) -> tuple[RunInput, ...]:
    """Everything that a run depends on besides state and inputs: first the points, which determine fractions and their owners."""
    moved, unsteady = any(isinstance(w, Points) for w in wrt), simulation.model_fields.unsteady_names
    points = (Points(geometry.name) for geometry in simulation.solids.geometry)
    fractions = () if moved or simulation.solids.fractions is None else (SolidFractions(),)
    named = (Field(name) for name in simulation.physics.fields if name not in unsteady)
    parameters = (Parameter(name) for name in simulation.physics.parameters)
    return tuple(w for w in (*points, *fractions, *named, *parameters) if w not in wrt)


def _constant(shape: tuple[int, ...]) -> Callable[..., tuple[int, ...]]:
    return lambda *_: shape
