"""Vector-Jacobian product of the step, and the gradients that all backward kernels accumulate."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from itertools import islice

from ..trace.expression import Expression, pullback
from .context import KernelContext, traced_kernel


@dataclass(frozen=True)
class GradientTargets:
    """Inputs, besides the populations, with respect to which a kernel computes gradients."""

    solid: bool = False
    """Solid fractions; their gradient is added to `solid_adjoint`."""
    fields: bool = False
    """Fields of the models; their gradient is added to `fields_adjoint`."""
    parameters: bool = False
    """Parameters of the models; their gradient is added to the sums of the tile."""
    fractions: bool = False
    """Link distances of walls; their gradient is added to `fractions_adjoint`."""

    @classmethod
    def union(cls, parts: "Iterable[GradientTargets]") -> "GradientTargets":
        """Returns the inputs that any of the parts contains."""
        chosen = [astuple(part) for part in parts]
        return cls(*(any(each) for each in zip(*chosen, strict=True)))


class Gather:
    """Inputs selected by `GradientTargets`, and the arrays to which their adjoints are added."""

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
        """Adds the adjoints of `inputs`, times `weight`; sums are multiplied by the weight of the launch in any case."""
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
    """Vector-Jacobian product of a step.

    source: the state before the step; adjoint: d J / d (incoming populations of the next step); differences_adjoint: the same
    for `Cell.differences`. target and differences_target receive both gradients for this step; the gradients selected by `wrt`
    are added to their arrays.
    """
    cell, S = k.cell, k.physics.size
    outgoing_adjoint = k.trace.gathered("adjoint", cell.links)
    of_velocity = k.trace.gathered_differences("differences_adjoint", cell.links)
    for at, value in enumerate(of_velocity, S - k.physics.stored_velocity_size):
        outgoing_adjoint[at] = outgoing_adjoint[at] + value
    outgoing, gather = cell.outgoing, Gather(wrt, k)
    D = len(cell.differences)
    adjoints = pullback(outgoing, outgoing_adjoint, [*cell.incoming, *cell.differences, *gather.inputs])
    k.write("target", adjoints[:S])
    k.write("differences_target", adjoints[S : S + D])
    gather.add(adjoints[S + D :])


@traced_kernel
def populations_adjoint_kernel(k: KernelContext, wrt: GradientTargets) -> None:
    """Adds `weight` times d J / d (state), given in adjoint, to target, the gradient in the incoming populations, by streaming.

    A state depends on no other input of a kernel, so that `wrt` has no effect.
    """
    values, weight = k.trace.streamed("adjoint", k.cell.links), k.trace.weight()
    k.add("target", (weight * value for value in values), k.physics.size)


@traced_kernel
def differences_transpose_kernel(k: KernelContext) -> None:
    """Adds the transpose of `Cell.differences`, applied to d J / d differences in differences_adjoint, to target."""
    S = k.physics.size
    of_velocity = k.trace.gathered_differences("differences_adjoint", k.cell.links)
    k.add("target", dict(enumerate(of_velocity, S - k.physics.stored_velocity_size)), S)
