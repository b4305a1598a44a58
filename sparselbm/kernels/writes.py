"""Kinds of writes of a kernel, each printed as C++ for the back ends and as Python for Warp."""

from abc import ABC
from dataclasses import dataclass
from typing import ClassVar, Protocol

from ..trace.expression import Expression
from .reads import ShiftedValue


class Write(Protocol):
    """Write of values of a cell. Its texts take the names of the operands."""

    @property
    def array(self) -> str:
        """Name of the array in `arguments.ARGUMENTS`."""
        ...

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The value that is written, then the masks on which it depends."""
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
class _OwnWrite(ABC):
    """Write of a component of the cell in an array `[place][size][cell]`, where the place is a tile or a slot."""

    array: str
    place: str
    size: int
    component: int
    value: Expression

    _function: ClassVar[str]
    _sign: ClassVar[str]

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.value,)

    def cpp(self, *names: str) -> str:
        return f"{self._function}({self.array}.data, {self.place}, {self.size}, {self.component}, {names[0]});"

    def outside(self, name: str) -> str:
        return self.cpp(name)

    def python(self, *names: str) -> str:
        return f"{self.array}[{self.place}, {self.component}, cell] {self._sign} {names[0]}"


class Store(_OwnWrite):
    """Replaces the component."""

    _function, _sign = "store", "="


class Increase(_OwnWrite):
    """Adds to the component."""

    _function, _sign = "increase", "+="


@dataclass(frozen=True, eq=False)
class LinkMasks:
    """Masks of the cells from which a population goes somewhere: those of cells that are not fluid are not written."""

    is_fluid: Expression
    is_open: Expression
    """The cell is fluid, and so is the one that the population reaches: it goes there, otherwise it stays."""


@dataclass(frozen=True, eq=False)
class Push:
    """Writes into the place that a pull from another cell has read (`there`), or into the cell's own component `own`."""

    there: ShiftedValue
    own: int
    value: Expression
    masks: LinkMasks | None
    """Which cells write where; None: all into the other cell."""

    @property
    def array(self) -> str:
        return self.there.array

    @property
    def operands(self) -> tuple[Expression, ...]:
        return (self.value,) if self.masks is None else (self.value, self.masks.is_open, self.masks.is_fluid)

    def cpp(self, *names: str) -> str:
        offset = ", ".join(map(str, self.there.offset))
        lanes = "EVERY, EVERY" if self.masks is None else f"lanes({names[1]}), lanes({names[2]})"
        return (
            f"push({self.array}.data, {self.there.size}, {self.there.component}, {offset}, {self.own}, {names[0]}, {lanes});"
        )

    def outside(self, name: str) -> str:
        return ""

    def python(self, *names: str) -> str:
        there = f"{self.array}[at_{self.there.place}[0], {self.there.component}, at_{self.there.place}[1]] = {names[0]}"
        if self.masks is None:
            return there
        own = f"{self.array}[tile, {self.own}, cell] = {names[0]}"
        return f"if {names[1]}:\n        {there}\n    elif {names[2]}:\n        {own}"
