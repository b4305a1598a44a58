"""Sums over the fluid of what each cell knows, their gradients, and the force in each cell."""

from typing import Any, Protocol

from ..trace.expression import pullback
from .adjoint import Gather, GradientTargets
from .cell import Cell
from .context import KernelContext, traced_kernel


class Summand(Protocol):
    """Frozen value that is summed over the cells, such as an `Observable`."""

    def summand(self, cell: Cell) -> Any:
        """Contribution of a cell, traced."""
        ...


@traced_kernel
def integral_kernel(k: KernelContext, objectives: tuple[Summand, ...]) -> None:
    """Adds `weight` times the sum of each objective's integrand over each tile to its partial sum: what they share is
    computed once."""
    for objective in objectives:
        k.reduce(objective.summand(k.cell))


@traced_kernel
def integral_adjoint_kernel(k: KernelContext, objective: Summand, wrt: GradientTargets) -> None:
    """Adds `weight` times the gradient of the sum of `objective.summand(cell)` to the targets of `adjoint_kernel` and to
    what `wrt` names."""
    cell, gather = k.cell, Gather(wrt, k)
    inputs = [*cell.incoming, *cell.differences, *gather.inputs]
    S, D = k.physics.size, len(cell.differences)
    # Masked afterwards: an integrand may divide by a number that is 0 outside the fluid.
    adjoints = [cell.in_fluid(v) for v in pullback([objective.summand(cell)], [1.0], inputs)]
    weight = k.trace.weight()
    k.add("target", (weight * v for v in adjoints[:S]), S)
    k.add("differences_target", (weight * v for v in adjoints[S : S + D]), D)
    gather.add(adjoints[S + D :], weight)


@traced_kernel
def force_field_kernel(k: KernelContext) -> None:
    """source -> target `[tile][d][cell]`: the force of the fluid on the solid in each cell."""
    k.write("target", [k.cell.in_fluid(F) for F in k.cell.force_on_solid])
