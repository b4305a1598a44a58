// The text around a cell's physics on CUDA: one thread computes one cell, and `Real` is one number. Lines that begin with
// two slashes are not part of the compiled text.

typedef $scalar Scalar;
typedef Scalar Real;
typedef bool Mask;
const int CELLS = ${cells};
auto constant = [](double x) { return Scalar(x); };
auto root = [](Real x) { return ::sqrt(x); };
auto exponential = [](Real x) { return ::exp(x); };
auto logarithm = [](Real x) { return ::log(x); };
auto has_bit = [](unsigned int word, int bit) { return ((word >> bit) & 1u) != 0u; };
auto matches = [](unsigned int word, unsigned int mask, unsigned int value) { return (word & mask) == value; };
const int tile = tiles.data[thread / CELLS];
const int cell = thread % CELLS;
const int a = cell >> 6, b = (cell >> 3) & 7, c = cell & 7;
const int* near = neighbours.data + 27ll * tile + 13;
auto shifted = [&](const Scalar* field, int size, int component, int da, int db, int dc) -> Real {
  const int ra = a + da, rb = b + db, rc = c + dc;
  const int other = near[9 * (ra >> 3) + 3 * (rb >> 3) + (rc >> 3)];
  return field[((long long)other * size + component) * CELLS + (8 * (ra & 7) + (rb & 7)) * 8 + (rc & 7)];
};
auto local = [&](const Scalar* field, int place, int size, int component) -> Real {
  return field[((long long)place * size + component) * CELLS + cell];
};
auto store = [&](Scalar* field, int place, int size, int component, Real value) {
  field[((long long)place * size + component) * CELLS + cell] = value;
};
auto prefetch = [](const Scalar*, int, int) {};
auto increase = [&](Scalar* field, int place, int size, int component, Real value) {
  field[((long long)place * size + component) * CELLS + cell] += value;
};
auto word = [&](const unsigned int* field, int size, int component) {
  return field[((long long)tile * size + component) * CELLS + cell];
};
auto outside = [&](const unsigned int* field) { return (word(field, 1, 0) & 1u) != 0u; };
auto position = [&](int axis) -> Real {
  return Scalar(8 * coordinates.data[3ll * tile + axis - ${first_axis}] + (axis == 2 ? c : axis == 1 ? b : a));
};
$parameters
$accumulators
$body
$sums
