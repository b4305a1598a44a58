"""Text of a kernel over tiles, and the Warp kernel that it becomes."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import warp as wp

from ..backends.cpu import choose, with_stores
from .arguments import ARGUMENTS, signature
from .generated import run_source
from .reads import ShiftedValue


@dataclass(frozen=True)
class TileKernel:
    """Text of a kernel over tiles. Equal texts share one Warp kernel, which is created when it is first needed."""

    text: str
    precision: type
    streaming: bool = False
    """Whether stores bypass the CPU's cache, which is faster for arrays that are larger than the cache."""
    pulled: frozenset[ShiftedValue] = frozenset()
    """Values that are read from neighbouring cells."""
    pushed: Mapping[tuple[str, int], int] = field(default_factory=dict)
    """Arrays and components that are also written in neighbouring cells, where they were read, with the bit of the link there."""
    in_place: bool = False
    """Whether arrays that are read are also written; such writes never bypass the cache, which holds what they change."""
    given: tuple[float, ...] = ()
    """Numbers that are given at the launch (see `KernelTrace.number`)."""

    @property
    def launchable(self) -> wp.Kernel:
        """Warp kernel with the arguments `ARGUMENTS`."""
        return _launchable(with_stores(self.text, self.streaming), self.precision)


def fuse(kernels: Sequence[TileKernel]) -> TileKernel:
    """Merges CPU kernels into one, in which `classes` holds the index in `kernels` of the kernel of each tile."""
    if len(kernels) == 1:
        return kernels[0]
    pulled, texts, given = frozenset().union(*(kernel.pulled for kernel in kernels)), [], ()
    pushed = {place: bit for kernel in kernels for place, bit in kernel.pushed.items()}
    in_place = any(kernel.in_place for kernel in kernels)
    for kernel in kernels:
        texts.append(kernel.text.replace("given.data[", f"given.data[{len(given)} + ") if given else kernel.text)
        given += kernel.given
    return TileKernel(choose(texts), kernels[0].precision, pulled=pulled, pushed=pushed, in_place=in_place, given=given)


_SOURCE = """import warp as wp


@wp.func_native(text)
def cell_physics({signature}, thread: wp.int32): ...


@wp.kernel(enable_backward=False, module="unique")
def tile_kernel({signature}):
    cell_physics({names}, wp.tid())
"""


@functools.cache
def _launchable(text: str, precision: type) -> wp.Kernel:
    """Warp kernel around the text; cached, so that equal texts are compiled once."""
    source = _SOURCE.format(signature=", ".join(signature([*ARGUMENTS])), names=", ".join(ARGUMENTS))
    return run_source(source, {"text": text, "real": precision})["tile_kernel"]
