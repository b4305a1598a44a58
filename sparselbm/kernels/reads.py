"""Kinds of reads of a kernel, each printed as C++ for the back ends and as Python for Warp."""

from dataclasses import dataclass
from typing import Protocol


class Read(Protocol):
    """Read of one number, either of a cell or common to all cells."""

    @property
    def cpp(self) -> str:
        """C++ expression, which calls functions of the back end's text."""
        ...

    @property
    def python(self) -> str:
        """Python expression in a Warp kernel, with plain indexing of arrays."""
        ...


@dataclass(frozen=True)
class OwnValue:
    """Value of the cell in a component of an array `[place][size][cell]`, where the place is a tile or a slot."""

    array: str
    place: str
    size: int
    component: int

    @property
    def cpp(self) -> str:
        return f"local({self.array}.data, {self.place}, {self.size}, {self.component})"

    @property
    def python(self) -> str:
        return f"{self.array}[{self.place}, {self.component}, cell]"


@dataclass(frozen=True)
class ShiftedValue:
    """Value of a component of an array `[tile][size][cell]` in the cell `offset` away along the inner axes (a, b, c)."""

    array: str
    size: int
    component: int
    offset: tuple[int, int, int]

    @property
    def cpp(self) -> str:
        return f"shifted({self.array}.data, {self.size}, {self.component}, {', '.join(map(str, self.offset))})"

    @property
    def place(self) -> str:
        """Name of the offset: `m1_0_1` for (-1, 0, 1)."""
        return "_".join(f"m{-x}" if x < 0 else f"{x}" for x in self.offset)

    @property
    def python(self) -> str:
        return f"{self.array}[at_{self.place}[0], {self.component}, at_{self.place}[1]]"


@dataclass(frozen=True)
class OwnBits:
    """Bits of the cell in a component of a flat array of unsigned 32-bit integers, `[tile][size][cell]` in memory."""

    array: str
    size: int
    component: int

    @property
    def cpp(self) -> str:
        return f"bits({self.array}.data, {self.size}, {self.component})"

    @property
    def python(self) -> str:
        first = "tile" if self.size == 1 else f"(tile * {self.size} + {self.component})"
        return f"{self.array}[{first} * CELLS + cell]"


@dataclass(frozen=True)
class CellIndex:
    """Index of the cell along an axis of the domain, which is the inner axis `inner` of tiles."""

    axis: int
    inner: int

    @property
    def cpp(self) -> str:
        return f"position({self.axis}, {self.inner})"

    @property
    def python(self) -> str:
        return f"real(cell_index(coordinates, tile, {self.axis}, inner[{self.inner}]))"


@dataclass(frozen=True)
class ParameterValue:
    """Value of a model parameter, the same in all cells."""

    index: int

    @property
    def cpp(self) -> str:
        return f"parameters.data[{self.index}]"

    @property
    def python(self) -> str:
        return f"parameters[{self.index}]"


@dataclass(frozen=True)
class LaunchWeight:
    """Factor passed with the launch."""

    @property
    def cpp(self) -> str:
        return "weight"

    @property
    def python(self) -> str:
        return "real(weight)"


@dataclass(frozen=True)
class TileSlot:
    """Slot of the tile in an array that is stored for some tiles only."""

    table: int

    @property
    def cpp(self) -> str:
        return f"slots.data[2ll * tile + {self.table}]"

    @property
    def python(self) -> str:
        return f"slots[2 * tile + {self.table}]"


@dataclass(frozen=True)
class GivenNumber:
    """A number given at the launch, in place of a constant in the text."""

    index: int

    @property
    def cpp(self) -> str:
        return f"given.data[{self.index}]"

    @property
    def python(self) -> str:
        return f"given[{self.index}]"


@dataclass(frozen=True)
class GivenBits:
    """An integer given at the launch, shifted to its place in a word."""

    index: int
    shift: int

    @property
    def cpp(self) -> str:
        return f"(unsigned int)given.data[{self.index}] << {self.shift}"

    @property
    def python(self) -> str:
        return f"wp.uint32(given[{self.index}]) << wp.uint32({self.shift})"


@dataclass(frozen=True)
class GivenParameter:
    """A number of the models whose index is given at the launch."""

    index: int

    @property
    def cpp(self) -> str:
        return f"parameters.data[(int)given.data[{self.index}]]"

    @property
    def python(self) -> str:
        return f"parameters[wp.int32(given[{self.index}])]"
