"""From a traced cell to a Warp kernel that is launched over tiles."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import isfinite

import warp as wp

from ..backends import Backend, TileLayout
from ..backends.cpu import choose, with_stores
from ..lattice import Lattice
from ..trace.expression import Expression, Graph, assume, cpp, has_bit, total, where
from .access import (
    Access,
    Given,
    GivenBits,
    GivenParameter,
    Local,
    Parameter,
    Position,
    Shifted,
    Slot,
    Weight,
    Word,
)

ARGUMENTS = ("tiles", "classes", "neighbours", "coordinates", "words", "marks", "cuts", "slots", "parameters", "given", "weight",
             "source", "adjoint", "differences_adjoint", "solid", "fields", "fractions", "target", "differences_target",
             "solid_adjoint", "fields_adjoint", "fractions_adjoint", "sums", "thread")
"""Arguments of every tile kernel, in the order of the package: topology, constants, inputs, outputs."""


class TileTrace:
    """Records what a tile kernel reads, computes, stores and sums; `kernel` then builds it.

    Everything physical happens on `Expression`s; this class knows only which array a number comes from.
    """

    def __init__(self, lattice: Lattice, parameters: Sequence[str], carried: Sequence[Lattice] = (), kept: int = 0):
        """`carried`: the velocity sets of scalars, whose populations follow the flow's in a state; `kept`: numbers that follow
        those, which stay in their cell."""
        self.lattice = lattice
        self._lattices = (lattice, *carried)
        self._kept = kept
        self.graph = Graph()
        self._parameters = tuple(parameters)
        self.uniform: dict[str, Access] = {}
        self.loads: dict[str, Access] = {}
        self.given: dict[tuple[str, float], int] = {}
        self._pulled: dict[str, int] = {}
        self.stores: list[tuple[str, str, str, int, int, Expression]] = []
        self.sums: list[Expression] = []

    def _load(self, name: str, access: Access) -> Expression:
        """The value that is read in this way; a name belongs to one load."""
        known = self.loads.setdefault(name, access)
        if known != access:
            raise ValueError(f"{name} is read in two ways, `{known.cpp}` and `{access.cpp}`: an array has one size in a kernel")
        return self.graph.input(name)

    def local(self, array: str, component: int = 0, size: int = 1) -> Expression:
        """This cell's own value of a component of an array `[tile][size][cell]`."""
        return self._load(f"{array}_own{component}", Local(array, "tile", size, component))

    def field(self, array: str, table: int, component: int, size: int) -> Expression:
        """This cell's value of a component of an array `[slot][size][cell]`, kept for some tiles only.

        `slots` says where, for each tile by `table`: 0 for the models' fields, 1 for link fractions.
        """
        return self._load(f"{array}_own{component}", Local(array, self._slot(table), size, component))

    def _slot(self, table: int) -> str:
        self.uniform[f"slot{table}"] = Slot(table)
        return f"slot{table}"

    def shifted(self, array: str, component: int, size: int, offset: tuple[int, ...]) -> Expression:
        """The value of a component at the cell `offset` away, in whichever tile it lies."""
        access = Shifted(array, size, component, TileLayout(self.lattice.dimension).inner(offset))
        self._pulled[array] = size
        return self._load(f"{array}{component}_at_{access.place}", access)

    def word(self, array: str, component: int = 0, size: int = 1) -> Expression:
        """This cell's bits in a component of an array of unsigned words `[tile][size][cell]`."""
        name = f"{array}_bits" if size == 1 else f"{array}_bits{component}"
        return self._load(name, Word(array, size, component))

    def parameter(self, name: str) -> Expression:
        """A number that is the same in all cells."""
        return self._number(self._parameters.index(name))

    def factor(self, index: int) -> Expression:
        """The present factor of a parameter that varies in time: they follow the parameters."""
        return self._number(len(self._parameters) + index)

    def _number(self, index: int) -> Expression:
        self.uniform[f"parameter{index}"] = Parameter(index)
        return self.graph.input(f"parameter{index}")

    def number(self, name: str, value: float) -> Expression:
        """A number that is given at the launch: kernels that differ in nothing else are one. `name`: what it is."""
        if not isfinite(value):
            raise ValueError(f"{name} is {value}, but must be finite: check the numbers of the observable")
        index = self._place_of(name, value)
        return self._given(f"given{index}", Given(index))

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
        """Place of a number among those given at the launch; one that is another thing has another place, whatever it is."""
        return self.given.setdefault((name, float(value)), len(self.given))

    def _given(self, name: str, access: Access) -> Expression:
        self.uniform[name] = access
        return self.graph.input(name)

    def weight(self) -> Expression:
        """The factor given at the launch."""
        self.uniform["weighting"] = Weight()
        return self.graph.input("weighting")

    def position(self, axis: int) -> Expression:
        """The cell's index along an axis, as a number."""
        inner = axis + 3 - self.lattice.dimension
        return self._load(f"position{axis}", Position(inner))

    def streamed(self, array: str, links: Expression | None) -> list[Expression]:
        """Incoming populations: pulled from x - c_q, or the cell's own opposite one where that link is blocked.

        Those of scalars follow the flow's; their links are among the flow's. What is kept stays where it is."""
        return self._moved(array, links, sign=-1)

    def gathered(self, array: str, links: Expression | None) -> list[Expression]:
        """The transpose of `streamed`. Streaming permutes populations, so that its transpose is a gather too."""
        return self._moved(array, links, sign=1)

    def _moved(self, array: str, links: Expression | None, sign: int) -> list[Expression]:
        first_kept = sum(lattice.size for lattice in self._lattices)
        size, moved = first_kept + self._kept, []
        for lattice in self._lattices:
            first = len(moved)
            for q, (c, p) in enumerate(zip(lattice.velocities, lattice.opposites, strict=True)):
                value = self.shifted(array, first + q, size, tuple(sign * x for x in c))
                if links is not None and q != p:
                    blocked = has_bit(links, self.lattice.velocities.index(c if sign < 0 else lattice.velocities[p]))
                    value = where(blocked, self.local(array, first + p, size), value)
                moved.append(value)
        return moved + [self.local(array, k, size) for k in range(first_kept, size)]

    def differences(self, array: str, links: Expression | None) -> list[Expression]:
        """(v_b(x + e_a) - v_b(x - e_a)) / 2 of what is kept, b after b for each axis a; 0 for v across a blocked link."""
        first, n = sum(lattice.size for lattice in self._lattices), self._kept
        return [
            self._difference(array, first + b, first + n, axis, links)
            for axis in range(self.lattice.dimension)
            for b in range(n)
        ]

    def gathered_differences(self, array: str, links: Expression | None) -> list[Expression]:
        """The transpose of `differences`, a gather too: with two cells their links are open or blocked together."""
        n, axes = self._kept, range(self.lattice.dimension)
        size = n * len(axes)
        return [-total(self._difference(array, n * a + b, size, a, links) for a in axes) for b in range(n)]

    def _difference(self, array: str, component: int, size: int, axis: int, links: Expression | None) -> Expression:
        value = []
        for sign in (1, -1):
            offset = tuple(sign * int(k == axis) for k in range(self.lattice.dimension))
            v = self.shifted(array, component, size, offset)
            blocked = links is not None and has_bit(links, self.lattice.velocities.index(tuple(-x for x in offset)))
            value.append(where(blocked, 0.0, v))
        return 0.5 * (value[0] - value[1])

    def store(self, array: str, component: int, size: int, value) -> None:
        """Write a component of this cell."""
        self.stores.append(("store", array, "tile", component, size, self.graph.lift(value)))

    def increase(self, array: str, component: int, size: int, value) -> None:
        """Add to a component of this cell."""
        self.stores.append(("increase", array, "tile", component, size, self.graph.lift(value)))

    def increase_field(self, array: str, table: int, component: int, size: int, value) -> None:
        """Add to a component of this cell in an array `[slot][size][cell]` (see `field`)."""
        self.stores.append(("increase", array, self._slot(table), component, size, self.graph.lift(value)))

    def sum(self, value) -> None:
        """Add `weight` times the sum over the tile to the tile's next partial sum."""
        self.sums.append(self.graph.lift(value))

    def kernel(self, precision: type, backend: Backend) -> "TileKernel":
        """The kernel in a number type, as the back end prints it."""
        statements, names = cpp(self.results)
        text = backend.assemble(
            TileLayout(self.lattice.dimension),
            "float" if precision is wp.float32 else "double",
            parameters=[_uniform(name, access) for name, access in self.uniform.items()],
            body=[*(_load(name, access) for name, access in self.loads.items()), *self._stored(statements, names)],
            outside=self._outside(),
            sums=names[len(self.stores) :],
        )
        return TileKernel(text, precision, given=tuple(value for _, value in self.given))

    @property
    def results(self) -> list[Expression]:
        return [s[-1] for s in self.stores] + self.sums

    def _stored(self, statements: Mapping[str, str], names: Sequence[str]) -> list[str]:
        """The statements, each value's store right after it, and after each store fetches of what later tiles pull.

        Stored at once, few values are alive at a time (measured: 1.29 times the speed of the TRT step).
        """
        fetches = [
            f"prefetch({array}.data, {size}, {line});" for array, size in self._pulled.items() for line in range(size)
        ]
        share = -(-len(fetches) // max(len(self.stores), 1))
        stores: dict[str, list[str]] = {}
        for k, ((how, array, place, component, size, _), name) in enumerate(zip(self.stores, names, strict=False)):
            store = f"{how}({array}.data, {place}, {size}, {component}, {name});"
            stores.setdefault(name, []).extend([store, *fetches[k * share : (k + 1) * share]])
        body = [line for name, statement in statements.items() for line in (statement, *stores.pop(name, ()))]
        return body + list(chain(*stores.values())) + fetches[len(self.stores) * share :]

    def _outside(self) -> list[str] | None:
        """What lanes store that all lie outside the fluid; None where that takes more than constants."""
        if "words_bits" not in self.loads:
            return None
        results = assume(self.results, has_bit(self.graph.input("words_bits"), 0))
        constant = all(x.operation == "constant" for x in results)
        if not constant or any(x.value for x in results[len(self.stores) :]):
            return None
        return self._stored(*cpp(results))


def _uniform(name: str, access: Access) -> str:
    kinds = {Slot: "int", GivenBits: "unsigned int"}
    if kind := kinds.get(type(access)):
        return f"const {kind} {name} = {access.cpp};"
    return f"const Real {name} = constant({access.cpp});"


def _load(name: str, access: Access) -> str:
    return f"const {'auto' if isinstance(access, Word) else 'Real'} {name} = {access.cpp};"


@dataclass(frozen=True)
class TileKernel:
    """The text of a kernel over tiles. Equal texts are one Warp kernel, made when it is first asked for."""

    text: str
    precision: type
    streaming: bool = False
    """Whether stores bypass the CPU's cache, which pays for arrays that the cache cannot hold."""
    given: tuple[float, ...] = ()
    """Numbers that are given at the launch (see `TileTrace.number`)."""

    @property
    def launchable(self) -> wp.Kernel:
        """The Warp kernel, with the arguments `ARGUMENTS`."""
        return _launchable(with_stores(self.text, self.streaming), self.precision)


def fuse(kernels: Sequence[TileKernel]) -> TileKernel:
    """One CPU kernel that treats each tile with the one of `kernels` whose number stands in `classes`."""
    if len(kernels) == 1:
        return kernels[0]
    texts, given = [], ()
    for kernel in kernels:
        texts.append(kernel.text.replace("given.data[", f"given.data[{len(given)} + ") if given else kernel.text)
        given += kernel.given
    return TileKernel(choose(texts), kernels[0].precision, given=given)


@functools.cache
def _launchable(text: str, precision: type) -> wp.Kernel:
    """A Warp kernel around the text: the same text is the same kernel."""
    numbers, floats = wp.array(dtype=precision), wp.array3d(dtype=precision)
    ints, bits, doubles = wp.array(dtype=wp.int32), wp.array(dtype=wp.uint32), wp.array3d(dtype=wp.float64)

    @wp.func_native(text)
    def cell_physics(
        tiles: ints, classes: ints, neighbours: ints, coordinates: ints, words: bits, marks: bits, cuts: bits,
        slots: ints, parameters: numbers, given: numbers, weight: wp.float64, source: floats, adjoint: floats,
        differences_adjoint: floats, solid: floats, fields: floats, fractions: floats, target: floats,
        differences_target: floats, solid_adjoint: floats, fields_adjoint: floats, fractions_adjoint: floats,
        sums: doubles, thread: wp.int32,
    ): ...

    @wp.kernel(enable_backward=False, module="unique")
    def tile_kernel(
        tiles: ints, classes: ints, neighbours: ints, coordinates: ints, words: bits, marks: bits, cuts: bits,
        slots: ints, parameters: numbers, given: numbers, weight: wp.float64, source: floats, adjoint: floats,
        differences_adjoint: floats, solid: floats, fields: floats, fractions: floats, target: floats,
        differences_target: floats, solid_adjoint: floats, fields_adjoint: floats, fractions_adjoint: floats,
        sums: doubles,
    ):
        cell_physics(
            tiles, classes, neighbours, coordinates, words, marks, cuts, slots, parameters, given, weight, source, adjoint,
            differences_adjoint, solid, fields, fractions, target, differences_target, solid_adjoint, fields_adjoint,
            fractions_adjoint, sums, wp.tid(),
        )

    return tile_kernel
