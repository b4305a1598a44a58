"""The C++ around a cell's traced physics: how lanes are loaded, streamed, stored and summed.

On the CPU a lane vector `Real` holds 64 bytes (rows of 8 cells along the fastest axis, two rows in fp32) and one thread
runs through a tile; on CUDA `Real` is a scalar and a thread is a cell. This file alone knows where a cell lies in
memory: arrays are blocked by tile, `[tile][component][cell]`, and inside a tile the cell (a, b, c) is number
`(8 a + b) 8 + c`, NanoVDB's own order (in 2D a = 0, b = x, c = y).

Measured on D3Q19 BGK fp32, 128^3, two cores: 55 % of a non-temporal copy's bandwidth with 64-byte non-temporal stores,
10 % with 32-byte ones (half a cache line defeats write combining). Stores and loads take a core's line buffers in turn:
each store is followed by the fetch of a line of a tile to come, in the order of memory, which the hardware's own
prefetcher does not see in 19 streams of 2 KiB (1.12 times the speed of the step, 1.28 times that of its adjoint).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ..lattice import Lattice


@dataclass(frozen=True)
class TileLayout:
    """Cells of a tile along its three inner axes: 8 x 8 x 8, or 1 x 8 x 8 in two dimensions."""

    dimension: int

    @property
    def planes(self) -> int:
        return 8 if self.dimension == 3 else 1

    @property
    def cells(self) -> int:
        """Cells of a tile: 512 or 64."""
        return 64 * self.planes

    def inner(self, c: tuple[int, ...]) -> tuple[int, int, int]:
        """A lattice vector along the inner axes (a, b, c)."""
        return (0, *c) if self.dimension == 2 else c  # type: ignore[return-value]


ARGUMENTS = ("tiles", "classes", "neighbours", "coordinates", "words", "marks", "cuts", "slots", "parameters", "weight",
             "source", "adjoint", "differences_adjoint", "solid", "fields", "fractions", "target", "differences_target",
             "solid_adjoint", "fields_adjoint", "fractions_adjoint", "sums", "thread")  # fmt: skip
"""What every tile kernel takes, in the house's order: topology, constants, inputs, outputs."""

_AHEAD = 2
"""Tiles ahead of which populations are fetched, in the order of memory."""


def choose(texts: Sequence[str]) -> str:
    """The CPU text that runs, for each tile, the one of `texts` whose number stands in `classes`."""
    cases = "\n".join(f"case {number}: {{{text}}} break;" for number, text in enumerate(texts))
    return f"switch (classes.data[thread]) {{\n{cases}\n}}"


def with_stores(text: str, streaming: bool) -> str:
    """A CPU text whose stores bypass the cache, or do not.

    A constant of the text: of a choice at run time the compiler makes one plain store (the mark of the other is lost).
    """
    return f"const bool STREAMING = {str(streaming).lower()};\n{{{text}}}"


