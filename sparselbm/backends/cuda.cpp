// Text around the physics of a cell on CUDA: one thread computes one cell, and `Real` is one number. Lines that begin with
// two slashes are not part of the compiled text.

typedef $scalar Scalar;
typedef Scalar Real;
typedef bool Mask;
$layout
auto constant = [](double x) { return Scalar(x); };
auto root = [](Real x) { return ::sqrt(x); };
auto exponential = [](Real x) { return ::exp(x); };
auto logarithm = [](Real x) { return ::log(x); };
const bool EVERY = true;
auto lanes = [](bool mask) { return mask; };
auto has_bit = [](unsigned int word, int bit) { return ((word >> bit) & 1u) != 0u; };
auto matches = [](unsigned int word, unsigned int mask, unsigned int value) { return (word & mask) == value; };
const int tile = tiles.data[thread / CELLS];
const int cell = thread % CELLS;
const int a = coordinate(cell, 0), b = coordinate(cell, 1), c = coordinate(cell, 2);
const int* near = neighbours.data + own_place(tile);
auto shifted = [&](const Scalar* field, int size, int component, int da, int db, int dc) -> Real {
  const int ra = a + da, rb = b + db, rc = c + dc;
  const int other = near[beside(ra, rb, rc)];
  return field[((long long)other * size + component) * CELLS + cell_number(ra, rb, rc)];
};
auto local = [&](const Scalar* field, int place, int size, int component) -> Real {
  return field[((long long)place * size + component) * CELLS + cell];
};
auto store = [&](Scalar* field, int place, int size, int component, Real value) {
  field[((long long)place * size + component) * CELLS + cell] = value;
};
auto push = [&](Scalar* field, int size, int component, int da, int db, int dc, int own, Real value, bool open, bool fluid) {
  const int ra = a + da, rb = b + db, rc = c + dc;
  const int other = open ? near[beside(ra, rb, rc)] : tile;
  const int at = open ? component * CELLS + cell_number(ra, rb, rc) : own * CELLS + cell;
  if (fluid) field[(long long)other * (size * CELLS) + at] = value;
};
auto prefetch = [](const Scalar*, int, int, int, int) {};
auto prefetch_line = [](const Scalar*, int, int) {};
auto increase = [&](Scalar* field, int place, int size, int component, Real value) {
  field[((long long)place * size + component) * CELLS + cell] += value;
};
auto bits = [&](const unsigned int* field, int size, int component) {
  return field[((long long)tile * size + component) * CELLS + cell];
};
auto outside = [&](const unsigned int* field) { return (bits(field, 1, 0) & 1u) != 0u; };
auto position = [&](int axis, int inner) -> Real {
  return Scalar(EDGE * coordinates.data[3ll * tile + axis] + coordinate(cell, inner));
};
$parameters
$accumulators
$body
$sums
