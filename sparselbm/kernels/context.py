"""The one way to begin a kernel: a cell's physics, and the arrays that it reads, writes, adds to and sums into."""

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

from ..backends import Backend
from ..models.physics import Physics, TileClass
from ..trace.expression import Expression
from .cell import Cell
from .tile_kernel import TileKernel, TileTrace


@dataclass(frozen=True)
class Target:
    """Number type and back end of a kernel."""

    precision: type
    """`wp.float32` or `wp.float64`."""
    backend: Backend


class KernelContext:
    """A kernel while it is recorded: the cell, and ports to the arrays named in `tile_kernel.ARGUMENTS`.

    A port's array is `[tile][size][cell]`; the cell's values are lists with one `Expression` for each component.
    """

    def __init__(self, physics: Physics, tiles: TileClass):
        self.physics, self.tiles, self.lattice = physics, tiles, physics.lattice
        self.trace = TileTrace(physics.lattice, physics.parameters, physics.carried, physics.kept)
        self.cell = Cell(physics, tiles, self.trace)

    def read(self, array: str, size: int) -> list[Expression]:
        """This cell's own values in an array of `size` components."""
        return [self.trace.local(array, k, size) for k in range(size)]

    def write(self, array: str, values: Sequence | Mapping[int, Any], size: int | None = None) -> None:
        """Stores this cell's values: all components of the array, or those that a mapping names, of `size`."""
        for k, value in _items(values):
            self.trace.store(array, k, size or len(values), value)

    def add(self, array: str, values: Iterable | Mapping[int, Any], size: int) -> None:
        """Adds to this cell's values: to the first components of an array of `size`, or to those that a mapping names."""
        for k, value in _items(values):
            self.trace.increase(array, k, size, value)

    def reduce(self, *values) -> None:
        """Adds the sum over the fluid cells of each value, times the launch's weight, to the tile's next partial sum."""
        for value in values:
            self.trace.sum(self.cell.in_fluid(value))


def _items(values: Iterable | Mapping[int, Any]) -> Iterable[tuple[int, Any]]:
    return values.items() if isinstance(values, Mapping) else enumerate(values)


_Arguments = ParamSpec("_Arguments")


def traced_kernel(
    record: Callable[Concatenate[KernelContext, _Arguments], None],
) -> Callable[Concatenate[Physics, TileClass, Target, _Arguments], TileKernel]:
    """Makes a kernel's factory, `(physics, tiles, target, *arguments)`, of the function that records it in a context.

    A kernel is traced whenever it is asked for, in some milliseconds, so that it always belongs to the present values that a
    user's functions refer to. Equal texts are one compiled kernel.
    """

    @functools.wraps(record)
    def factory(physics: Physics, tiles: TileClass, target: Target, *arguments) -> TileKernel:
        return _recorded(record, physics, tiles, arguments).kernel(target.precision, target.backend)

    return factory  # type: ignore[return-value]


def trace_of(factory: Callable[..., TileKernel], physics: Physics, tiles: TileClass, *arguments) -> TileTrace:
    """What a kernel made by `traced_kernel` reads, computes, stores and sums, for any printer."""
    return _recorded(inspect.unwrap(factory), physics, tiles, arguments)


def _recorded(record: Callable, physics: Physics, tiles: TileClass, arguments: Sequence) -> TileTrace:
    context = KernelContext(physics, tiles)
    record(context, *arguments)
    return context.trace
