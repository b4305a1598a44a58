"""The fused step, and streaming alone."""

from ..models.physics import Physics, TileClass
from ..trace.expression import ancestors
from .context import KernelContext, traced_kernel


@traced_kernel
def step_kernel(k: KernelContext) -> None:
    """source -> target: streaming (pull), boundary conditions and walls, collision, store."""
    k.write("target", k.cell.outgoing)


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
