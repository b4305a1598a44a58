"""Runs on a user's own `wp.Tape`, between kernels of their own."""

import warp as wp

from ..memory import tile_array
from ..simulation import Simulation
from ..step import moments_adjoint_kernel, moments_kernel, unstream_kernel
from .checkpointed import Checkpointed
from .plan import Plan, Window
from .reverse import AdjointError, Reverse


def tape_array(simulation: Simulation, size: int) -> wp.array:
    """Zeros `[tile][size][cell]` that require a gradient: populations have size Q, moments 1 + d."""
    array = tile_array(simulation.domain, size, simulation.precision)
    array.grad = tile_array(simulation.domain, size, simulation.precision)
    return array


def run_on_tape(
    tape: wp.Tape, simulation: Simulation, populations: wp.array, steps: int, *, plan: Plan = Checkpointed(),
) -> wp.array:  # fmt: skip
    """Advances `populations` (from `tape_array`) by `steps` on a tape; gives the populations after the run.

    `tape.backward` then adds to `populations.grad`, to `simulation.parameters.grad` where they require a gradient, and to
    `points.grad` of every obstacle's geometry. The backward pass repeats the run, with the memory of its plan: the input
    must still be what it was, which is checked by a checksum. Raises AdjointError.
    """
    if populations.grad is None:
        raise AdjointError("run_on_tape: the populations have no gradient; make them with tape_array")
    result = tape_array(simulation, simulation.lattice.size)
    seen = _checksum(populations)
    _copy(simulation.state, populations)
    simulation.run(steps)
    _copy(result, simulation.state)

    def backward() -> None:
        if _checksum(populations) != seen:
            raise AdjointError("the populations given to run_on_tape were overwritten before the backward pass: keep them")
        wrt_solid, wrt_parameters = simulation.solid is not None, simulation.parameters.requires_grad
        reverse = Reverse(simulation, None, wrt_solid=wrt_solid, wrt_parameters=wrt_parameters)
        reverse.start_from(result.grad)
        _copy(simulation.state, populations)
        plan.run(simulation, reverse, None, steps, Window())
        _add(populations.grad, reverse.initial_adjoint())
        if wrt_parameters:
            _add(simulation.parameters.grad, reverse.parameter_gradient())
        for geometry in simulation.geometry if wrt_solid else ():
            _add(geometry.points.grad, reverse.points_gradient(geometry.name))

    tape.record_func(backward, [populations, result])
    return result


def moments_on_tape(tape: wp.Tape, simulation: Simulation, populations: wp.array) -> wp.array:
    """Density and velocity, `[tile][1 + d][cell]`, of populations on a tape, for a user's kernel to read."""
    result = tape_array(simulation, 1 + simulation.lattice.dimension)
    simulation.general_sweep(moments_kernel)(source=populations, solid=simulation.solid, target=result)

    def backward() -> None:
        incoming, outgoing = simulation.new_state(), simulation.new_state()
        arrays = {"source": populations, "solid": simulation.solid}
        simulation.general_sweep(moments_adjoint_kernel)(adjoint=result.grad, target=incoming, **arrays)
        simulation.general_sweep(unstream_kernel)(adjoint=incoming, target=outgoing)
        _add(populations.grad, outgoing)

    tape.record_func(backward, [populations, result])
    return result


def _copy(to: wp.array, source: wp.array) -> None:
    """A copy that no active tape records: its gradient is this file's own business."""
    to.assign(source.numpy()) if to.device.is_cpu else wp.copy(to, source)


def _add(to: wp.array, values) -> None:
    """Adds values to a gradient array."""
    to.assign(to.numpy() + (values.numpy() if isinstance(values, wp.array) else values))


def _checksum(array: wp.array) -> float:
    return float(array.numpy().view("u4").sum(dtype="u8"))
