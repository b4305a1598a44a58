"""A kernel's traced physics as a plain Warp kernel, which a person can read and Warp itself can differentiate.

The same graph as the C++ back ends print, with one statement per line, arrays indexed as `[tile, component, cell]`, and
streaming by the table of the 27 neighbours of each tile. It is many times slower, and serves as documentation and as an
independent check: of the C++ text by its values, and of `pullback` by Warp's own `wp.Tape`.

A launch has the dimensions (tiles of the class, cells per tile) and the arguments of `arguments_of`.
"""

import hashlib
import inspect
import linecache
import math
from collections.abc import Collection

import warp as wp

from ..layout import TileLayout
from ..layout.warp_functions import cell_beside, cell_index, inner_coordinates
from ..trace.expression import Expression, ancestors
from .access import Access, Position, Shifted, Slot
from .tile_kernel import ARGUMENTS, TileTrace

_FLAT = {"tiles": "wp.int32", "neighbours": "wp.int32", "coordinates": "wp.int32", "slots": "wp.int32",
         "words": "wp.uint32", "marks": "wp.uint32", "cuts": "wp.uint32", "parameters": "real"}  # fmt: skip

_TEXT = {"+": "{0} + {1}", "-": "{0} - {1}", "*": "{0} * {1}", "/": "{0} / {1}", "neg": "-{0}", "sqrt": "wp.sqrt({0})",
         "exp": "wp.exp({0})", "log": "wp.log({0})", "where": "wp.where({0}, {1}, {2})",
         "<": "{0} < {1}", "<=": "{0} <= {1}", "==": "{0} == {1}", "!=": "{0} != {1}"}  # fmt: skip

def arguments_of(trace: TileTrace) -> list[str]:
    """Names of the arguments of the Warp kernel, in the order of `ARGUMENTS`: those that the kernel uses."""
    accesses = [*trace.loads.values(), *trace.uniform.values()]
    used = {"tiles"} | {getattr(x, "array", "parameters") for x in accesses} | {store[1] for store in trace.stores}
    for kind, name in ((Shifted, "neighbours"), (Position, "coordinates"), (Slot, "slots")):
        used |= {name} if any(isinstance(x, kind) for x in accesses) else set()
    used |= {"weight", "sums"} if trace.sums or "weighting" in trace.uniform else set()
    return [name for name in ARGUMENTS if name in used]


def warp_source(trace: TileTrace, precision: type, name: str = "step") -> str:
    """Python text of a module with the traced kernel as the Warp kernel `name`, in `wp.float32` or `wp.float64`."""
    layout, functions = TileLayout(trace.lattice.dimension), _layout_functions(trace.loads.values())
    head = ["import warp as wp", "", f"real = wp.{precision.__name__}", f"CELLS = {layout.cells}"]
    arguments = [f"    {argument}: {_type(argument)}," for argument in arguments_of(trace)]
    begin = ["member, cell = wp.tid()", "tile = tiles[member]"]
    begin += ["inner = inner_coordinates(cell)"] if functions else []
    body = [*begin, *_reads(trace), *_statements(trace), *_writes(trace)]
    kernel = ["@wp.kernel", f"def {name}(", *arguments, "):", *("    " + line for line in body)]
    return "\n\n\n".join(["\n".join(head), *functions, "\n".join(kernel)]) + "\n"


def _layout_functions(accesses: Collection[Access]) -> list[str]:
    """Sources of the functions of the layout of a tile that these reads call."""
    needed = [f for kind, f in ((Shifted, cell_beside), (Position, cell_index)) if any(isinstance(x, kind) for x in accesses)]
    return [inspect.getsource(f.func).strip() for f in ([inner_coordinates, *needed] if needed else [])]


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
    places = [f"at_{place} = cell_beside(neighbours, tile, inner + wp.vec3i{offset})" for place, offset in shifts.items()]
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
        return f"({operands[0]} & wp.uint32({mask})) == wp.uint32({value})"
    return _TEXT[node.operation].format(*operands)
