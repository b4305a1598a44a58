"""Conserved quantities of a flow, mass and amounts of scalars, and the change of the populations."""

from ..models.wall.partially_saturated import SOLID_THRESHOLD
from ..trace.expression import dot, pullback, total
from .cell import Cell
from .context import KernelContext, traced_kernel


@traced_kernel
def mass_kernel(k: KernelContext) -> None:
    """Sum of rho - 1 over the fluid, from the populations in source as they are stored."""
    k.reduce(total(k.trace.local("source", q, k.physics.size) for q in range(k.lattice.size)))


@traced_kernel
def change_kernel(k: KernelContext) -> None:
    """Sums of a.a, (a - b).(a - b), m.a and m.m, with a in `adjoint`, b in `source`, and m from `_amount_adjoint`.

    The sums for the populations of the flow come first, then those for each scalar; fully solid cells are left out.
    """
    cell, S = k.cell, k.physics.size
    a = k.read("adjoint", S)
    d = [aq - k.trace.local("source", q, S) for q, aq in enumerate(a)]
    amounts = [_amount_adjoint(cell, own)[own] for own in k.physics.blocks]
    seen = cell.mask(cell.solid_fraction < SOLID_THRESHOLD) if k.tiles.solid else 1.0
    for own, m in zip(k.physics.blocks, amounts, strict=True):
        for value in (dot(a[own], a[own]), dot(d[own], d[own]), dot(m, a[own]), dot(m, m)):
            k.reduce(seen * value)


@traced_kernel
def amount_adjoint_kernel(k: KernelContext, block: int) -> None:
    """Adds `weight` times `_amount_adjoint` of one of `Physics.blocks` to target."""
    own, weight = k.physics.blocks[block], k.trace.weight
    k.add("target", {q: weight() * m for q, m in list(enumerate(_amount_adjoint(k.cell, own)))[own]}, k.physics.size)


def _amount_adjoint(cell: Cell, own: slice) -> list:
    """m = d M / d (incoming populations), where M is the mass (a cell on a plane of symmetry counts half) or, if `own` are the
    populations of a scalar, its amount.

    Walls conserve M. In a closed domain m is therefore a fixed point of the transposed step.
    """
    if own.start:
        g = cell.carried[cell.physics.blocks.index(own) - 1].g
        return pullback(g, [cell.in_fluid(1.0)] * len(g), cell.incoming)
    return pullback(cell.f, [cell.in_fluid(cell.mass_share)] * cell.lattice.size, cell.incoming)
