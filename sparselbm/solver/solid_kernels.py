"""Kernels that put the solid fractions of obstacles into the cells, and take their derivatives out again."""

import functools

import warp as wp

from ..models.cell_label import OBSTACLE_SHIFT


@functools.cache
def clear_kernel(precision: type) -> wp.Kernel:
    shift = wp.constant(wp.uint32(OBSTACLE_SHIFT))
    low_half = wp.constant(wp.uint32((1 << OBSTACLE_SHIFT) - 1))

    @wp.kernel(enable_backward=False, module="unique", module_options={"max_unroll": 0})
    def clear_solid(
        tile_ids: wp.array(dtype=wp.int32), cells: int, words: int, on_cells: wp.array(dtype=wp.uint32),
        marks: wp.array(dtype=wp.uint32), solid: wp.array(dtype=precision),
    ):
        """Removes the solid and its owner: an obstacle does not own a cell that it has left."""
        thread = wp.tid()
        tile = tile_ids[thread // cells]
        solid[tile * cells + thread % cells] = precision(0.0)
        label = wp.int64(tile) * wp.int64(words * cells) + wp.int64(thread % cells)
        number = marks[label] >> shift
        for k in range(on_cells.shape[0]):
            if on_cells[k] == number:
                marks[label] = marks[label] & low_half

    return clear_solid


@functools.cache
def solid_tiles_kernel(precision: type) -> wp.Kernel:
    @wp.kernel(enable_backward=False, module="unique", module_options={"max_unroll": 0})
    def tiles_with_solid(
        tile_ids: wp.array(dtype=wp.int32), cells: int, solid: wp.array(dtype=precision), found: wp.array(dtype=wp.int32)
    ):
        """found = 1 for tiles with solid, else 0."""
        i = wp.tid()
        any_solid = wp.int32(0)
        for n in range(cells):
            if solid[tile_ids[i] * cells + n] > precision(0.0):
                any_solid = wp.int32(1)
        found[i] = any_solid

    return tiles_with_solid


@functools.cache
def merge_kernel(precision: type) -> wp.Kernel:
    floats = wp.array(dtype=precision)
    shift = wp.constant(wp.uint32(OBSTACLE_SHIFT))
    low_half = wp.constant(wp.uint32((1 << OBSTACLE_SHIFT) - 1))

    @wp.kernel(enable_backward=False, module="unique")
    def merge_solid(
        tile_ids: wp.array(dtype=wp.int32), cells: int, words: int, number: int, hollow: wp.bool,
        marks: wp.array(dtype=wp.uint32),
        eps: floats, solid: floats,
    ):
        """Takes over an obstacle's fractions where they are larger than those of the cell, and with them the cell."""
        thread = wp.tid()
        at = tile_ids[thread // cells] * cells + thread % cells
        label = wp.int64(tile_ids[thread // cells]) * wp.int64(words * cells) + wp.int64(thread % cells)
        value = wp.where(hollow, precision(1.0) - eps[thread], eps[thread])
        if value > solid[at]:
            solid[at] = value
            marks[label] = (marks[label] & low_half) | (wp.uint32(number) << shift)

    return merge_solid


@functools.cache
def gather_kernel(precision: type) -> wp.Kernel:
    floats = wp.array(dtype=precision)
    shift = wp.constant(wp.uint32(OBSTACLE_SHIFT))

    @wp.kernel(enable_backward=False, module="unique")
    def gather_adjoint(
        tile_ids: wp.array(dtype=wp.int32), cells: int, words: int, number: int, hollow: wp.bool,
        marks: wp.array(dtype=wp.uint32),
        eps_adjoint: floats, solid_adjoint: floats,
    ):
        """Gathers d J / d eps of the cells that an obstacle owns."""
        thread = wp.tid()
        at = tile_ids[thread // cells] * cells + thread % cells
        label = wp.int64(tile_ids[thread // cells]) * wp.int64(words * cells) + wp.int64(thread % cells)
        sign = wp.where(hollow, precision(-1.0), precision(1.0))
        owned = (marks[label] >> shift) == wp.uint32(number)
        eps_adjoint[thread] = wp.where(owned, sign * solid_adjoint[at], precision(0.0))

    return gather_adjoint
