// Layout of a tile for C++ kernels: see tile_layout.py. Lines that begin with two slashes are not part of the compiled text.

const int EDGE = 8, CELLS = ${cells}, PLANES = ${planes};
// Inner coordinate of a cell along an axis, and the number of a cell in the tile that it lies in: its inner coordinates may be
// counted from an adjacent tile.
auto coordinate = [](int cell, int axis) { return axis == 2 ? cell & 7 : axis == 1 ? (cell >> 3) & 7 : cell >> 6; };
auto cell_number = [](int a, int b, int c) { return (8 * (a & 7) + (b & 7)) * 8 + (c & 7); };
// Place of a tile itself in the table of the 27 neighbours of every tile, and how far from there the tile of a cell is.
auto own_place = [](int tile) { return 27ll * tile + 13; };
auto beside = [](int a, int b, int c) { return 9 * (a >> 3) + 3 * (b >> 3) + (c >> 3); };
