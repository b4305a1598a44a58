"""CPU back end: one thread computes a tile, with vectors of 64 bytes.

Measured on D3Q19 BGK fp32, 128^3, two cores: 55 % of a non-temporal copy's bandwidth with 64-byte non-temporal stores,
10 % with 32-byte ones (half a cache line prevents write combining). Stores and loads share the line buffers of a core:
each store is followed by the prefetch of a cache line of a later tile, in the order of memory, because the hardware
prefetcher does not recognise 19 streams of 2 KiB (1.12 times the speed of the step, 1.28 times that of its adjoint).
"""

from collections.abc import Sequence

from ..layout.cpp_file import read_cpp
from .backend import Backend

_ROWS = {
    "rows": (
        "if (db == 0) return *(const Real*)row(b); "
        "const Row first = *(const Row*)row(b + db), second = *(const Row*)row(b + 1 + db); "
        "return __builtin_shufflevector(first, second, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);",
        "return *(const Real*)row(b + db);",
    ),
    "turned": (
        "return dc > 0 ? __builtin_shufflevector(own, next, 1, 2, 3, 4, 5, 6, 7, 16, 9, 10, 11, 12, 13, 14, 15, 24)"
        " : __builtin_shufflevector(own, next, 23, 0, 1, 2, 3, 4, 5, 6, 31, 8, 9, 10, 11, 12, 13, 14);",
        "return dc > 0 ? __builtin_shufflevector(own, next, 1, 2, 3, 4, 5, 6, 7, 8)"
        " : __builtin_shufflevector(own, next, 15, 0, 1, 2, 3, 4, 5, 6);",
    ),
    "push": (
        "push_row(field, size, component, a + da, b + db, dc, "
        "__builtin_shufflevector((Lanes)value, (Lanes)value, 0, 1, 2, 3, 4, 5, 6, 7), "
        "__builtin_shufflevector(open, open, 0, 1, 2, 3, 4, 5, 6, 7)); "
        "push_row(field, size, component, a + da, b + 1 + db, dc, "
        "__builtin_shufflevector((Lanes)value, (Lanes)value, 8, 9, 10, 11, 12, 13, 14, 15), "
        "__builtin_shufflevector(open, open, 8, 9, 10, 11, 12, 13, 14, 15));",
        "push_row(field, size, component, a + da, b + db, dc, (Lanes)value, open);",
    ),
}
"""Statements on the rows of a vector, two in fp32 and one in fp64: the vector of the rows `db` away, that of the cells beside
them along the rows (from it and from the next tile's), and a push of each row."""

CPU = Backend(
    "cpu", read_cpp("backends", "cpu.cpp"), read_cpp("backends", "cpu_sum.cpp"), cell_per_thread=False, shares_memory=True,
    of_precision=_ROWS,
)
"""Vectors of cells, on all cores; host and device share memory."""


def choose(texts: Sequence[str]) -> str:
    """CPU text that runs, for each tile, the text with the index in `classes`."""
    cases = "\n".join(f"case {number}: {{\n{text}\n}} break;" for number, text in enumerate(texts))
    return f"switch (classes.data[thread]) {{\n{cases}\n}}"


def with_stores(text: str, streaming: bool) -> str:
    """CPU text whose stores bypass the cache if `streaming`.

    The choice is a constant of the text: if it were made at run time, the compiler would merge both stores into a plain one.
    """
    return f"const bool STREAMING = {str(streaming).lower()};\n{{\n{text}\n}}"
