"""The tile kernels: the fused step, its vector-Jacobian product, and their helpers. All cached on frozen values."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from ..lattice.equilibrium import equilibrium
from ..models.physics import Physics, TileClass
from ..models.scalar.equilibrium import scalar_equilibrium
from ..models.wall.partially_saturated import SOLID_THRESHOLD
from ..trace.expression import Expression, ancestors, dot, has_bit, pullback, total, where
from .cell import Cell
from .tile_kernel import TileKernel, TileTrace


class Integrand(Protocol):
    """A frozen value that gives the number that is summed over the cells."""

    def integrand(self, cell: Cell) -> Any:
        """The contribution of a cell, traced."""
        ...


@dataclass(frozen=True)
class Target:
    """What a kernel is built for."""

    precision: type
    """`wp.float32` or `wp.float64`."""
    cuda: bool


def _begin(physics: Physics, tiles: TileClass) -> tuple[TileTrace, Cell]:
    trace = TileTrace(physics.lattice, physics.parameters, physics.carried, physics.kept)
    return trace, Cell(physics, tiles, trace)


@functools.cache
def step_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """source -> target: stream in, apply boundaries and walls, collide, store."""
    trace, cell = _begin(physics, tiles)
    for q, value in enumerate(cell.outgoing):
        trace.store("target", q, physics.size, value)
    return trace.kernel(target.precision, target.cuda)


def unread_numbers(physics: Physics) -> list[str]:
    """Those of the `Tunable` numbers that no equation of the step reads."""
    trace, cell = _begin(physics, TileClass(walls=True, solid=bool(physics.obstacles), fields=bool(physics.fields)))
    read = ancestors(cell.outgoing)
    return [name for name in physics.tunable if trace.parameter(name).index not in read]


@dataclass(frozen=True)
class GradientTargets:
    """With respect to what, beside the populations, a kernel gives gradients."""

    solid: bool = False
    """Solid fractions, into `solid_adjoint`."""
    fields: bool = False
    """The models' values in each cell, into `fields_adjoint`."""
    parameters: bool = False
    """The models' numbers, into the tile's sums."""
    fractions: bool = False
    """Where walls lie on their links, into `fractions_adjoint`."""


class _Gather:
    """The inputs that a `GradientTargets` names, and where their adjoints go."""

    def __init__(self, wrt: GradientTargets, trace: TileTrace, cell: Cell, tiles: TileClass):
        self._trace, self._names = trace, cell.physics.fields
        self._solid = [cell.solid_fraction] if tiles.solid and wrt.solid else []
        self._fields = [cell.field(name) for name in self._names] if tiles.fields and wrt.fields else []
        shares = range(1, cell.lattice.size) if tiles.fractions and wrt.fractions else ()
        self._fractions = [cell.wall_distance(q) for q in shares]
        self._numbers = [trace.parameter(name) for name in cell.physics.parameters] if wrt.parameters else []
        self.inputs = [*self._solid, *self._fields, *self._fractions, *self._numbers]

    def add(self, adjoints: Sequence, weight: Expression | float = 1.0) -> None:
        """Adds what belongs to `inputs`; sums take the launch's weight by themselves."""
        rest = iter(adjoints)
        for value in islice(rest, len(self._solid)):
            self._trace.increase("solid_adjoint", 0, 1, weight * value)
        for k, value in enumerate(islice(rest, len(self._fields))):
            self._trace.increase_field("fields_adjoint", 0, k, len(self._names), weight * value)
        for q, value in enumerate(islice(rest, len(self._fractions)), start=1):
            self._trace.increase_field("fractions_adjoint", 1, q, len(self._fractions) + 1, weight * value)
        for value in rest:
            self._trace.sum(value)


@functools.cache
def adjoint_kernel(physics: Physics, tiles: TileClass, target: Target, wrt: GradientTargets) -> TileKernel:
    """The vector-Jacobian product of a step.

    source: the state before the step; adjoint: d J / d (incoming populations of the next step), differences_adjoint: the
    same for `Cell.differences`; target and differences_target receive both of this step, what `wrt` names is increased.
    """
    trace, cell = _begin(physics, tiles)
    outgoing_adjoint = trace.gathered("adjoint", cell.links)
    for k, value in enumerate(trace.gathered_differences("differences_adjoint", cell.links), physics.size - physics.kept):
        outgoing_adjoint[k] = outgoing_adjoint[k] + value
    outgoing, gather = cell.outgoing, _Gather(wrt, trace, cell, tiles)
    S, D = physics.size, len(cell.differences)
    adjoints = pullback(outgoing, outgoing_adjoint, [*cell.incoming, *cell.differences, *gather.inputs])
    for q in range(S):
        trace.store("target", q, S, adjoints[q])
    for k in range(D):
        trace.store("differences_target", k, D, adjoints[S + k])
    gather.add(adjoints[S + D :])
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def integral_kernel(physics: Physics, tiles: TileClass, target: Target, objective: Integrand) -> TileKernel:
    """Adds `weight` times the sum of `objective.integrand(cell)` over each tile to its partial sum."""
    trace, cell = _begin(physics, tiles)
    trace.sum(_in_fluid(cell, objective.integrand(cell)))
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def integral_adjoint_kernel(
    physics: Physics, tiles: TileClass, target: Target, objective: Integrand, wrt: GradientTargets
) -> TileKernel:
    """Adds `weight` times the gradient of the sum of `objective.integrand(cell)` to the targets of `adjoint_kernel` and to
    what `wrt` names."""
    trace, cell = _begin(physics, tiles)
    gather = _Gather(wrt, trace, cell, tiles)
    inputs = [*cell.incoming, *cell.differences, *gather.inputs]
    S, D = physics.size, len(cell.differences)
    adjoints = [_in_fluid(cell, v) for v in pullback([objective.integrand(cell)], [1.0], inputs)]
    weight = trace.weight()
    for q in range(S):
        trace.increase("target", q, S, weight * adjoints[q])
    for k in range(D):
        trace.increase("differences_target", k, D, weight * adjoints[S + k])
    gather.add(adjoints[S + D :], weight)
    return trace.kernel(target.precision, target.cuda)


