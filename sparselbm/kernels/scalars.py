"""Evaluation and initialisation of a scalar in every cell."""

from ..models.scalar.equilibrium import scalar_equilibrium
from .context import KernelContext, traced_kernel


@traced_kernel
def scalar_kernel(k: KernelContext, scalar: str) -> None:
    """source -> target `[tile][cell]`: phi of the incoming populations; 0 outside the fluid."""
    k.write("target", [k.cell.in_fluid(k.cell.scalar(scalar))])


@traced_kernel
def scalar_equilibrium_kernel(k: KernelContext, scalar: str) -> None:
    """adjoint `[tile][cell]` (phi), source (a state) -> target: the state, with the scalar at equilibrium with phi and u."""
    cell, own = k.cell, k.physics.components(scalar)
    state: list = k.read("source", k.physics.size)
    carried, phi = cell.carried[k.physics.scalar_number(scalar)], k.trace.local("adjoint")
    g = scalar_equilibrium(carried.lattice, phi, cell.bare_velocity)
    g[0] = g[0] + carried.latent(phi)
    state[own] = [cell.in_fluid(gq) for gq in g]
    k.write("target", state)
