"""The fused step between two arrays or in place, and streaming alone.

In place (the AA pattern: P. Bailey, J. Myre, S. Walsh, D. Lilja, M. Saar, ICPP 2009, p. 550) steps come in pairs. The even one
writes the outgoing populations of a cell to where it has read the incoming ones, which is where the odd one finds them without
a neighbour (but for the stored velocity of a subgrid model). After a pair the populations lie as after two steps between two
arrays, with the same bits.
"""

from ..models.physics import Physics, TileClass
from ..trace.expression import ancestors
from .context import KernelContext, traced_kernel
from .kernel_trace import VELOCITIES


@traced_kernel
def step_kernel(k: KernelContext) -> None:
    """source -> target: streaming (pull), boundary conditions and walls, collision, store."""
    k.write("target", k.cell.outgoing)


@traced_kernel
def even_step_kernel(k: KernelContext) -> None:
    """First step of a pair in place, source -> source: pull, collision, push."""
    masks = k.trace.link_masks(k.cell.links)  # Before the populations, each of which is written as soon as it is known.
    k.trace.push("source", k.cell.outgoing, masks)


@traced_kernel
def odd_step_kernel(k: KernelContext) -> None:
    """Second step of a pair in place, source -> source: every cell reads and writes its own populations alone."""
    k.cell.incoming = k.trace.awaited("source")
    k.cell.differences = k.trace.differences(VELOCITIES, k.cell.links)
    k.write("source", k.cell.outgoing)


@traced_kernel
def settle_kernel(k: KernelContext) -> None:
    """source -> source: after an even step, the populations as a step between two arrays leaves them."""
    k.trace.settle("source", k.trace.link_masks(k.cell.links))


def unread_numbers(physics: Physics) -> list[str]:
    """Names of the runtime parameters that no equation of the step reads."""
    k = KernelContext(physics, TileClass(walls=True, solid=bool(physics.obstacles), fields=bool(physics.fields)))
    read = ancestors(k.cell.outgoing)
    return [name for name in physics.tunable if k.trace.parameter(name).index not in read]


@traced_kernel
def stream_kernel(k: KernelContext) -> None:
    """source -> target: incoming populations before boundary conditions. The inverse of this permutation is its transpose."""
    k.write("target", k.cell.incoming)


@traced_kernel
def unstream_kernel(k: KernelContext) -> None:
    """adjoint -> target: transpose of `stream_kernel`, from incoming populations back to the state before streaming."""
    k.write("target", k.trace.gathered("adjoint", k.cell.links))