def _in_fluid(cell: Cell, value):
    """The value, and 0 outside the domain, whatever was computed there: an objective may divide by what is 0."""
    return value if cell.links is None else where(has_bit(cell.links, 0), 0.0, value)


@functools.cache
def moments_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """source -> target `[tile][1 + d][cell]`: density and velocity of the incoming populations; 1 and 0 outside."""
    trace, cell = _begin(physics, tiles)
    size = 1 + physics.lattice.dimension
    trace.store("target", 0, size, 1.0 + cell.fluid * cell.density_perturbation)
    for k, u in enumerate(cell.velocity):
        trace.store("target", 1 + k, size, cell.fluid * u)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def moments_adjoint_kernel(physics: Physics, tiles: TileClass, target: Target, wrt: GradientTargets) -> TileKernel:
    """The vector-Jacobian product of `moments_kernel`, with v in adjoint: target, the gradient in the incoming populations,
    is increased by `weight` times it, and what `wrt` names (boundaries, forces and fields enter the moments)."""
    trace, cell = _begin(physics, tiles)
    S, size = physics.size, 1 + physics.lattice.dimension
    moments = [cell.fluid * value for value in (cell.density_perturbation, *cell.velocity)]
    given = [trace.local("adjoint", k, size) for k in range(size)]
    gather = _Gather(wrt, trace, cell, tiles)
    adjoints = pullback(moments, given, [*cell.incoming, *gather.inputs])
    weight = trace.weight()
    for q in range(S):
        trace.increase("target", q, S, weight * adjoints[q])
    gather.add(adjoints[S:], weight)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def populations_adjoint_kernel(physics: Physics, tiles: TileClass, target: Target, wrt: GradientTargets) -> TileKernel:
    """Adds `weight` times d J / d (state), in adjoint, streamed, to target, the gradient in the incoming populations.

    A state depends on no other input of a kernel, whatever `wrt` names.
    """
    trace, cell = _begin(physics, tiles)
    for q, value in enumerate(trace.streamed("adjoint", cell.links)):
        trace.increase("target", q, physics.size, trace.weight() * value)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def stream_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """source -> target: what streams in, before any boundary condition. A permutation, undone by its transpose."""
    trace, cell = _begin(physics, tiles)
    for q, value in enumerate(cell.incoming):
        trace.store("target", q, physics.size, value)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def mass_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """Sum over the fluid of rho - 1, of the populations in source as they are stored."""
    trace, cell = _begin(physics, tiles)
    Q = physics.lattice.size
    trace.sum(total(trace.local("source", q, physics.size) for q in range(Q)) * cell.fluid)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def change_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """Sums of a.a, (a - b).(a - b), m.a and m.m, with a in `adjoint`, b in `source`, and m of `_amount_adjoint`.

    First those of the flow's populations, then those of each scalar's. Over cells that are not wholly solid.
    """
    trace, cell = _begin(physics, tiles)
    S = physics.size
    a = [trace.local("adjoint", q, S) for q in range(S)]
    d = [aq - trace.local("source", q, S) for q, aq in enumerate(a)]
    amounts = [_amount_adjoint(cell, own)[own] for own in physics.blocks]
    seen = cell.mask(cell.solid_fraction < SOLID_THRESHOLD) if tiles.solid else 1.0
    for own, m in zip(physics.blocks, amounts, strict=True):
        for value in (dot(a[own], a[own]), dot(d[own], d[own]), dot(m, a[own]), dot(m, m)):
            trace.sum(_in_fluid(cell, seen * value))
    return trace.kernel(target.precision, target.cuda)


def _amount_adjoint(cell: Cell, own: slice) -> list:
    """m = d M / d (incoming populations) of the mass M that walls keep, in which a cell on a plane of symmetry counts half,
    or with the populations `own` of a scalar, of its amount.

    M is conserved where nothing comes in or goes out, so that m is then a fixed point of the step's transpose.
    """
    if own.start:
        g = cell.carried[cell.physics.blocks.index(own) - 1].g
        return pullback(g, [cell.fluid] * len(g), cell.incoming)
    share = cell.fluid
    for k, boundary in enumerate(cell.physics.boundaries):
        share = where(cell.along(k), boundary.mass_share * share, share)
    return pullback(cell.f, [share] * cell.lattice.size, cell.incoming)


