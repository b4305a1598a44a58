"""A kernel's traced physics as a plain Warp kernel, which a person can read and Warp itself can differentiate.

The same graph as the C++ back ends print, with one statement per line, arrays indexed as `[tile, component, cell]`, and
streaming by the table of the 27 neighbours of each tile. It is many times slower, and serves as documentation and as an
independent check: of the C++ text by its values, and of `pullback` by Warp's own `wp.Tape`.

A launch has the dimensions (tiles of the class, cells per tile) and the arguments of `arguments_of`.
"""

import hashlib
import linecache
import math

import warp as wp

from ..backends import TileLayout
from ..trace.expression import Expression, ancestors
from .access import Position, Shifted, Slot
from .tile_kernel import ARGUMENTS, TileTrace

_FLAT = {"tiles": "wp.int32", "neighbours": "wp.int32", "coordinates": "wp.int32", "slots": "wp.int32",
         "words": "wp.uint32", "marks": "wp.uint32", "cuts": "wp.uint32", "parameters": "real", "given": "real"}  # fmt: skip

_TEXT = {"+": "{0} + {1}", "-": "{0} - {1}", "*": "{0} * {1}", "/": "{0} / {1}", "neg": "-{0}", "sqrt": "wp.sqrt({0})",
         "exp": "wp.exp({0})", "log": "wp.log({0})", "where": "wp.where({0}, {1}, {2})",
         "<": "{0} < {1}", "<=": "{0} <= {1}", "==": "{0} == {1}", "!=": "{0} != {1}"}  # fmt: skip

_NEIGHBOUR = '''

@wp.func
def neighbour(neighbours: wp.array(dtype=wp.int32), tile: wp.int32, cell: wp.int32, da: wp.int32, db: wp.int32, dc: wp.int32):
    """The tile, and the number in it, of the cell (da, db, dc) away; cell (a, b, c) of a tile has the number (8 a + b) 8 + c."""
    a = cell // 64 + da
    b = (cell // 8) % 8 + db
    c = cell % 8 + dc
    code = 9 * ((a + 8) // 8) + 3 * ((b + 8) // 8) + (c + 8) // 8
    return wp.vec2i(neighbours[27 * tile + code], (8 * ((a + 8) % 8) + (b + 8) % 8) * 8 + (c + 8) % 8)
'''

_POSITION = '''

@wp.func
def position(coordinates: wp.array(dtype=wp.int32), tile: wp.int32, cell: wp.int32, axis: wp.int32):
    """Index of the cell along the inner axis a, b or c (0, 1, 2), counted from the lower corner of the domain."""
    inner = wp.where(axis == 2, cell % 8, wp.where(axis == 1, (cell // 8) % 8, cell // 64))
    return real(8 * coordinates[3 * tile + axis - {first_axis}] + inner)
'''


def arguments_of(trace: TileTrace) -> list[str]:
    """Names of the arguments of the Warp kernel, in the order of `ARGUMENTS`: those that the kernel uses."""
    accesses = [*trace.loads.values(), *trace.uniform.values()]
    used = {"tiles"} | {getattr(x, "array", "parameters") for x in accesses} | {store[1] for store in trace.stores}
    used |= {"given"} if trace.given else set()
    for kind, name in ((Shifted, "neighbours"), (Position, "coordinates"), (Slot, "slots")):
        used |= {name} if any(isinstance(x, kind) for x in accesses) else set()
    used |= {"weight", "sums"} if trace.sums or "weighting" in trace.uniform else set()
    return [name for name in ARGUMENTS if name in used]


def warp_source(trace: TileTrace, precision: type, name: str = "step") -> str:
    """Python text of a module with the traced kernel as the Warp kernel `name`, in `wp.float32` or `wp.float64`."""
    layout, accesses = TileLayout(trace.lattice.dimension), trace.loads.values()
    head = ["import warp as wp", "", f"real = wp.{precision.__name__}", f"CELLS = {layout.cells}"]
    helpers = _NEIGHBOUR if any(isinstance(x, Shifted) for x in accesses) else ""
    if any(isinstance(x, Position) for x in accesses):
        helpers += _POSITION.format(first_axis=3 - layout.dimension)
    arguments = [f"    {argument}: {_type(argument)}," for argument in arguments_of(trace)]
    body = ["member, cell = wp.tid()", "tile = tiles[member]", *_reads(trace), *_statements(trace), *_writes(trace)]
    lines = [*head, helpers, "", "@wp.kernel", f"def {name}(", *arguments, "):", *("    " + line for line in body)]
    return "\n".join(lines) + "\n"


def warp_kernel(source: str, name: str = "step") -> wp.Kernel:
    """The kernel `name` of a text of `warp_source`, compiled by Warp with its own adjoint."""
    module = f"warp_source_{hashlib.sha256(source.encode()).hexdigest()[:16]}"
    linecache.cache[f"<{module}>"] = (len(source), None, source.splitlines(keepends=True), f"<{module}>")
    names = {"__name__": module}
    exec(compile(source, f"<{module}>", "exec"), names)  # Warp looks the source up by the file's name.
    return names[name]  # type: ignore[return-value]


def _type(argument: str) -> str:
    if argument == "weight":
        return "wp.float64"
    if argument in _FLAT:
        return f"wp.array(dtype={_FLAT[argument]})"
    return "wp.array3d(dtype=wp.float64)" if argument == "sums" else "wp.array3d(dtype=real)"


def _reads(trace: TileTrace) -> list[str]:
    shifts = {x.place: x.offset for x in trace.loads.values() if isinstance(x, Shifted)}
    places = [f"at_{place} = neighbour(neighbours, tile, cell, {a}, {b}, {c})" for place, (a, b, c) in shifts.items()]
    uniform = [f"{name} = {access.python}" for name, access in trace.uniform.items()]
    return places + uniform + [f"{name} = {access.python}" for name, access in trace.loads.items()]


def _statements(trace: TileTrace) -> list[str]:
    needed = ancestors(trace.results)
    nodes = [x for x in trace.graph.nodes if x.index in needed and x.operation not in ("constant", "input")]
    return [f"{_name(x)} = {_formula(x)}" for x in nodes]


def _writes(trace: TileTrace) -> list[str]:
    signs = {"store": "=", "increase": "+="}
    stores = [
        f"{array}[{place}, {component}, cell] {signs[how]} {_name(value)}"
        for how, array, place, component, _, value in trace.stores
    ]
    sums = [
        f"wp.atomic_add(sums, tile, {k}, 0, weight * wp.float64({_name(value)}))" for k, value in enumerate(trace.sums)
    ]
    return stores + sums


def _name(node: Expression) -> str:
    if node.operation == "constant":
        if not math.isfinite(node.value):
            raise ValueError(f"a traced constant is {node.value}: check the parameters of the model")
        return f"real({node.value!r})"
    return node.value if node.operation == "input" else f"t{node.index}"


def _formula(node: Expression) -> str:
    operands = [_name(x) for x in node.operands]
    if node.operation == "bit":
        return f"(({operands[0]} >> wp.uint32({node.value})) & wp.uint32(1)) != wp.uint32(0)"
    if node.operation == "matches":
        mask, value = node.value
        value = value if isinstance(value, str) else f"wp.uint32({value})"
        return f"({operands[0]} & wp.uint32({mask})) == {value}"
    return _TEXT[node.operation].format(*operands)
