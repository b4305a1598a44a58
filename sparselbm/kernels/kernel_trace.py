"""Record of what a tile kernel reads, computes and writes, and its conversion to the text of the kernel."""

from collections.abc import Mapping, Sequence
from itertools import chain
from math import isfinite

import warp as wp

from ..backends import Backend
from ..lattice import Lattice
from ..layout import TileLayout
from ..trace.expression import Expression, Graph, assume, cpp, has_bit, matches, total, where
from .reads import (
    CellIndex,
    GivenBits,
    GivenNumber,
    GivenParameter,
    LaunchWeight,
    OwnBits,
    OwnValue,
    ParameterValue,
    Read,
    ShiftedValue,
    TileSlot,
)
from .tile_kernel import TileKernel
from .writes import Increase, LinkMasks, Push, Store, Write

VELOCITIES = "velocities"
"""Array of the stored velocity alone. The even step writes it there, since neighbours may still read that of the state."""


class KernelTrace:
    """Record of everything that a tile kernel reads, computes, stores and sums; `kernel` builds the kernel from it.

    All physics is in the `Expression`s; this class only knows the array that each value belongs to.
    """

    def __init__(self, lattice: Lattice, parameters: Sequence[str], scalars: Sequence[Lattice] = (), stored_size: int = 0):
        """`scalars`: velocity sets of the scalars, whose populations follow those of the flow in a state; `stored_size`: number
        of components of the stored velocity, which come last and are not streamed."""
        self.lattice = lattice
        self._lattices = (lattice, *scalars)
        self._stored_size = stored_size
        self.graph = Graph()
        self._parameters = tuple(parameters)
        self.uniform: dict[str, Read] = {}
        self.loads: dict[str, Read] = {}
        self.given: dict[tuple[str, float], int] = {}
        self.writes: list[Write] = []
        self.sums: list[Expression] = []

    def _load(self, name: str, read: Read) -> Expression:
        """Value of a read. Raises ValueError if another read has the same name."""
        known = self.loads.setdefault(name, read)
        if known != read:
            raise ValueError(
                f"{name} is read in two ways, `{known.cpp}` and `{read.cpp}`: give the array the same number of components"
            )
        return self.graph.input(name)

    def local(self, array: str, component: int = 0, size: int = 1) -> Expression:
        """Value of this cell in a component of an array `[tile][size][cell]`."""
        return self._load(f"{array}_own{component}", OwnValue(array, "tile", size, component))

    def field(self, array: str, table: int, component: int, size: int) -> Expression:
        """Value of this cell in a component of an array `[slot][size][cell]` that is stored for some tiles only.

        The array `slots` holds the slot of each tile in two tables: `table` 0 for the models' fields, 1 for link fractions.
        """
        return self._load(f"{array}_own{component}", OwnValue(array, self._slot(table), size, component))

    def _slot(self, table: int) -> str:
        self.uniform[f"slot{table}"] = TileSlot(table)
        return f"slot{table}"

    def shifted(self, array: str, component: int, size: int, offset: tuple[int, ...]) -> Expression:
        """Value of a component in the cell `offset` away, which may lie in a neighbouring tile."""
        return self._pulled(ShiftedValue(array, size, component, TileLayout(self.lattice.dimension).inner(offset)))

    def _pulled(self, read: ShiftedValue) -> Expression:
        return self._load(f"{read.array}{read.component}_at_{read.place}", read)

    def bits(self, array: str, component: int = 0, size: int = 1) -> Expression:
        """Bits of this cell in a component of an array of unsigned 32-bit integers, `[tile][size][cell]`."""
        name = f"{array}_bits" if size == 1 else f"{array}_bits{component}"
        return self._load(name, OwnBits(array, size, component))

    def parameter(self, name: str) -> Expression:
        """Value of a model parameter, the same in all cells."""
        return self._number(self._parameters.index(name))

    def factor(self, index: int) -> Expression:
        """Factor at the present time of a parameter that varies in time; in memory the factors follow the parameters."""
        return self._number(len(self._parameters) + index)

    def _number(self, index: int) -> Expression:
        self.uniform[f"parameter{index}"] = ParameterValue(index)
        return self.graph.input(f"parameter{index}")

    def number(self, name: str, value: float) -> Expression:
        """Number that is passed with the launch, so that kernels that differ in nothing else are one. `name`: its meaning."""
        if not isfinite(value):
            raise ValueError(f"{name} is {value}, but must be finite: check the numbers of the observable")
        index = self._place_of(name, value)
        return self._given(f"given{index}", GivenNumber(index))

    def parameter_at_launch(self, name: str) -> Expression:
        """A parameter whose index is given at the launch, less its reference and without its schedule; no gradient follows it."""
        index = self._place_of("parameter", self._parameters.index(name))
        return self._given(f"given_parameter{index}", GivenParameter(index))

    def matches_at_launch(self, word: Expression, mask: int, name: str, value: int, shift: int) -> Expression:
        """The mask of the cells in which the bits selected by `mask` are an integer given at the launch, shifted."""
        index = self._place_of(name, value)
        bits = f"given_bits{index}"
        self._given(bits, GivenBits(index, shift))
        return self.graph.node("matches", (word,), (mask, bits))

    def _place_of(self, name: str, value: float) -> int:
        """Place of a number among those given at the launch; numbers of different names never share a place."""
        return self.given.setdefault((name, float(value)), len(self.given))

    def _given(self, name: str, access: Read) -> Expression:
        self.uniform[name] = access
        return self.graph.input(name)

    def weight(self) -> Expression:
        """Factor passed with the launch."""
        self.uniform["weighting"] = LaunchWeight()
        return self.graph.input("weighting")

    def position(self, axis: int) -> Expression:
        """Index of the cell along an axis of the domain, as a floating-point number."""
        return self._load(f"position{axis}", CellIndex(axis, TileLayout(self.lattice.dimension).inner_axis(axis)))

    def streamed(self, array: str, links: Expression | None) -> list[Expression]:
        """Incoming populations: pulled from x - c_q, or the opposite population of the cell itself where that link is blocked.

        The populations of scalars follow those of the flow; their links are a subset of the flow's links. The stored velocity is
        read in the cell itself."""
        return self._moved(array, links, sign=-1)

    def gathered(self, array: str, links: Expression | None) -> list[Expression]:
        """Transpose of `streamed`. Streaming is a permutation of the populations, so that its transpose is also a gather."""
        return self._moved(array, links, sign=1)

    def _moved(self, array: str, links: Expression | None, sign: int) -> list[Expression]:
        size, moved = self._size, []
        for lattice in self._lattices:
            first = len(moved)
            for q, (c, p) in enumerate(zip(lattice.velocities, lattice.opposites, strict=True)):
                value = self.shifted(array, first + q, size, tuple(sign * x for x in c))
                if links is not None and q != p:
                    blocked = has_bit(links, self.lattice.velocities.index(c if sign < 0 else lattice.velocities[p]))
                    value = where(blocked, self.local(array, first + p, size), value)
                moved.append(value)
        return moved + [self.local(array, k, size) for k in range(self._streamed, size)]

    def differences(self, array: str, links: Expression | None) -> list[Expression]:
        """Central differences (v_b(x + e_a) - v_b(x - e_a)) / 2 of the stored velocity, for each axis a all components b; v is 0
        across a blocked link. `array`: a state, or `VELOCITIES`."""
        n = self._stored_size
        size = n if array == VELOCITIES else self._size
        return [
            self._difference(array, size - n + b, size, axis, links)
            for axis in range(self.lattice.dimension)
            for b in range(n)
        ]

    def gathered_differences(self, array: str, links: Expression | None) -> list[Expression]:
        """Transpose of `differences`, also a gather: the link between two cells is open or blocked from both ends."""
        n, axes = self._stored_size, range(self.lattice.dimension)
        size = n * len(axes)
        return [
            self.graph.lift(-total(self._difference(array, n * a + b, size, a, links) for a in axes)) for b in range(n)
        ]

    def _difference(self, array: str, component: int, size: int, axis: int, links: Expression | None) -> Expression:
        value = []
        for sign in (1, -1):
            offset = tuple(sign * int(k == axis) for k in range(self.lattice.dimension))
            v = self.shifted(array, component, size, offset)
            blocked = links is not None and has_bit(links, self.lattice.velocities.index(tuple(-x for x in offset)))
            value.append(where(blocked, 0.0, v))
        return 0.5 * (value[0] - value[1])

    def awaited(self, array: str) -> list[Expression]:
        """Incoming populations where `push` has left them: each in the opposite population of the cell itself."""
        places = [own if there is None else there.component for own, there in self._reached(array)]
        moved = [self.local(array, k, self._size) for k in places[: self._streamed]]
        return moved + [self.local(VELOCITIES, k, self._stored_size) for k in range(self._stored_size)]

    def link_masks(self, links: Expression | None) -> list[LinkMasks | None]:
        """Where each component of the state goes; None: from all cells into another one, or nowhere if it is not streamed."""
        if links is None:
            return [None] * self._size
        flow, is_fluid = self.lattice.velocities, matches(links, 1, 0)
        back = [flow.index(lattice.velocities[p]) for lattice in self._lattices for p in lattice.opposites]
        moved = [LinkMasks(is_fluid, matches(links, 1 | 1 << q, 0)) if q else None for q in back]
        return moved + [None] * self._stored_size

    def push(self, array: str, values: Sequence, masks: Sequence[LinkMasks | None]) -> None:
        """Writes outgoing populations where `awaited` finds them at the next step: in the opposite population of the cell that
        each reaches, or in the cell's own population where the link is blocked.

        These are the places from which `streamed` has read the incoming populations of this cell, and no other cell's: a step
        that reads and writes the same array needs no second one (P. Bailey et al., ICPP 2009). The stored velocity goes to
        `VELOCITIES`.
        """
        for (own, there), value, mask in zip(self._reached(array), values, masks, strict=True):
            if own >= self._streamed:
                self.store(VELOCITIES, own - self._streamed, self._stored_size, value)
            elif there is None:
                self.store(array, own, self._size, value)
            else:
                self.writes.append(Push(there, own, self.graph.lift(value), mask))

    def settle(self, array: str, masks: Sequence[LinkMasks | None]) -> None:
        """Takes back the moves of `push`: each population changes places with the opposite one of the cell that it reached."""
        for (own, there), mask in zip(self._reached(array), masks, strict=True):
            if there is not None and own < there.component:
                here, pushed = self.local(array, own, self._size), self._pulled(there)
                self.store(array, own, self._size, pushed if mask is None else where(mask.is_open, pushed, here))
                self.writes.append(Push(there, own, here, mask))
        for k in range(self._stored_size):
            self.store(array, self._streamed + k, self._size, self.local(VELOCITIES, k, self._stored_size))

    def _reached(self, array: str) -> list[tuple[int, ShiftedValue | None]]:
        """Components of a state, each with the opposite population of the cell that it reaches; None if it does not move."""
        reached: list[tuple[int, ShiftedValue | None]] = []
        for lattice in self._lattices:
            first = len(reached)
            for q, (c, p) in enumerate(zip(lattice.velocities, lattice.opposites, strict=True)):
                there = ShiftedValue(array, self._size, first + p, TileLayout(lattice.dimension).inner(c))
                reached.append((first + q, None if p == q else there))
        return reached + [(k, None) for k in range(self._streamed, self._size)]

    @property
    def _streamed(self) -> int:
        """Number of populations of a state."""
        return sum(lattice.size for lattice in self._lattices)

    @property
    def _size(self) -> int:
        """Number of components of a state."""
        return self._streamed + self._stored_size

    def store(self, array: str, component: int, size: int, value) -> None:
        """Writes a component of this cell."""
        self.writes.append(Store(array, "tile", size, component, self.graph.lift(value)))

    def increase(self, array: str, component: int, size: int, value) -> None:
        """Adds to a component of this cell."""
        self.writes.append(Increase(array, "tile", size, component, self.graph.lift(value)))

    def increase_field(self, array: str, table: int, component: int, size: int, value) -> None:
        """Adds to a component of this cell in an array `[slot][size][cell]` (see `field`)."""
        self.writes.append(Increase(array, self._slot(table), size, component, self.graph.lift(value)))

    def sum(self, value) -> None:
        """Adds `weight` times the sum over the tile to the next partial sum of the tile."""
        self.sums.append(self.graph.lift(value))

    def kernel(self, precision: type, backend: Backend) -> TileKernel:
        """Kernel in a number type, in the text of a back end."""
        statements, names = cpp(self.results)
        text = backend.assemble(
            TileLayout(self.lattice.dimension),
            "float" if precision is wp.float32 else "double",
            parameters=[_uniform(name, read) for name, read in self.uniform.items()],
            body=[*(_load(name, read) for name, read in self.loads.items()), *self._with_writes(statements, names)],
            outside=self._outside(),
            sums=names[len(names) - len(self.sums) :],
        )
        pulled = frozenset(x for x in self.loads.values() if isinstance(x, ShiftedValue))
        written = {x.array for x in self.writes}
        read = {x.array for x in self.loads.values() if isinstance(x, OwnValue | ShiftedValue)}
        links = [TileLayout(self.lattice.dimension).inner(c) for c in self.lattice.velocities]
        pushed = {(x.array, x.there.component): links.index(x.there.offset) for x in self.writes if isinstance(x, Push)}
        return TileKernel(
            text, precision, pulled=pulled, pushed=pushed, in_place=not written.isdisjoint(read),
            given=tuple(value for _, value in self.given),
        )

    @property
    def results(self) -> list[Expression]:
        """Operands of the writes, then summed values."""
        return [x for write in self.writes for x in write.operands] + self.sums

    def _with_writes(self, statements: Mapping[str, str], names: Sequence[str]) -> list[str]:
        """Statements, each with the writes that then have all their operands, and prefetches for later tiles after each write.

        If values are written immediately, few of them are live at a time (measured: 1.29 times the speed of the TRT step).
        """
        fetches, rest, order = self._fetches(), iter(names), {name: place for place, name in enumerate(statements)}
        share = -(-len(fetches) // max(len(self.writes), 1))
        writes: dict[str, list[str]] = {}
        for k, write in enumerate(self.writes):
            operands = [next(rest) for _ in write.operands]
            last = max(operands, key=lambda name: order.get(name, -1))
            writes.setdefault(last, []).extend([write.cpp(*operands), *fetches[k * share : (k + 1) * share]])
        body = [line for name, statement in statements.items() for line in (statement, *writes.pop(name, ()))]
        return body + list(chain(*writes.values())) + fetches[len(self.writes) * share :]

    def _fetches(self) -> list[str]:
        """Prefetches of what a later tile will read of the arrays that have as many components as a state or are pulled."""
        pulled = [x for x in self.loads.values() if isinstance(x, ShiftedValue)]
        own = {x.array: x.size for x in self.loads.values() if isinstance(x, OwnValue) and x.place == "tile"}
        own = {array: size for array, size in own.items() if size == self._size and array not in {x.array for x in pulled}}
        return [
            *(f"prefetch({x.array}.data, {x.size}, {x.component}, {x.offset[0]}, {x.offset[1]});" for x in pulled),
            *(f"prefetch_line({array}.data, {size}, {line});" for array, size in own.items() for line in range(size)),
        ]

    def _outside(self) -> list[str] | None:
        """Writes of a vector of cells without any fluid cell, and prefetches; None if a value is no constant, or a sum not 0."""
        if "blocked_links_bits" not in self.loads:
            return None
        is_outside = has_bit(self.graph.input("blocked_links_bits"), 0)
        results = assume([write.operands[0] for write in self.writes] + self.sums, is_outside)
        values, sums = results[: len(self.writes)], results[len(self.writes) :]
        if any(x.operation != "constant" for x in results) or any(x.value for x in sums):
            return None
        _, names = cpp(values)
        return [write.outside(name) for write, name in zip(self.writes, names, strict=True)] + self._fetches()


def _uniform(name: str, read: Read) -> str:
    kinds = {TileSlot: "int", GivenBits: "unsigned int"}
    if kind := kinds.get(type(read)):
        return f"const {kind} {name} = {read.cpp};"
    return f"const Real {name} = constant({read.cpp});"


def _load(name: str, read: Read) -> str:
    return f"const {'auto' if isinstance(read, OwnBits) else 'Real'} {name} = {read.cpp};"
