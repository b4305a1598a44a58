"""Density and velocity of a state, the equilibrium with given density and velocity, and the adjoints of both."""

from collections.abc import Sequence
from typing import Any

from ..lattice.equilibrium import equilibrium
from ..trace.expression import has_bit, pullback, where
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
    """source `[tile][1 + d][cell]` (density, velocity) -> target: populations that arrive at equilibrium in the next streaming,
    including values stored at outlets and the stored velocity.

    The populations of scalars in target are not changed.
    """
    cell, size = k.cell, 1 + k.lattice.dimension
    own = k.read("source", size)
    f, leaving = _equilibrium(cell, own), []
    for q, c in enumerate(k.lattice.velocities):
        there = [k.trace.shifted("source", n, size, c) for n in range(size)] if any(c) else own
        leaving.append(_equilibrium(cell, there)[q])
    k.write("target", _stored(cell, f, leaving, own), k.physics.size)


@traced_kernel
def equilibrium_adjoint_kernel(k: KernelContext, wrt: GradientTargets) -> None:
    """Vector-Jacobian product of `equilibrium_kernel`. source: density and velocity; adjoint: d J / d (state); target
    `[tile][1 + d][cell]`: d J / d (density, velocity). Gradients selected by `wrt` are added to (outlets have parameters)."""
    cell, moments, gather = k.cell, k.read("source", 1 + k.lattice.dimension), Gather(wrt, k)
    f = _equilibrium(cell, moments)
    state = _stored(cell, f, [0.0] * k.lattice.size, moments)
    given = [k.trace.local("adjoint", at, k.physics.size) for at in state]
    arriving = k.trace.streamed("adjoint", cell.links)[: k.lattice.size]
    if cell.links is not None:  # Populations that return from walls and openings are values of the state in this cell.
        arriving = [arriving[0], *(where(has_bit(cell.links, q), 0.0, arriving[q]) for q in range(1, k.lattice.size))]
    outputs = [*(cell.in_fluid(fq) for fq in f), *state.values()]
    adjoints = pullback(outputs, [*arriving, *given], [*moments, *gather.inputs])
    k.write("target", adjoints[: len(moments)])
    gather.add(adjoints[len(moments) :])


def _equilibrium(cell: Cell, moments: Sequence) -> list:
    density, *velocity = moments
    return equilibrium(cell.lattice, density - 1.0, velocity)


def _stored(cell: Cell, f: Sequence, leaving: Sequence, moments: Sequence) -> dict[int, Any]:
    """Components of a state whose incoming populations are f, by index. `leaving`: those of the neighbours downstream.

    Walls return the equilibrium of the cell. At openings the outgoing populations are those of a cell at equilibrium, which a
    collision does not change; the condition makes the incoming ones of them.
    """
    physics, outgoing = cell.physics, list(leaving)
    if cell.links is not None:
        outgoing = [
            where(has_bit(cell.links, p), f[p], value) if p != q else value
            for q, (p, value) in enumerate(zip(cell.lattice.opposites, leaving, strict=True))
        ]
        outgoing = cell.conditions.settled(f, outgoing)
    stored = dict(zip(range(physics.size - physics.stored_velocity_size, physics.size), moments[1:], strict=False))
    return {k: cell.in_fluid(value) for k, value in [*enumerate(outgoing), *stored.items()]}
