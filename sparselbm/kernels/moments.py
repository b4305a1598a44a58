"""Density and velocity of a state, the equilibrium that has them, and the adjoints of both."""

from collections.abc import Sequence
from typing import Any

from ..lattice.equilibrium import equilibrium
from ..trace.expression import pullback
from .adjoint import Gather, GradientTargets
from .cell import Cell
from .context import KernelContext, traced_kernel


@traced_kernel
def moments_kernel(k: KernelContext) -> None:
    """source -> target `[tile][1 + d][cell]`: density and velocity of the incoming populations; 1 and 0 outside."""
    excess, *velocity = _moments(k.cell)
    k.write("target", [1.0 + excess, *velocity])


def _moments(cell: Cell) -> list:
    """rho - 1 and u, both 0 outside the fluid."""
    return [cell.in_fluid(value) for value in (cell.density_perturbation, *cell.velocity)]


@traced_kernel
def moments_adjoint_kernel(k: KernelContext, wrt: GradientTargets) -> None:
    """The vector-Jacobian product of `moments_kernel`, with v in adjoint: target, the gradient in the incoming populations,
    is increased by `weight` times it, and what `wrt` names (boundaries, forces and fields enter the moments)."""
    cell, S = k.cell, k.physics.size
    moments = _moments(cell)
    given, gather = k.read("adjoint", len(moments)), Gather(wrt, k)
    adjoints = pullback(moments, given, [*cell.incoming, *gather.inputs])
    weight = k.trace.weight()
    k.add("target", (weight * v for v in adjoints[:S]), S)
    gather.add(adjoints[S:], weight)


@traced_kernel
def equilibrium_kernel(k: KernelContext) -> None:
    """source `[tile][1 + d][cell]` (density, velocity) -> target: equilibrium populations, outlets' memory and kept velocity
    included.

    Those of scalars stay as they are in target.
    """
    k.write("target", _at_equilibrium(k.cell, k.read("source", 1 + k.lattice.dimension)), k.physics.size)


@traced_kernel
def equilibrium_adjoint_kernel(k: KernelContext, wrt: GradientTargets) -> None:
    """The vector-Jacobian product of `equilibrium_kernel`: source, density and velocity; adjoint, d J / d (state);
    target `[tile][1 + d][cell]`, d J / d (density, velocity). What `wrt` names is increased: outlets' numbers enter."""
    moments, gather = k.read("source", 1 + k.lattice.dimension), Gather(wrt, k)
    state = _at_equilibrium(k.cell, moments)
    given = [k.trace.local("adjoint", at, k.physics.size) for at in state]
    adjoints = pullback([*state.values()], given, [*moments, *gather.inputs])
    k.write("target", adjoints[: len(moments)])
    gather.add(adjoints[len(moments) :])


def _at_equilibrium(cell: Cell, moments: Sequence) -> dict[int, Any]:
    """The components of a state that density and velocity set."""
    (density, *velocity), physics = moments, cell.physics
    f = equilibrium(cell.lattice, density - 1.0, velocity)
    settled = list(f)  # A collision leaves an equilibrium as it is.
    if cell.links is not None:
        f = cell.conditions.remembered(settled, settled, f)
    kept = dict(zip(range(physics.size - physics.kept, physics.size), velocity, strict=False))
    return {k: cell.in_fluid(value) for k, value in [*enumerate(f), *kept.items()]}
