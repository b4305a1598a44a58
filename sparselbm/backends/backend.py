"""A back end: the text of a kernel for a kind of processor, and the way it is launched."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import Template

from ..layout import TileLayout

_AHEAD = 2
"""Tiles ahead of which populations are fetched, in the order of memory."""

_WARP = 32
"""Threads of a warp on CUDA."""


@dataclass(frozen=True)
class Backend:
    """Everything in which the kernels of one kind of processor differ from those of another."""

    name: str
    text: str
    """C++ around a cell's physics, with places `$body`, `$sums`, ... that `assemble` fills."""
    sum_text: str
    """C++ that adds one summed quantity to the partial sums of the tile."""
    cell_per_thread: bool
    """Whether a thread computes one cell, in one launch for each class of tiles, rather than a whole tile of any class."""
    captures_graphs: bool = False
    """Whether repeated launches are recorded once and replayed as a graph."""
    joined_rows: tuple[str, str] = ("", "")
    """C++ that loads one vector of cells in fp32 and in fp64, where a vector holds rows of cells."""

    def threads(self, tiles: int, layout: TileLayout) -> int:
        """Number of threads of a launch over so many tiles."""
        return tiles * layout.cells if self.cell_per_thread else tiles

    def sum_slots(self, layout: TileLayout) -> int:
        """Number of partial sums of a tile for each summed quantity: one for each warp, or one."""
        return layout.cells // _WARP if self.cell_per_thread else 1

    def assemble(
        self, layout: TileLayout, scalar: str, *, parameters: Sequence[str], body: Sequence[str], sums: Sequence[str],
        outside: Sequence[str] | None = None,
    ) -> str:
        """Text of one tile kernel: `body` computes and stores, `sums` names the values that are added up over each tile.

        `scalar`: "float" or "double". `outside`, where given, replaces `body` for lanes without a fluid cell, which then
        cost no loads and no arithmetic.
        """
        count = len(sums)
        body = [*body, *(f"sum{k} += {text};" for k, text in enumerate(sums))]
        if outside is not None:
            body = ["if (outside(words.data)) {", *outside, "} else {", *body, "}"]
        return Template(self.text).substitute(
            scalar=scalar,
            integer="int" if scalar == "float" else "long long",
            layout=layout.cpp,
            ahead=_AHEAD,
            join=self.joined_rows[scalar == "double"],
            parameters="\n".join(parameters),
            accumulators="\n".join(f"Real sum{k} = constant(0.0);" for k in range(count)),
            body="\n".join("  " + line for line in body),
            sums="\n".join(Template(self.sum_text).substitute(k=k, count=count) for k in range(count)),
        )
