"""Runs on a user's own `wp.Tape`, between kernels of their own."""
# pyright: reportArgumentType=false, reportOptionalMemberAccess=false
# (Warp types an array's gradient and device as optional; here they are there.)

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
from .method import AdjointMethod, run_forward
from .recorded import Recorded
from .sweep import BackwardSweep
from .targets import require_placed


def tape_array(simulation: Simulation, size: int) -> wp.array:
    """Zeros `[tile][size][cell]` that require a gradient: populations have the size `physics.size`, moments 1 + d."""
    array = tile_array(simulation.domain, size, simulation.precision)
    array.grad = tile_array(simulation.domain, size, simulation.precision)
    return array


def run_on_tape(
    tape: wp.Tape, simulation: Simulation, populations: wp.array, steps: int, *, plan: AdjointMethod = Checkpointed(),
) -> wp.array:
    """Advances `populations` (from `tape_array`) by `steps` on a tape; gives the populations after the run.

    `tape.backward` then adds to `populations.grad`, to `simulation.parameters.array.grad` where it requires a gradient, and to
    `points.grad` of every obstacle's geometry, unless solid fractions were set by hand, which depend on no points. What the
    plan keeps for that is kept by the tape. The backward pass leaves the simulation as it finds it; what the run has read must
    still be what it was (`Recorded`), the simulation's state need not. Between two backward passes of a tape call
    `tape.zero()`, as Warp asks for: what lies between two kernels of a chain adds up too. Raises AdjointError.
    """
    if populations.grad is None:
        raise AdjointError("run_on_tape: the populations have no gradient; make them with tape_array")
    if steps < 1:
        raise AdjointError(f"run_on_tape: a run of {steps} steps; give at least 1")
    if plan.forgets_start:
        raise AdjointError(
            f"run_on_tape with {type(plan).__name__}: its flow has forgotten its start; use Stored or Checkpointed"
        )
    result = tape_array(simulation, simulation.physics.size)
    begin = simulation.steps
    recorded = Recorded(simulation, range(begin, begin + steps), "run_on_tape", populations=populations)
    bodies = () if simulation.solids.by_hand.any() else simulation.solids.geometry
    for geometry in bodies:
        require_placed(simulation, geometry.name)
    wp.copy(simulation.state.populations, populations)
    trail = run_forward(plan, simulation, steps)
    wp.copy(result, simulation.state.populations)

    def backward() -> None:
        wanted = simulation.parameters.array.requires_grad
        wrt = GradientTargets(solid=simulation.solids.fractions is not None, parameters=wanted)
        reverse = BackwardSweep(simulation, None, wrt=wrt)
        reverse.start_from(result.grad)
        trail.back(reverse)
        _add(populations.grad, reverse.initial_adjoint())
        if wrt.parameters:
            _add_numbers(simulation, reverse.parameter_gradient())
        for geometry in bodies:
            _add(geometry.points.grad, reverse.points_gradient(geometry.name))

    arrays = [populations, result, *_numbers(simulation), *(geometry.points for geometry in bodies)]
    tape.record_func(Recording(recorded, backward), arrays)
    return result


def moments_on_tape(tape: wp.Tape, simulation: Simulation, populations: wp.array) -> wp.array:
    """Density and velocity, `[tile][1 + d][cell]`, of populations on a tape, for a user's kernel to read."""
    if populations.grad is None:
        raise AdjointError("moments_on_tape: the populations have no gradient; make them with tape_array")
    result = tape_array(simulation, 1 + simulation.lattice.dimension)
    step = simulation.steps
    recorded = Recorded(simulation, range(step, step + 1), "moments_on_tape", populations=populations)
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

    tape.record_func(Recording(recorded, backward), [populations, result, *_numbers(simulation)])
    return result


@dataclass(frozen=True, eq=False)
class Recording:
    """An entry of a tape: the way back over something of a simulation, refused where it would read other values."""

    recorded: Recorded
    backward: Callable[[], None]

    def __call__(self) -> None:
        self.recorded.require()
        self.backward()


def _numbers(simulation: Simulation) -> list[wp.array]:
    """The parameters, where a user has asked for their gradient."""
    return [simulation.parameters.array] if simulation.parameters.array.requires_grad else []


def _add(to: wp.array, values) -> None:
    """Adds values to a gradient array."""
    to.assign(to.numpy() + (values.numpy() if isinstance(values, wp.array) else values))


def _add_numbers(simulation: Simulation, gradient: np.ndarray) -> None:
    """Adds to the gradient of the parameters; the factors of schedules that follow them have none."""
    simulation.parameters.array.grad.assign(
        simulation.parameters.array.grad.numpy() + np.pad(gradient, (0, len(simulation.parameters.schedules)))
    )
