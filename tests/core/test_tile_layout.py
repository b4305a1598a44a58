"""There is one layout of a tile: NumPy, Warp, C++ and NanoVDB's volumes agree for every cell, and no other file codes it."""

import functools
import io
import re
import tokenize
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import warp as wp

import sparselbm
from sparselbm.layout import EDGE, NEIGHBOUR_STEPS, TileLayout
from sparselbm.layout.warp_functions import (
    cell_beside,
    cell_index,
    cell_of_row,
    cell_offset,
    cells_per_tile,
    first_cell,
    inner_coordinates,
    neighbour_step,
    tile_of_voxel,
)

DIMENSIONS = pytest.mark.parametrize("layout", [TileLayout(2), TileLayout(3)], ids=["2D", "3D"])

PACKAGE = Path(sparselbm.__file__).parent
OWNERS = ("layout/", "files/")
"""Rooms that may hold these numbers: the layout's own, and the formats of OpenVDB and NanoVDB, which define them."""
OTHER_MEANINGS = ("adjoint/periodic.py", "bench/memory_copy.py", "design/constraint/linear_equality.py", "observe/signal.py", *(
    f"scene/usd/{name}.py" for name in ("crate", "crate_values", "lz4")
))
"""Files in which 8 and 512 are numbers of periods, bytes, rows, samples and bits."""

CODED = re.compile(
    r">>\s*[36]\b|<<\s*[36]\b|&\s*7\b|\b512\b|\b27\s*\*|\b13\s*\+|//\s*(?:8|64)\b|%\s*(?:8|64)\b|\b(?:8|64)\s*\*(?!\*)|\b8\s*\*\*"
    r"|\b8\s*,\s*8\s*,\s*8\b|range\(8\)|meshgrid\(\*\[np\.arange"
)
"""Arithmetic of the numbers 8, 64 and 512, bit shifts by 3 and 6, and steps in the table of 27 neighbours."""


