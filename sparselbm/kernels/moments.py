"""Density and velocity of a state, the equilibrium with given density and velocity, and the adjoints of both."""

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
    """Vector-Jacobian product of `moments_kernel` with the vector in adjoint: `weight` times it is added to target, the gradient
    in the incoming populations, and to the gradients selected by `wrt` (moments depend on boundaries, forces and fields)."""
    cell, S = k.cell, k.physics.size
    moments = _moments(cell)
    given, gather = k.read("adjoint", len(moments)), Gather(wrt, k)
    adjoints = pullback(moments, given, [*cell.incoming, *gather.inputs])
    weight = k.trace.weight()
    k.add("target", (weight * v for v in adjoints[:S]), S)
    gather.add(adjoints[S:], weight)


@traced_kernel
def equilibrium_kernel(k: KernelContext) -> None:
    """source `[tile][1 + d][cell]` (density, velocity) -> target: equilibrium populations, including values stored at outlets and
    the stored velocity.

    The populations of scalars in target are not changed.
    """
    k.write("target", _at_equilibrium(k.cell, k.read("source", 1 + k.lattice.dimension)), k.physics.size)


@traced_kernel
def equilibrium_adjoint_kernel(k: KernelContext, wrt: GradientTargets) -> None:
    """Vector-Jacobian product of `equilibrium_kernel`. source: density and velocity; adjoint: d J / d (state); target
    `[tile][1 + d][cell]`: d J / d (density, velocity). Gradients selected by `wrt` are added to (outlets have parameters)."""
    moments, gather = k.read("source", 1 + k.lattice.dimension), Gather(wrt, k)
    state = _at_equilibrium(k.cell, moments)
    given = [k.trace.local("adjoint", at, k.physics.size) for at in state]
    adjoints = pullback([*state.values()], given, [*moments, *gather.inputs])
    k.write("target", adjoints[: len(moments)])
    gather.add(adjoints[len(moments) :])


def _at_equilibrium(cell: Cell, moments: Sequence) -> dict[int, Any]:
    """Components of a state that are determined by density and velocity, by index."""
    (density, *velocity), physics = moments, cell.physics
    f = equilibrium(cell.lattice, density - 1.0, velocity)
    settled = list(f)  # A collision does not change an equilibrium.
    if cell.links is not None:
        f = cell.conditions.remembered(settled, settled, f)
    stored = dict(zip(range(physics.size - physics.stored_velocity_size, physics.size), velocity, strict=False))
    return {k: cell.in_fluid(value) for k, value in [*enumerate(f), *stored.items()]}
