"""The fused step, and streaming alone."""

from ..models.physics import Physics, TileClass
from ..trace.expression import ancestors
from .context import KernelContext, traced_kernel


@traced_kernel
def step_kernel(k: KernelContext) -> None:
    """source -> target: stream in, apply boundaries and walls, collide, store."""
    k.write("target", k.cell.outgoing)


def unread_numbers(physics: Physics) -> list[str]:
    """The `Tunable` numbers that no equation of the step reads."""
    k = KernelContext(physics, TileClass(walls=True, solid=bool(physics.obstacles), fields=bool(physics.fields)))
    read = ancestors(k.cell.outgoing)
    return [name for name in physics.tunable if k.trace.parameter(name).index not in read]


@traced_kernel
def stream_kernel(k: KernelContext) -> None:
    """source -> target: the incoming populations, before any boundary condition. A permutation, undone by its transpose."""
    k.write("target", k.cell.incoming)


@traced_kernel
def unstream_kernel(k: KernelContext) -> None:
    """adjoint -> target: the transpose of `stream_kernel`, from incoming populations back to the state they came from."""
    k.write("target", k.trace.gathered("adjoint", k.cell.links))
