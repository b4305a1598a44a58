"""Back end: text of kernels for one kind of processor, and how they are launched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

from ..layout import TileLayout

_AHEAD = 2
"""Distance [tiles, in the order of memory] by which populations are prefetched."""

_WARP = 32
"""Number of threads of a warp on CUDA."""


@dataclass(frozen=True)
class Backend:
    """Differences between the kernels of one kind of processor and those of another."""

    name: str
    text: str
    """C++ text around the physics of a cell, with place-holders `$layout`, `$body`, `$sums`, ... that `assemble` replaces."""
    sum_text: str
    """C++ text that adds one summed quantity to the partial sums of the tile."""
    cell_per_thread: bool
    """Whether a thread computes one cell, with one launch per class of tiles; otherwise a thread computes a tile of any class."""
    shares_memory: bool = False
    """Whether host and device share memory, so that `wp.array.numpy()` is a view."""
    captures_graphs: bool = False
    """Whether repeated launches are recorded once and replayed as a graph."""
    of_precision: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Further place-holders of `text`, each with its text in fp32 and in fp64."""

    def threads(self, tiles: int, layout: TileLayout) -> int:
        """Number of threads of a launch over a number of tiles."""
        return tiles * layout.cells if self.cell_per_thread else tiles

    def sum_slots(self, layout: TileLayout) -> int:
        """Number of partial sums per tile and summed quantity: one for each warp, or one."""
        return layout.cells // _WARP if self.cell_per_thread else 1

    def assemble(
        self, layout: TileLayout, scalar: str, *, parameters: Sequence[str], body: Sequence[str], sums: Sequence[str],
        outside: Sequence[str] | None = None,
    ) -> str:
        """Text of one tile kernel: `body` computes and stores; `sums` are the names of the values that are summed over each tile.

        `scalar`: "float" or "double". `outside` replaces `body`, if it is not None, for vectors of cells without a fluid cell,
        which then need no loads and no arithmetic.
        """
        count = len(sums)
        body = [*body, *(f"sum{k} += {text};" for k, text in enumerate(sums))]
        if outside is not None:
            body = ["if (outside(blocked_links.data)) {", *outside, "} else {", *body, "}"]
        return Template(self.text).substitute(
            scalar=scalar,
            integer="int" if scalar == "float" else "long long",
            layout=layout.cpp,
            ahead=_AHEAD,
            parameters="\n".join(parameters),
            accumulators="\n".join(f"Real sum{k} = constant(0.0);" for k in range(count)),
            body="\n".join("  " + line for line in body),
            **{name: texts[scalar == "double"] for name, texts in self.of_precision.items()},
            sums="\n".join(Template(self.sum_text).substitute(k=k, count=count) for k in range(count)),
        )