_CPU = """
#pragma clang fp contract(fast)
typedef {scalar} Scalar;
typedef {integer} Integer;
const int LANES = 64 / sizeof(Scalar), ROWS = LANES / 8, CELLS = {cells};
typedef Scalar Real __attribute__((vector_size(64)));
typedef Integer Mask __attribute__((vector_size(64)));
typedef Scalar Row __attribute__((vector_size(8 * sizeof(Scalar))));
typedef Scalar LooseRow __attribute__((vector_size(8 * sizeof(Scalar)), aligned(sizeof(Scalar))));
typedef int Words __attribute__((vector_size(LANES * sizeof(int)), aligned(4)));
auto constant = [](double x) __attribute__((always_inline)) {{ return Scalar(x) - Real{{}}; }};
auto root = [](Real x) __attribute__((always_inline)) {{ return __builtin_elementwise_sqrt(x); }};
{transcendental}
auto has_bit = [](Mask word, int bit) __attribute__((always_inline)) {{
  return (word & (Integer(1u << bit) - Mask{{}})) != 0;
}};
auto matches = [](Mask word, unsigned int mask, unsigned int value) __attribute__((always_inline)) {{
  return (word & (Integer(mask) - Mask{{}})) == (Integer(value) - Mask{{}});
}};
const int tile = tiles.data[thread];
const int* near = neighbours.data + 27ll * tile + 13;
const int later = tiles.data[thread + {ahead} < tiles.shape[0] ? thread + {ahead} : thread];
{parameters}
{accumulators}
for (int a = 0; a < {planes}; ++a) for (int b = 0; b < 8; b += ROWS) {{
  const int cell = (8 * a + b) * 8;
  auto row = [&](const Scalar* field, int size, int component, int ra, int rb, int dc)
      __attribute__((always_inline)) -> Row {{
    const int* to = near + {plane_step} * 9 + 3 * (rb >> 3);
    const int at = component * CELLS + (8 * (ra & 7) + (rb & 7)) * 8;
    Row lanes = *(const LooseRow*)(field + (long long)to[0] * (size * CELLS) + at + dc);
    if (dc == 1) lanes[7] = field[(long long)to[1] * (size * CELLS) + at];
    if (dc == -1) lanes[0] = field[(long long)to[-1] * (size * CELLS) + at + 7];
    return lanes;
  }};
  auto shifted = [&](const Scalar* field, int size, int component, int da, int db, int dc)
      __attribute__((always_inline)) -> Real {{
    {join}
  }};
  auto local = [&](const Scalar* field, int place, int size, int component) __attribute__((always_inline)) -> Real {{
    return *(const Real*)(field + ((long long)place * size + component) * CELLS + cell);
  }};
  auto store = [&](Scalar* field, int place, int size, int component, Real value) __attribute__((always_inline)) {{
    Real* to = (Real*)(field + ((long long)place * size + component) * CELLS + cell);
    if constexpr (STREAMING) __builtin_nontemporal_store(value, to); else *to = value;
  }};
  auto prefetch = [&](const Scalar* field, int size, int line) __attribute__((always_inline)) {{
    const Scalar* to = field + (long long)later * (size * CELLS) + cell * size + line * LANES;
    __builtin_prefetch(to);
  }};
  auto increase = [&](Scalar* field, int place, int size, int component, Real value) __attribute__((always_inline)) {{
    *(Real*)(field + ((long long)place * size + component) * CELLS + cell) += value;
  }};
  auto word = [&](const unsigned int* field, int size, int component) __attribute__((always_inline)) -> Mask {{
    return __builtin_convertvector(*(const Words*)(field + ((long long)tile * size + component) * CELLS + cell), Mask);
  }};
  auto outside = [&](const unsigned int* field) __attribute__((always_inline)) -> bool {{
    unsigned int all = 1u;
    for (int k = 0; k < LANES; ++k) all &= field[(long long)tile * CELLS + cell + k];
    return all != 0u;
  }};
  auto position = [&](int axis) __attribute__((always_inline)) -> Real {{
    Real inner;
    for (int k = 0; k < LANES; ++k) inner[k] = Scalar(axis == 2 ? k & 7 : axis == 1 ? b + (k >> 3) : a);
    return constant(8.0 * coordinates.data[3ll * tile + axis - {first_axis}]) + inner;
  }};
{body}
}}
{sums}
"""

_JOIN = {
    "float": "return __builtin_shufflevector(row(field, size, component, a + da, b + db, dc), "
    "row(field, size, component, a + da, b + 1 + db, dc), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);",
    "double": "return row(field, size, component, a + da, b + db, dc);",
}

# All lanes at once: of Clang's own the C library does one after the other (measured: 0.35 times the speed of a power law's step).
# exp x = 2^n exp r, |r| <= log(2) / 2, by Taylor's series; log x = n log 2 + 2 artanh((m - 1) / (m + 1)), m within
# 2^(-1/2) and 2^(1/2), by the series of artanh. Both to an ulp or two; exp is held within the range of normal numbers.
_CPU_TRANSCENDENTAL = """
const bool SINGLE = sizeof(Scalar) == 4;
const int MANTISSA = SINGLE ? 23 : 52, BIAS = SINGLE ? 127 : 1023;
auto exponential = [=](Real x) __attribute__((always_inline)) {
  const Real least = constant(SINGLE ? -87.0 : -708.0), most = constant(SINGLE ? 88.0 : 709.0);
  x = x < least ? least : x > most ? most : x;
  const Real n = __builtin_elementwise_rint(x * constant(1.4426950408889634));
  const Real r = x - n * constant(SINGLE ? 0.693145751953125 : 0.6931471803691238) -
      n * constant(SINGLE ? 1.4286068203094172e-6 : 1.9082149292705877e-10);
  Real sum = constant(1.0);
  for (int k = SINGLE ? 7 : 13; k > 0; --k) sum = constant(1.0) + sum * (r * constant(1.0 / k));
  return sum * (Real)((__builtin_convertvector(n, Mask) + BIAS) << MANTISSA);
};
auto logarithm = [=](Real x) __attribute__((always_inline)) {
  const Mask bits = (Mask)(x * constant(1.4142135623730951));
  const Mask power = (bits >> MANTISSA) - BIAS;
  const Real n = __builtin_convertvector(power, Real);
  const Real m = x * (Real)((BIAS - power) << MANTISSA);
  const Real s = (m - constant(1.0)) / (m + constant(1.0)), ss = s * s;
  Real sum = constant(0.0);
  for (int k = SINGLE ? 5 : 11; k > 0; --k) sum = ss * (sum + constant(1.0 / (2 * k + 1)));
  return x > 0 ? n * constant(0.6931471805599453) + (s + s) + (s + s) * sum : constant(__builtin_nan(""));
};
"""