@wp.kernel
def places_of_cells(
    dimension: int, offsets: wp.array(dtype=wp.vec3i), inner: wp.array(dtype=wp.vec3i), rows: wp.array(dtype=int),
    sizes: wp.array(dtype=int),
):
    cell = wp.tid()
    offsets[cell] = cell_offset(cell, dimension)
    inner[cell] = inner_coordinates(cell)
    rows[cell] = cell_of_row(cell // EDGE, cell % EDGE)
    sizes[cell] = cells_per_tile(dimension)


@DIMENSIONS
def test_cells_of_a_tile(layout, device):
    """Offsets and numbers are inverse to each other, the last axis is the fastest, and Warp has the same ones."""
    offsets = layout.offsets
    assert offsets.tolist() == [list(x) for x in product(range(EDGE), repeat=layout.dimension)]
    assert np.array_equal(layout.cell_of(offsets - 8 * EDGE), np.arange(layout.cells))
    assert (layout.cells, layout.planes * EDGE**2) == (len(offsets), len(offsets))
    arrays = [wp.zeros(layout.cells, dtype=kind, device=device) for kind in (wp.vec3i, wp.vec3i, int, int)]
    wp.launch(places_of_cells, layout.cells, inputs=[layout.dimension], outputs=arrays, device=device)
    found, inner, rows, sizes = (array.numpy() for array in arrays)
    assert np.array_equal(found[:, : layout.dimension], offsets)
    assert not found[:, layout.dimension :].any()
    assert np.array_equal(inner, np.stack(np.broadcast_arrays(*layout.inner(tuple(offsets.T))), axis=1))
    assert [layout.inner_axis(axis) for axis in range(layout.dimension)] == list(range(3 - layout.dimension, 3))
    assert np.array_equal(rows, np.arange(layout.cells))
    assert (sizes == layout.cells).all()


@wp.kernel
def cells_beside(neighbours: wp.array(dtype=int), offset: wp.vec3i, beside: wp.array(dtype=wp.vec2i)):
    cell = wp.tid()
    beside[cell] = cell_beside(neighbours, 1, inner_coordinates(cell) + offset)


@DIMENSIONS
def test_cells_beside(layout, device):
    """From NumPy and from Warp, the cell an offset away lies at the sum of the two places, in the tile that this is in."""
    neighbours = wp.array(np.concatenate([np.full(27, -1), np.arange(27)]), dtype=int, device=device)  # Tile 1's are 0 to 26.
    beside = wp.zeros(layout.cells, dtype=wp.vec2i, device=device)
    for offset in product((-EDGE, -1, 0, 1, EDGE), repeat=layout.dimension):
        tile, cell = layout.beside(offset)
        steps = np.array(NEIGHBOUR_STEPS)[tile][:, 3 - layout.dimension :]
        assert np.array_equal(EDGE * steps + layout.offsets[cell], layout.offsets + offset)
        inputs = [neighbours, wp.vec3i(*layout.inner(offset))]
        wp.launch(cells_beside, layout.cells, inputs=inputs, outputs=[beside], device=device)
        assert np.array_equal(beside.numpy(), np.stack([tile, cell], axis=1))


@functools.cache
def cells_in_cpp(layout):
    """A kernel of the layout's C++: inner coordinates of each cell, and place in the table and number of the cell beside it."""
    body = "for (int k = 0; k < 3; ++k) inner.data[3 * cell + k] = coordinate(cell, k) + (k == 0 ? di : k == 1 ? dj : dk);"
    arguments = "inner.data[3 * cell], inner.data[3 * cell + 1], inner.data[3 * cell + 2]"
    places = f"place.data[cell] = own_place(1) + beside({arguments}); number.data[cell] = cell_number({arguments});"

    @wp.func_native("\n".join([layout.cpp, "if (CELLS == size && PLANES * EDGE * EDGE == size) {", body, places, "}"]))
    def native(
        cell: int, size: int, di: int, dj: int, dk: int, inner: wp.array(dtype=int), place: wp.array(dtype=int),
        number: wp.array(dtype=int),
    ): ...

    @wp.kernel(enable_backward=False, module="unique")
    def cells(
        size: int, di: int, dj: int, dk: int, inner: wp.array(dtype=int), place: wp.array(dtype=int), number: wp.array(dtype=int)
    ):
        native(wp.tid(), size, di, dj, dk, inner, place, number)

    return cells


@DIMENSIONS
def test_cells_in_cpp(layout, device):
    """The text that C++ kernels begin with has the same inner coordinates, neighbours and numbers."""
    for offset in [(0,) * layout.dimension, *product((-EDGE, 1), repeat=layout.dimension)]:
        arrays = [wp.full(n * layout.cells, -1, dtype=int, device=device) for n in (3, 1, 1)]
        inputs = [layout.cells, *layout.inner(offset)]
        wp.launch(cells_in_cpp(layout), layout.cells, inputs=inputs, outputs=arrays, device=device)
        inner, place, number = (array.numpy() for array in arrays)
        expected = np.stack(np.broadcast_arrays(*layout.inner(tuple((layout.offsets + offset).T))), axis=1)
        assert np.array_equal(inner.reshape(-1, 3), expected)
        tile, cell = layout.beside(offset)
        assert np.array_equal(place, 27 + tile)
        assert np.array_equal(number, cell)


@wp.kernel
def steps_to_neighbours(dimension: int, steps: wp.array(dtype=wp.vec3i)):
    steps[wp.tid()] = neighbour_step(wp.tid(), dimension)


@DIMENSIONS
def test_steps_to_neighbours(layout, device):
    steps = wp.zeros(len(NEIGHBOUR_STEPS), dtype=wp.vec3i, device=device)
    wp.launch(steps_to_neighbours, len(NEIGHBOUR_STEPS), inputs=[layout.dimension], outputs=[steps], device=device)
    inner = [layout.inner(tuple(step[: layout.dimension])) for step in steps.numpy().tolist()]
    in_plane = [step for step in NEIGHBOUR_STEPS if layout.dimension == 3 or step[0] == 0]
    assert [step for step, known in zip(inner, NEIGHBOUR_STEPS, strict=True) if known in in_plane] == in_plane


@wp.kernel
def look_up(
    volume: wp.uint64, dimension: int, cells: int, coordinates: wp.array(dtype=int), index: wp.array(dtype=int),
    tiles: wp.array(dtype=int), agrees: wp.array(dtype=wp.bool),
):
    tile = wp.tid() // cells
    cell = wp.tid() % cells
    place = first_cell(wp.vec3i(coordinates[3 * tile], coordinates[3 * tile + 1], coordinates[3 * tile + 2]))
    place = place + cell_offset(cell, dimension)
    index[wp.tid()] = wp.volume_lookup_index(volume, place[0], place[1], place[2])
    tiles[wp.tid()] = tile_of_voxel(index[wp.tid()])
    inner = inner_coordinates(cell)
    agrees[wp.tid()] = wp.bool(True)
    for axis in range(dimension):
        if cell_index(coordinates, tile, axis, inner[axis + 3 - dimension]) != place[axis]:
            agrees[wp.tid()] = wp.bool(False)


@DIMENSIONS
def test_the_order_is_that_of_volumes(layout, device):
    """Cell n of tile i has the index (cells i + n) voxels_per_cell in the volume: NanoVDB's own `wp.volume_lookup_index`."""
    tiles = np.random.default_rng(0).permutation(list(product((-3, 0, 1), repeat=3)))
    tiles = np.unique(np.where(np.arange(3) < layout.dimension, tiles, 0), axis=0).astype(np.int32)
    points = wp.array(EDGE * tiles, dtype=wp.vec3i, device=device)
    volume = wp.Volume.allocate_by_tiles(points, voxel_size=1.0, bg_value=None, device=device)
    ordered, count = volume.get_tiles().numpy() // EDGE, len(tiles) * layout.cells
    coordinates = wp.array(ordered.ravel(), dtype=int, device=device)
    arrays = [wp.zeros(count, dtype=kind, device=device) for kind in (int, int, wp.bool)]
    wp.launch(look_up, count, inputs=[volume.id, layout.dimension, layout.cells, coordinates], outputs=arrays, device=device)
    index, found, agrees = (array.numpy() for array in arrays)
    assert np.array_equal(index, layout.voxels_per_cell * np.arange(count))
    assert np.array_equal(found, np.arange(count) // layout.cells)
    assert agrees.all()


def code(path: Path) -> dict[int, str]:
    """Lines of a file without comments and docstrings."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return {k: line for k, line in enumerate(source.splitlines(), 1) if not line.lstrip().startswith("//")}
    lines: dict[int, str] = {}
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type not in (tokenize.COMMENT, tokenize.STRING, tokenize.NL, tokenize.NEWLINE):
            lines[token.start[0]] = f"{lines.get(token.start[0], '')} {token.string}"
    return lines


def test_no_other_file_codes_the_layout():
    paths = [path for path in sorted(PACKAGE.rglob("*")) if path.suffix in (".py", ".cpp")]
    found = [
        f"{path.relative_to(PACKAGE)}:{number}:{line}"
        for path in paths
        if not path.relative_to(PACKAGE).as_posix().startswith((*OWNERS, *OTHER_MEANINGS))
        for number, line in code(path).items()
        if CODED.search(line)
    ]
    assert not found, "\n".join(["use `sparselbm.layout` in", *found])


def test_the_check_finds_what_it_looks_for():
    coded = ("cell >> 3", "x << 6", "cell & 7", "index // 8", "index % 8", "8 * tile", "reshape(n, 8, 8, 8)", "i // 512")
    for text in coded:
        assert CODED.search(text), text
