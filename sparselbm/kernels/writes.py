"""Kinds of writes of a kernel, each printed as C++ for the back ends and as Python for Warp."""

from dataclasses import dataclass
from typing import Protocol

from ..trace.expression import Expression
from .reads import ShiftedValue


class Write(Protocol):
    """Write of values of a cell. Both texts take the names of the operands."""

    @property
    def array(self) -> str:
        """Name of the array in `arguments.ARGUMENTS`."""
        ...

    @property
    def operands(self) -> tuple[Expression, ...]:
        """What is written first, then what it depends on."""
        ...

    def cpp(self, *names: str) -> str:
        """C++ statement, which calls functions of the back end's text."""
        ...

    def outside(self, name: str) -> str:
        """C++ statement in cells that are not fluid, with the name of the value alone."""
        ...

    def python(self, *names: str) -> str:
        """Python statement in a Warp kernel, with plain indexing of arrays."""
        ...


@dataclass(frozen=True, eq=False)
class Store:
    """Writes a component of the cell in an array `[tile][size][cell]`."""

    array: str
    size: int
    component: int
    value: Expression

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.value,)

    def cpp(self, *names: str) -> str:
        return f"store({self.array}.data, tile, {self.size}, {self.component}, {names[0]});"

    def outside(self, name: str) -> str:
        return self.cpp(name)

    def python(self, *names: str) -> str:
        return f"{self.array}[tile, {self.component}, cell] = {names[0]}"


@dataclass(frozen=True, eq=False)
class Increase:
    """Adds to a component of the cell in an array `[place][size][cell]`, where the place is a tile or a slot."""

    array: str
    place: str
    size: int
    component: int
    value: Expression

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.value,)

    def cpp(self, *names: str) -> str:
        return f"increase({self.array}.data, {self.place}, {self.size}, {self.component}, {names[0]});"

    def outside(self, name: str) -> str:
        return self.cpp(name)

    def python(self, *names: str) -> str:
        return f"{self.array}[{self.place}, {self.component}, cell] += {names[0]}"


@dataclass(frozen=True, eq=False)
class Push:
    """Writes into the place that a pull from another cell has read (`there`), or into the cell's own component `own`."""

    there: ShiftedValue
    own: int
    value: Expression
    is_open: Expression | None
    """Mask of the cells that write into the other cell; None: all."""

    @property
    def array(self) -> str:
        return self.there.array

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.value,) if self.is_open is None else (self.value, self.is_open)

    def cpp(self, *names: str) -> str:
        offset = ", ".join(map(str, self.there.offset))
        lanes = "EVERY" if self.is_open is None else f"lanes({names[1]})"
        return (
            f"push({self.array}.data, {self.there.size}, {self.there.component}, {offset}, {self.own}, {names[0]}, {lanes});"
        )

    def outside(self, name: str) -> str:
        return f"store({self.array}.data, tile, {self.there.size}, {self.own}, {name});"

    def python(self, *names: str) -> str:
        at = f"at_{self.there.place}"
        places = (f"{at}[0]", "tile"), (f"{self.there.component}", f"{self.own}"), (f"{at}[1]", "cell")
        if self.is_open is None:
            index = ", ".join(there for there, _ in places)
        else:
            index = ", ".join(f"wp.where({names[1]}, {there}, {own})" for there, own in places)
        return f"{self.array}[{index}] = {names[0]}"
