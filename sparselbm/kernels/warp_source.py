"""Traced physics of a kernel as a plain Warp kernel, which a person can read and Warp itself can differentiate.

It prints the same graph as the C++ back ends, with one statement per line, arrays indexed as `[tile, component, cell]`, and
streaming by the table of the 27 neighbours of each tile. It is many times slower. It serves as documentation and as an
independent check: its values check the C++ text, and its gradient by `wp.Tape` checks `pullback`.

A launch has the dimensions (tiles of the class, cells per tile) and the arguments of `arguments_of`.
"""

import inspect
import math
from collections.abc import Collection

import warp as wp

from ..layout import TileLayout
from ..layout.warp_functions import cell_beside, cell_index, inner_coordinates
from ..trace.expression import Expression, ancestors
from .arguments import ARGUMENTS, signature
from .generated import run_source
from .kernel_trace import KernelTrace
from .reads import CellIndex, Read, ShiftedValue, TileSlot
from .writes import Push

_TEXT = {"+": "{0} + {1}", "-": "{0} - {1}", "*": "{0} * {1}", "/": "{0} / {1}", "neg": "-{0}", "sqrt": "wp.sqrt({0})",
         "exp": "wp.exp({0})", "log": "wp.log({0})", "where": "wp.where({0}, {1}, {2})",
         "<": "{0} < {1}", "<=": "{0} <= {1}", "==": "{0} == {1}", "!=": "{0} != {1}"}  # fmt: skip

def arguments_of(trace: KernelTrace) -> list[str]:
    """Names of the arguments that the Warp kernel uses, in the order of `ARGUMENTS`."""
    reads = [*trace.loads.values(), *trace.uniform.values()]
    used = {"tiles"} | {getattr(x, "array", "parameters") for x in reads} | {write.array for write in trace.writes}
    used |= {"given"} if trace.given else set()
    used |= {"neighbours"} if any(isinstance(x, Push) for x in trace.writes) else set()
    for kind, name in ((ShiftedValue, "neighbours"), (CellIndex, "coordinates"), (TileSlot, "slots")):
        used |= {name} if any(isinstance(x, kind) for x in reads) else set()
    used |= {"weight", "sums"} if trace.sums or "weighting" in trace.uniform else set()
    return [name for name in ARGUMENTS if name in used]


def warp_source(trace: KernelTrace, precision: type, name: str = "step") -> str:
    """Python text of a module that contains the traced kernel as the Warp kernel `name`, in `wp.float32` or `wp.float64`."""
    layout, functions = TileLayout(trace.lattice.dimension), _layout_functions([*trace.loads.values(), *_shifted(trace)])
    head = ["import warp as wp", "", f"real = wp.{precision.__name__}", f"CELLS = {layout.cells}"]
    arguments = [f"    {argument}," for argument in signature(arguments_of(trace))]
    begin = ["member, cell = wp.tid()", "tile = tiles[member]"]
    begin += ["inner = inner_coordinates(cell)"] if functions else []
    body = [*begin, *_reads(trace), *_statements(trace), *_writes(trace)]
    kernel = ["@wp.kernel", f"def {name}(", *arguments, "):", *("    " + line for line in body)]
    return "\n\n\n".join(["\n".join(head), *functions, "\n".join(kernel)]) + "\n"


def _layout_functions(reads: Collection[Read]) -> list[str]:
    """Sources of the functions of the tile layout that these reads call."""
    callers = {cell_beside: ShiftedValue, cell_index: CellIndex}
    called = [function for function, kind in callers.items() if any(isinstance(x, kind) for x in reads)]
    return [inspect.getsource(function.func).strip() for function in ([inner_coordinates, *called] if called else [])]


def warp_kernel(source: str, name: str = "step") -> wp.Kernel:
    """Kernel `name` of a text from `warp_source`, which Warp compiles with its own adjoint."""
    return run_source(source, {})[name]


def _shifted(trace: KernelTrace) -> list[ShiftedValue]:
    """Values of other cells that are read or written."""
    read = [x for x in trace.loads.values() if isinstance(x, ShiftedValue)]
    return read + [x.there for x in trace.writes if isinstance(x, Push)]


def _reads(trace: KernelTrace) -> list[str]:
    shifts = {x.place: x.offset for x in _shifted(trace)}
    places = [f"at_{place} = cell_beside(neighbours, tile, inner + wp.vec3i{offset})" for place, offset in shifts.items()]
    uniform = [f"{name} = {read.python}" for name, read in trace.uniform.items()]
    return places + uniform + [f"{name} = {read.python}" for name, read in trace.loads.items()]


def _statements(trace: KernelTrace) -> list[str]:
    needed = ancestors(trace.results)
    nodes = [x for x in trace.graph.nodes if x.index in needed and x.operation not in ("constant", "input")]
    return [f"{_name(x)} = {_formula(x)}" for x in nodes]


def _writes(trace: KernelTrace) -> list[str]:
    names = iter(map(_name, trace.results))
    writes = [write.python(*(next(names) for _ in write.operands)) for write in trace.writes]
    sums = [
        f"wp.atomic_add(sums, tile, {k}, 0, weight * wp.float64({_name(value)}))" for k, value in enumerate(trace.sums)
    ]
    return writes + sums


def _name(node: Expression) -> str:
    if node.operation == "constant":
        if not math.isfinite(node.value):
            raise ValueError(f"a traced constant is {node.value}, but must be finite: check the parameters of the model")
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