_CUDA = """
typedef {scalar} Scalar;
typedef Scalar Real;
typedef bool Mask;
const int CELLS = {cells};
auto constant = [](double x) {{ return Scalar(x); }};
auto root = [](Real x) {{ return ::sqrt(x); }};
auto exponential = [](Real x) {{ return ::exp(x); }};
auto logarithm = [](Real x) {{ return ::log(x); }};
auto has_bit = [](unsigned int word, int bit) {{ return ((word >> bit) & 1u) != 0u; }};
auto matches = [](unsigned int word, unsigned int mask, unsigned int value) {{ return (word & mask) == value; }};
const int tile = tiles.data[thread / CELLS];
const int cell = thread % CELLS;
const int a = cell >> 6, b = (cell >> 3) & 7, c = cell & 7;
const int* near = neighbours.data + 27ll * tile + 13;
auto shifted = [&](const Scalar* field, int size, int component, int da, int db, int dc) -> Real {{
  const int ra = a + da, rb = b + db, rc = c + dc;
  const int other = near[9 * (ra >> 3) + 3 * (rb >> 3) + (rc >> 3)];
  return field[((long long)other * size + component) * CELLS + (8 * (ra & 7) + (rb & 7)) * 8 + (rc & 7)];
}};
auto local = [&](const Scalar* field, int place, int size, int component) -> Real {{
  return field[((long long)place * size + component) * CELLS + cell];
}};
auto store = [&](Scalar* field, int place, int size, int component, Real value) {{
  field[((long long)place * size + component) * CELLS + cell] = value;
}};
auto prefetch = [](const Scalar*, int, int) {{}};
auto increase = [&](Scalar* field, int place, int size, int component, Real value) {{
  field[((long long)place * size + component) * CELLS + cell] += value;
}};
auto word = [&](const unsigned int* field, int size, int component) {{
  return field[((long long)tile * size + component) * CELLS + cell];
}};
auto outside = [&](const unsigned int* field) {{ return (word(field, 1, 0) & 1u) != 0u; }};
auto position = [&](int axis) -> Real {{
  return Scalar(8 * coordinates.data[3ll * tile + axis - {first_axis}] + (axis == 2 ? c : axis == 1 ? b : a));
}};
{parameters}
{accumulators}
{body}
{sums}
"""

_CPU_SUM = """{{ double whole = 0.0; for (int k = 0; k < LANES; ++k) whole += (double)sum{k}[k];
sums.data[(long long)tile * {count} + {k}] += (double)weight * whole; }}"""

# A warp's 32 cells lie in one tile: its sum has a slot of its own, so that the result is the same on every run.
_CUDA_SUM = """{{ double whole = (double)sum{k};
for (int reach = 16; reach > 0; reach >>= 1) whole += __shfl_down_sync(0xffffffffu, whole, reach);
if ((cell & 31) == 0) sums.data[((long long)tile * {count} + {k}) * (CELLS / 32) + cell / 32] += (double)weight * whole; }}"""


def sum_slots(shape: TileLayout, cuda: bool) -> int:
    """Partial sums a tile keeps for each summed quantity."""
    return shape.cells // 32 if cuda else 1


def assemble(
    *, lattice: Lattice, scalar: str, cuda: bool, parameters: list[str], body: list[str], sums: list[str],
    outside: list[str] | None = None,
) -> str:  # fmt: skip
    """The text of one tile kernel: `body` computes and stores, `sums` names what is added up over each tile.

    `outside`, where given, replaces `body` for lanes without a fluid cell: they cost no loads and no arithmetic.
    """
    shape = TileLayout(lattice.dimension)
    count = len(sums)
    body = body + [f"sum{k} += {text};" for k, text in enumerate(sums)]
    if outside is not None:
        body = ["if (outside(words.data)) {", *outside, "} else {", *body, "}"]
    template, each_sum = (_CUDA, _CUDA_SUM) if cuda else (_CPU, _CPU_SUM)
    return template.format(
        scalar=scalar,
        integer="int" if scalar == "float" else "long long",
        cells=shape.cells,
        ahead=_AHEAD,
        planes=shape.planes,
        plane_step="(ra >> 3)" if shape.dimension == 3 else "0",
        first_axis=3 - shape.dimension,
        join=_JOIN[scalar],
        transcendental=_CPU_TRANSCENDENTAL,
        parameters="\n".join(parameters),
        accumulators="\n".join(f"Real sum{k} = constant(0.0);" for k in range(count)),
        body="\n".join("  " + line for line in body),
        sums="\n".join(each_sum.format(k=k, count=count) for k in range(count)),
    )
