"""Integrals over the fluid, their gradients, and the force on the solid in each cell."""

from typing import Any, Protocol

from ..trace.expression import pullback
from .adjoint import Gather, GradientTargets
from .cell import Cell
from .context import KernelContext, traced_kernel


class Summand(Protocol):
    """Frozen value that defines what is summed over the cells, such as an `Observable`."""

    def summand(self, cell: Cell) -> Any:
        """Traced contribution of a cell."""
        ...


@traced_kernel
def integral_kernel(k: KernelContext, objectives: tuple[Summand, ...]) -> None:
    """Adds `weight` times the integral of each objective over each tile to its partial sums; common subexpressions are computed
    once."""
    for objective in objectives:
        k.reduce(objective.summand(k.cell))


@traced_kernel
def integral_adjoint_kernel(k: KernelContext, objective: Summand, wrt: GradientTargets) -> None:
    """Adds `weight` times the gradient of the sum of `objective.summand(cell)` to the targets of `adjoint_kernel` and to the
    gradients selected by `wrt`."""
    cell, gather = k.cell, Gather(wrt, k)
    inputs = [*cell.incoming, *cell.differences, *gather.inputs]
    S, D = k.physics.size, len(cell.differences)
    # Masked after the pullback: an integrand may divide by a value that is 0 outside the fluid.
    adjoints = [cell.in_fluid(v) for v in pullback([objective.summand(cell)], [1.0], inputs)]
    weight = k.trace.weight()
    k.add("target", (weight * v for v in adjoints[:S]), S)
    k.add("differences_target", (weight * v for v in adjoints[S : S + D]), D)
    gather.add(adjoints[S + D :], weight)


@traced_kernel
def force_field_kernel(k: KernelContext) -> None:
    """source -> target `[tile][d][cell]`: force of the fluid on the solid in each cell."""
    k.write("target", [k.cell.in_fluid(F) for F in k.cell.force_on_solid])