@functools.cache
def amount_adjoint_kernel(physics: Physics, tiles: TileClass, target: Target, block: int) -> TileKernel:
    """Adds `weight` times `_amount_adjoint` of one of the `blocks` to target."""
    trace, cell = _begin(physics, tiles)
    own = physics.blocks[block]
    for q, m in list(enumerate(_amount_adjoint(cell, own)))[own]:
        trace.increase("target", q, physics.size, trace.weight() * m)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def force_field_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """source -> target `[tile][d][cell]`: the force of the fluid on the solid in each cell."""
    trace, cell = _begin(physics, tiles)
    for k, value in enumerate(cell.force_on_solid):
        trace.store("target", k, physics.lattice.dimension, cell.fluid * value)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def equilibrium_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """source `[tile][1 + d][cell]` (density, velocity) -> target: equilibrium populations, outlets' memory and kept velocity
    included.

    Those of scalars stay as they are in target.
    """
    trace, cell = _begin(physics, tiles)
    for k, value in _at_equilibrium(cell, _given_moments(trace)).items():
        trace.store("target", k, physics.size, value)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def equilibrium_adjoint_kernel(physics: Physics, tiles: TileClass, target: Target, wrt: GradientTargets) -> TileKernel:
    """The vector-Jacobian product of `equilibrium_kernel`: source, density and velocity; adjoint, d J / d (state);
    target `[tile][1 + d][cell]`, d J / d (density, velocity). What `wrt` names is increased: outlets' numbers enter."""
    trace, cell = _begin(physics, tiles)
    moments, gather = _given_moments(trace), _Gather(wrt, trace, cell, tiles)
    state = _at_equilibrium(cell, moments)
    given = [trace.local("adjoint", k, physics.size) for k in state]
    adjoints = pullback([*state.values()], given, [*moments, *gather.inputs])
    for k in range(len(moments)):
        trace.store("target", k, len(moments), adjoints[k])
    gather.add(adjoints[len(moments) :])
    return trace.kernel(target.precision, target.cuda)


def _given_moments(trace: TileTrace) -> list:
    """Density and velocity, from source."""
    size = 1 + trace.lattice.dimension
    return [trace.local("source", k, size) for k in range(size)]


def _at_equilibrium(cell: Cell, moments: Sequence) -> dict[int, Any]:
    """The components of a state that density and velocity set."""
    (density, *velocity), physics = moments, cell.physics
    f = equilibrium(cell.lattice, density - 1.0, velocity)
    settled = list(f)  # An equilibrium is what a collision leaves as it is.
    for k, boundary in enumerate(cell.boundaries if cell.links is not None else ()):
        for q, value in boundary.memory(cell.lattice, settled, settled).items():
            f[q] = where(cell.along(k), value, f[q])
    kept = dict(zip(range(physics.size - physics.kept, physics.size), velocity, strict=False))
    return {k: _in_fluid(cell, value) for k, value in [*enumerate(f), *kept.items()]}


@functools.cache
def scalar_kernel(physics: Physics, tiles: TileClass, target: Target, scalar: str) -> TileKernel:
    """source -> target `[tile][cell]`: phi of the incoming populations; 0 outside."""
    trace, cell = _begin(physics, tiles)
    trace.store("target", 0, 1, _in_fluid(cell, cell.scalar(scalar)))
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def scalar_equilibrium_kernel(physics: Physics, tiles: TileClass, target: Target, scalar: str) -> TileKernel:
    """adjoint `[tile][cell]` (phi), source (a state) -> target: the state with that scalar's equilibrium at the flow's u."""
    trace, cell = _begin(physics, tiles)
    own, S = physics.components(scalar), physics.size
    state: list = [trace.local("source", q, S) for q in range(S)]
    lattice = cell.carried[physics.scalar_number(scalar)].lattice
    g = scalar_equilibrium(lattice, trace.local("adjoint"), cell.bare_velocity)
    state[own] = [_in_fluid(cell, gq) for gq in g]
    for q, value in enumerate(state):
        trace.store("target", q, S, value)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def unstream_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """adjoint -> target: the transpose of `stream_kernel`, from incoming populations back to the state they came from."""
    trace, cell = _begin(physics, tiles)
    for q, value in enumerate(trace.gathered("adjoint", cell.links)):
        trace.store("target", q, physics.size, value)
    return trace.kernel(target.precision, target.cuda)


@functools.cache
def differences_transpose_kernel(physics: Physics, tiles: TileClass, target: Target) -> TileKernel:
    """Adds the transpose of `Cell.differences`, with d J / d differences in differences_adjoint, to a state's d J in target."""
    trace, cell = _begin(physics, tiles)
    for k, value in enumerate(trace.gathered_differences("differences_adjoint", cell.links), physics.size - physics.kept):
        trace.increase("target", k, physics.size, value)
    return trace.kernel(target.precision, target.cuda)
