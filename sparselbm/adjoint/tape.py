"""Runs on a `wp.Tape` of the user, between the user's own kernels."""
# pyright: reportArgumentType=false, reportOptionalMemberAccess=false
# (Warp types the gradient and device of an array as optional; here they exist.)

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import warp as wp

from ..errors import AdjointError
from ..grid.memory import summed, sums_array, tile_array
from ..kernels.adjoint import GradientTargets
from ..kernels.moments import moments_adjoint_kernel, moments_kernel
from ..kernels.step import unstream_kernel
from ..solver import Simulation
from .checkpointed import Checkpointed
from .feedback import require_no_feedback
from .input_checksums import InputChecksums
from .method import AdjointMethod, run_forward
from .sweep import BackwardSweep
from .targets import require_placed


def tape_array(simulation: Simulation, size: int) -> wp.array:
    """Array of zeros `[tile][size][cell]` with a gradient: populations have the size `physics.size`, moments 1 + d."""
    array = tile_array(simulation.domain, size, simulation.precision)
    array.grad = tile_array(simulation.domain, size, simulation.precision)
    return array


def run_on_tape(
    tape: wp.Tape, simulation: Simulation, populations: wp.array, steps: int, *, method: AdjointMethod = Checkpointed(),
) -> wp.array:
    """Advances `populations` (from `tape_array`) by `steps` on a tape; returns the populations after the run.

    `tape.backward` then adds to `populations.grad`, to `simulation.parameters.array.grad` if this array requires a gradient, and
    to `points.grad` of the geometry of every obstacle, unless solid fractions were set by hand, which depend on no points. The
    tape owns the states that the method stores. The backward pass does not change the simulation; the inputs of the run must be
    unchanged (`InputChecksums`), except for the state of the simulation. Call `tape.zero()` between two backward passes of a
    tape, as Warp requires: gradients between two kernels of a chain accumulate as well. Raises AdjointError.
    """
    if populations.grad is None:
        raise AdjointError("run_on_tape: the populations have no gradient: create them with tape_array")
    require_no_feedback(simulation)
    if steps < 1:
        raise AdjointError(f"run_on_tape: the number of steps is {steps}, but must be at least 1")
    if method.forgets_start:
        raise AdjointError(
            f"run_on_tape with {type(method).__name__}, whose gradient is independent of the start: use Stored or Checkpointed"
        )
    result = tape_array(simulation, simulation.physics.size)
    begin = simulation.steps
    checksums = InputChecksums(simulation, range(begin, begin + steps), "run_on_tape", populations=populations)
    bodies = () if simulation.solids.by_hand.any() else simulation.solids.geometry
    for geometry in bodies:
        require_placed(simulation, geometry.name)
    wp.copy(simulation.state.populations, populations)
    record = run_forward(method, simulation, steps)
    wp.copy(result, simulation.state.populations)

    def backward() -> None:
        wrt = GradientTargets(solid=simulation.solids.fractions is not None, parameters=simulation.parameters.array.requires_grad)
        sweep = BackwardSweep(simulation, None, wrt=wrt)
        sweep.start_from(result.grad)
        record.back(sweep)
        _add(populations.grad, sweep.initial_adjoint())
        if wrt.parameters:
            _add_numbers(simulation, sweep.parameter_gradient())
        for geometry in bodies:
            _add(geometry.points.grad, sweep.points_gradient(geometry.name))

    arrays = [populations, result, *_numbers(simulation), *(geometry.points for geometry in bodies)]
    tape.record_func(Recording(checksums, backward), arrays)
    return result


def moments_on_tape(tape: wp.Tape, simulation: Simulation, populations: wp.array) -> wp.array:
    """Density and velocity, `[tile][1 + d][cell]`, of populations on a tape, as input of the user's kernels."""
    if populations.grad is None:
        raise AdjointError("moments_on_tape: the populations have no gradient: create them with tape_array")
    result = tape_array(simulation, 1 + simulation.lattice.dimension)
    step = simulation.steps
    checksums = InputChecksums(simulation, range(step, step + 1), "moments_on_tape", populations=populations)
    simulation.passes.general(moments_kernel)(source=populations, target=result)

    def backward() -> None:
        incoming, outgoing = simulation.state.zeros(), simulation.state.zeros()
        wrt = GradientTargets(parameters=simulation.parameters.array.requires_grad)
        sums = sums_array(simulation.domain, len(simulation.physics.parameters))
        sweep = simulation.passes.general(moments_adjoint_kernel, wrt)
        sweep(step=step, source=populations, adjoint=result.grad, target=incoming, sums=sums, weight=1.0)
        simulation.passes.general(unstream_kernel)(adjoint=incoming, target=outgoing)
        _add(populations.grad, outgoing)
        if wrt.parameters:
            _add_numbers(simulation, summed(sums))

    tape.record_func(Recording(checksums, backward), [populations, result, *_numbers(simulation)])
    return result


@dataclass(frozen=True, eq=False)
class Recording:
    """Entry of a tape: a backward pass, refused if the inputs of its forward pass have changed."""

    checksums: InputChecksums
    backward: Callable[[], None]

    def __call__(self) -> None:
        self.checksums.require()
        self.backward()


def _numbers(simulation: Simulation) -> list[wp.array]:
    """The parameters, if they require a gradient."""
    return [simulation.parameters.array] if simulation.parameters.array.requires_grad else []


def _add(to: wp.array, values) -> None:
    """Adds values to a gradient array."""
    to.assign(to.numpy() + (values.numpy() if isinstance(values, wp.array) else values))


def _add_numbers(simulation: Simulation, gradient: np.ndarray) -> None:
    """Adds to the gradient of the parameters; the factors of schedules that follow them in the array have none."""
    simulation.parameters.array.grad.assign(
        simulation.parameters.array.grad.numpy() + np.pad(gradient, (0, len(simulation.parameters.schedules)))
    )
