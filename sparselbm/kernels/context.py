"""Recording of a kernel: the physics of a cell, and the arrays that the kernel reads, writes, adds to and sums into."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from ..backends import Backend
from ..models.physics import Physics, TileClass
from ..trace.expression import Expression
from .cell import Cell
from .kernel_trace import KernelTrace
from .tile_kernel import TileKernel


@dataclass(frozen=True)
class Target:
    """Number type and back end of a kernel."""

    precision: type
    """`wp.float32` or `wp.float64`."""
    backend: Backend


class KernelContext:
    """A kernel while it is recorded: its cell, and access to the arrays that `arguments.ARGUMENTS` names.

    An array is `[tile][size][cell]`; the values of the cell are lists with one `Expression` per component.
    """

    def __init__(self, physics: Physics, tiles: TileClass):
        self.physics, self.tiles, self.lattice = physics, tiles, physics.lattice
        self.trace = KernelTrace(physics.lattice, physics.parameters, physics.scalar_lattices, physics.stored_velocity_size)
        self.cell = Cell(physics, tiles, self.trace)

    def read(self, array: str, size: int) -> list[Expression]:
        """Values of this cell in an array of `size` components."""
        return [self.trace.local(array, k, size) for k in range(size)]

    def write(self, array: str, values: Sequence | Mapping[int, Any], size: int | None = None) -> None:
        """Stores values of this cell in all components of the array, or in the components of a mapping's keys out of `size`."""
        for k, value in _items(values):
            self.trace.store(array, k, size or len(values), value)

    def add(self, array: str, values: Iterable | Mapping[int, Any], size: int) -> None:
        """Adds to values of this cell, in the first components of an array of `size`, or in those of a mapping's keys."""
        for k, value in _items(values):
            self.trace.increase(array, k, size, value)

    def reduce(self, *values) -> None:
        """Adds the sum of each value over the fluid cells, times the weight of the launch, to the tile's next partial sum."""
        for value in values:
            self.trace.sum(self.cell.in_fluid(value))


def _items(values: Iterable | Mapping[int, Any]) -> Iterable[tuple[int, Any]]:
    return values.items() if isinstance(values, Mapping) else enumerate(values)


_Arguments = ParamSpec("_Arguments")


def traced_kernel(
    record: Callable[Concatenate[KernelContext, _Arguments], None],
) -> Callable[Concatenate[Physics, TileClass, Target, _Arguments], TileKernel]:
    """Decorator of a function that records a kernel in a context: returns its factory, `(physics, tiles, target, *arguments)`.

    Each call of the factory traces the kernel again, which takes some milliseconds, so that the kernel always contains the
    present values of variables that a user's functions refer to. Equal texts are compiled once.
    """

    @functools.wraps(record)
    def factory(physics: Physics, tiles: TileClass, target: Target, *arguments) -> TileKernel:
        return _recorded(record, physics, tiles, arguments).kernel(target.precision, target.backend)

    return factory  # type: ignore[return-value]


def trace_of(factory: Callable[..., TileKernel], physics: Physics, tiles: TileClass, *arguments) -> KernelTrace:
    """Trace of a kernel that `traced_kernel` made, for any printer."""
    return _recorded(inspect.unwrap(factory), physics, tiles, arguments)


def _recorded(record: Callable, physics: Physics, tiles: TileClass, arguments: Sequence) -> KernelTrace:
    context = KernelContext(physics, tiles)
    record(context, *arguments)
    return context.trace
