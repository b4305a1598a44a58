// Text around the physics of a cell on the CPU: one thread computes a tile, and `Real` is a vector of 64 bytes (rows of 8 cells
// along the fastest axis, two rows in fp32). Lines that begin with two slashes are not part of the compiled text.

#pragma clang fp contract(fast)
typedef $scalar Scalar;
typedef $integer Integer;
$layout
const int WIDTH = 64 / sizeof(Scalar), ROWS = WIDTH / EDGE;
typedef Scalar Real __attribute__((vector_size(64)));
typedef Integer Mask __attribute__((vector_size(64)));
typedef Scalar Row __attribute__((vector_size(EDGE * sizeof(Scalar))));
// Vectors of a masked store, which are of another kind in Clang, and their masks.
typedef Scalar Lanes __attribute__((ext_vector_type(WIDTH)));
typedef Scalar RowLanes __attribute__((ext_vector_type(EDGE)));
typedef bool Open __attribute__((ext_vector_type(WIDTH)));
typedef bool RowOpen __attribute__((ext_vector_type(EDGE)));
const Open EVERY = ~Open{};
const RowOpen FIRST = {true, false, false, false, false, false, false, false}, LAST = {false, false, false, false, false, false, false, true};
typedef int Words __attribute__((vector_size(WIDTH * sizeof(int)), aligned(4)));
auto constant = [](double x) __attribute__((always_inline)) { return Scalar(x) - Real{}; };
auto root = [](Real x) __attribute__((always_inline)) { return __builtin_elementwise_sqrt(x); };
// Vectorised functions: those of the C library, which Clang would call, compute one value at a time (measured: 0.35 times
// the speed of the step of a power-law fluid). exp x = 2^n exp r, |r| <= log(2) / 2, by Taylor's series;
// log x = n log 2 + 2 artanh((m - 1) / (m + 1)), m within 2^(-1/2) and 2^(1/2), by the series of artanh. Both are exact to
// one or two units in the last place; the argument of exp is limited to the range of normal numbers.

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

auto lanes = [](Mask mask) __attribute__((always_inline)) -> Open { return __builtin_convertvector(mask, Open); };
auto has_bit = [](Mask word, int bit) __attribute__((always_inline)) {
  return (word & (Integer(1u << bit) - Mask{})) != 0;
};
auto matches = [](Mask word, unsigned int mask, unsigned int value) __attribute__((always_inline)) {
  return (word & (Integer(mask) - Mask{})) == (Integer(value) - Mask{});
};
const int tile = tiles.data[thread];
const int* near = neighbours.data + own_place(tile);
// Values are prefetched into the second cache: the first holds few lines that are a tile's component apart, as all 19 are.
const int later = tiles.data[thread + ${ahead} < tiles.shape[0] ? thread + ${ahead} : thread];
const int* near_later = neighbours.data + own_place(later);
$parameters
$accumulators
for (int a = 0; a < PLANES; ++a) for (int b = 0; b < EDGE; b += ROWS) {
  const int cell = cell_number(a, b, 0);
  // Cells `da` and `db` away along the slower axes, in the tile `along` steps away in the table of neighbours.
  auto rows = [&](const Scalar* field, int size, int component, int da, int db, int along)
      __attribute__((always_inline)) -> Real {
    auto row = [&](int rb) __attribute__((always_inline)) {
      const int other = near[beside(a + da, 0, 0) + beside(0, rb, 0) + along];
      return field + ((long long)other * size + component) * CELLS + cell_number(a + da, rb, 0);
    };
    $rows
  };
  auto shifted = [&](const Scalar* field, int size, int component, int da, int db, int dc)
      __attribute__((always_inline)) -> Real {
    const Real own = rows(field, size, component, da, db, 0);
    if (dc == 0) return own;
    const Real next = rows(field, size, component, da, db, dc);
    $turned
  };
  auto local = [&](const Scalar* field, int place, int size, int component) __attribute__((always_inline)) -> Real {
    return *(const Real*)(field + ((long long)place * size + component) * CELLS + cell);
  };
  auto store = [&](Scalar* field, int place, int size, int component, Real value) __attribute__((always_inline)) {
    Real* to = (Real*)(field + ((long long)place * size + component) * CELLS + cell);
    if constexpr (STREAMING) __builtin_nontemporal_store(value, to); else *to = value;
  };
  auto store_some = [&](Scalar* field, int size, int component, Real value, Open here) __attribute__((always_inline)) {
    __builtin_masked_store(here, (Lanes)value, field + ((long long)tile * size + component) * CELLS + cell);
  };
  auto push_row = [&](Scalar* field, int size, int component, int ra, int rb, int dc, RowLanes values, RowOpen open)
      __attribute__((always_inline)) {
    const int* to = near + beside(ra, 0, 0) + beside(0, rb, 0);
    const long long at = component * CELLS + cell_number(ra, rb, 0);
    const RowOpen beyond = dc == 0 ? RowOpen{} : dc > 0 ? LAST : FIRST;
    __builtin_masked_store(open & ~beyond, values, field + (long long)to[0] * (size * CELLS) + at + dc);
    if (dc != 0) __builtin_masked_store(open & beyond, values, field + (long long)to[dc] * (size * CELLS) + at + dc - EDGE * dc);
  };
  auto push = [&](Scalar* field, int size, int component, int da, int db, int dc, int own, Real value, Open open, Open fluid)
      __attribute__((always_inline)) {
    $push
    store_some(field, size, own, value, fluid & ~open);
  };
  auto fetch = [&](const Scalar* line) __attribute__((always_inline)) { __builtin_prefetch(line, 0, 2); };
  auto prefetch_line = [&](const Scalar* field, int size, int line) __attribute__((always_inline)) {
    fetch(field + (long long)later * (size * CELLS) + cell * size + line * WIDTH);
  };
  auto prefetch = [&](const Scalar* field, int size, int component, int da, int db) __attribute__((always_inline)) {
    for (int rb = b + db; rb < b + db + (db == 0 ? 1 : ROWS); ++rb) {
      const int other = near_later[beside(a + da, 0, 0) + beside(0, rb, 0)];
      fetch(field + ((long long)other * size + component) * CELLS + cell_number(a + da, rb, 0));
    }
  };
  auto increase = [&](Scalar* field, int place, int size, int component, Real value) __attribute__((always_inline)) {
    *(Real*)(field + ((long long)place * size + component) * CELLS + cell) += value;
  };
  auto bits = [&](const unsigned int* field, int size, int component) __attribute__((always_inline)) -> Mask {
    return __builtin_convertvector(*(const Words*)(field + ((long long)tile * size + component) * CELLS + cell), Mask);
  };
  auto outside = [&](const unsigned int* field) __attribute__((always_inline)) -> bool {
    unsigned int all = 1u;
    for (int k = 0; k < WIDTH; ++k) all &= field[(long long)tile * CELLS + cell + k];
    return all != 0u;
  };
  auto position = [&](int axis, int inner) __attribute__((always_inline)) -> Real {
    Real place;
    for (int k = 0; k < WIDTH; ++k) place[k] = Scalar(coordinate(cell + k, inner));
    return constant(EDGE * coordinates.data[3ll * tile + axis]) + place;
  };
$body
}
$sums
