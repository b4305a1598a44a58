"""Runs on a user's own `wp.Tape`, between kernels of their own."""
# pyright: reportArgumentType=false, reportOptionalMemberAccess=false
# (Warp types an array's gradient and device as optional; here they are there.)

import zlib
from collections.abc import Callable

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
from .sweep import BackwardSweep


def tape_array(simulation: Simulation, size: int) -> wp.array:
    """Zeros `[tile][size][cell]` that require a gradient: populations have the size `physics.size`, moments 1 + d."""
    array = tile_array(simulation.domain, size, simulation.precision)
    array.grad = tile_array(simulation.domain, size, simulation.precision)
    return array


def run_on_tape(
    tape: wp.Tape, simulation: Simulation, populations: wp.array, steps: int, *, plan: AdjointMethod = Checkpointed(),
) -> wp.array:  # fmt: skip
    """Advances `populations` (from `tape_array`) by `steps` on a tape; gives the populations after the run.

    `tape.backward` then adds to `populations.grad`, to `simulation.parameters.grad` where they require a gradient, and to
    `points.grad` of every obstacle's geometry. What the plan keeps for that is kept by the tape. The backward pass leaves the
    simulation as it finds it: populations, parameters and obstacles must still be what they were, which is checked by
    checksums. Between two backward passes of a tape call `tape.zero()`, as Warp asks for: what lies between two kernels of
    a chain adds up too. Raises AdjointError.
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
    unchanged = _watch(simulation, populations, range(begin, begin + steps), "run_on_tape")
    wp.copy(simulation.state, populations)
    trail = run_forward(plan, simulation, steps)
    wp.copy(result, simulation.state)

    def backward() -> None:
        unchanged()
        wrt = GradientTargets(solid=simulation.solid is not None, parameters=simulation.parameters.requires_grad)
        reverse = BackwardSweep(simulation, None, wrt=wrt)
        reverse.start_from(result.grad)
        trail.back(reverse)
        _add(populations.grad, reverse.initial_adjoint())
        if wrt.parameters:
            _add_numbers(simulation, reverse.parameter_gradient())
        for geometry in simulation.geometry:
            _add(geometry.points.grad, reverse.points_gradient(geometry.name))

    tape.record_func(backward, [populations, result, *_numbers(simulation), *(g.points for g in simulation.geometry)])
    return result


def moments_on_tape(tape: wp.Tape, simulation: Simulation, populations: wp.array) -> wp.array:
    """Density and velocity, `[tile][1 + d][cell]`, of populations on a tape, for a user's kernel to read."""
    if populations.grad is None:
        raise AdjointError("moments_on_tape: the populations have no gradient; make them with tape_array")
    result = tape_array(simulation, 1 + simulation.lattice.dimension)
    step = simulation.steps
    unchanged = _watch(simulation, populations, range(step, step + 1), "moments_on_tape")
    simulation.general_sweep(moments_kernel)(source=populations, target=result)

    def backward() -> None:
        unchanged()
        incoming, outgoing = simulation.new_state(), simulation.new_state()
        count, wrt = len(simulation.physics.parameters), GradientTargets(parameters=simulation.parameters.requires_grad)
        sums = sums_array(simulation.domain, count)
        sweep = simulation.general_sweep(moments_adjoint_kernel, wrt)
        sweep(step=step, source=populations, adjoint=result.grad, target=incoming, sums=sums, weight=1.0)
        simulation.general_sweep(unstream_kernel)(adjoint=incoming, target=outgoing)
        _add(populations.grad, outgoing)
        if wrt.parameters:
            _add_numbers(simulation, summed(sums))

    tape.record_func(backward, [populations, result, *_numbers(simulation)])
    return result


def _numbers(simulation: Simulation) -> list[wp.array]:
    """The parameters, where a user has asked for their gradient."""
    return [simulation.parameters] if simulation.parameters.requires_grad else []


def _watch(simulation: Simulation, populations: wp.array, steps: range, where: str) -> Callable[[], None]:
    """A function that raises AdjointError when an input of a recorded run is no longer what it is now."""
    numbers = len(simulation.physics.parameters)  # The factors of schedules that follow them change from step to step.

    def fields() -> np.ndarray:
        simulation.set_time(steps.start)  # What is unsteady among them is written anew for each step.
        return simulation.fields.array.numpy()

    def factors() -> np.ndarray:
        return np.array([[schedule(step) for step in steps] for schedule in simulation.schedules.values()])

    inputs = {
        "populations": populations.numpy, "parameters": lambda: simulation.parameters.numpy()[:numbers],
        "schedules": factors, "fields": fields,
        **({} if simulation.solid is None else {"solid fractions": simulation.solid.numpy}),
        **({} if simulation.walls.fractions is None else {"fractions of links": simulation.walls.fractions.numpy}),
    }  # fmt: skip
    seen = {name: _checksum(values()) for name, values in inputs.items()}

    def unchanged() -> None:
        for name, checksum in seen.items():
            if _checksum(inputs[name]()) != checksum:
                raise AdjointError(
                    f"the {name} of {where} were overwritten before the backward pass: keep them as they were"
                )

    return unchanged


def _add(to: wp.array, values) -> None:
    """Adds values to a gradient array."""
    to.assign(to.numpy() + (values.numpy() if isinstance(values, wp.array) else values))


def _add_numbers(simulation: Simulation, gradient: np.ndarray) -> None:
    """Adds to the gradient of the parameters; the factors of schedules that follow them have none."""
    simulation.parameters.grad.assign(
        simulation.parameters.grad.numpy() + np.pad(gradient, (0, len(simulation.schedules)))
    )


def _checksum(values: np.ndarray) -> int:
    return zlib.crc32(np.ascontiguousarray(values))
