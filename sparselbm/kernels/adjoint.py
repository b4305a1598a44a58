"""The vector-Jacobian product of the step, and what every backward kernel gathers on its way."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ..trace.expression import Expression, pullback
from .context import KernelContext, traced_kernel


@dataclass(frozen=True)
class GradientTargets:
    """The inputs, beside the populations, with respect to which a kernel gives gradients."""

    solid: bool = False
    """Solid fractions, into `solid_adjoint`."""
    fields: bool = False
    """The models' values in each cell, into `fields_adjoint`."""
    parameters: bool = False
    """The models' numbers, into the tile's sums."""
    fractions: bool = False
    """The place of walls on their links, into `fractions_adjoint`."""


class Gather:
    """The inputs that a `GradientTargets` names, and the arrays that their adjoints are added to."""

    def __init__(self, wrt: GradientTargets, k: KernelContext):
        cell, tiles = k.cell, k.tiles
        self._k, self._names = k, k.physics.fields
        self._solid = [cell.solid_fraction] if tiles.solid and wrt.solid else []
        self._fields = [cell.field(name) for name in self._names] if tiles.fields and wrt.fields else []
        shares = range(1, k.lattice.size) if tiles.fractions and wrt.fractions else ()
        self._fractions = [cell.wall_distance(q) for q in shares]
        self._numbers = [k.trace.parameter(name) for name in k.physics.parameters] if wrt.parameters else []
        self.inputs = [*self._solid, *self._fields, *self._fractions, *self._numbers]

    def add(self, adjoints: Sequence, weight: Expression | float = 1.0) -> None:
        """Adds the adjoints of `inputs`; sums take the launch's weight by themselves."""
        rest = iter(adjoints)
        for value in islice(rest, len(self._solid)):
            self._k.add("solid_adjoint", [weight * value], 1)
        for at, value in enumerate(islice(rest, len(self._fields))):
            self._k.trace.increase_field("fields_adjoint", 0, at, len(self._names), weight * value)
        for q, value in enumerate(islice(rest, len(self._fractions)), start=1):
            self._k.trace.increase_field("fractions_adjoint", 1, q, len(self._fractions) + 1, weight * value)
        self._k.reduce(*rest)


@traced_kernel
def adjoint_kernel(k: KernelContext, wrt: GradientTargets) -> None:
    """The vector-Jacobian product of a step.

    source: the state before the step; adjoint: d J / d (incoming populations of the next step), differences_adjoint: the
    same for `Cell.differences`; target and differences_target receive both of this step, what `wrt` names is increased.
    """
    cell, S = k.cell, k.physics.size
    outgoing_adjoint = k.trace.gathered("adjoint", cell.links)
    for at, value in enumerate(k.trace.gathered_differences("differences_adjoint", cell.links), S - k.physics.kept):
        outgoing_adjoint[at] = outgoing_adjoint[at] + value
    outgoing, gather = cell.outgoing, Gather(wrt, k)
    D = len(cell.differences)
    adjoints = pullback(outgoing, outgoing_adjoint, [*cell.incoming, *cell.differences, *gather.inputs])
    k.write("target", adjoints[:S])
    k.write("differences_target", adjoints[S : S + D])
    gather.add(adjoints[S + D :])


@traced_kernel
def populations_adjoint_kernel(k: KernelContext, wrt: GradientTargets) -> None:
    """Adds `weight` times d J / d (state), in adjoint, streamed, to target, the gradient in the incoming populations.

    A state depends on no other input of a kernel, whatever `wrt` names.
    """
    values, weight = k.trace.streamed("adjoint", k.cell.links), k.trace.weight()
    k.add("target", (weight * value for value in values), k.physics.size)


@traced_kernel
def differences_transpose_kernel(k: KernelContext) -> None:
    """Adds the transpose of `Cell.differences`, with d J / d differences in differences_adjoint, to a state's d J in target."""
    S = k.physics.size
    kept = k.trace.gathered_differences("differences_adjoint", k.cell.links)
    k.add("target", dict(enumerate(kept, S - k.physics.kept)), S)
