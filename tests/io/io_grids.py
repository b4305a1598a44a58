"""Grids that reach over node boundaries, into negative coordinates and far apart."""

import numpy as np

from sparselbm.files.grid import GridClass, TileGrid

TILES = np.array([[0, 0, 0], [-1, 2, -3], [1, 0, 0], [600, 0, 0], [15, 15, 15], [16, 0, 0], [-513, -1, 7]], np.int32)


def scalar(partial=True, **changes):
    rng = np.random.default_rng(0)
    fields = {
        "name": "pressure",
        "tiles": TILES,
        "values": rng.standard_normal((len(TILES), 512)).astype(np.float32),
        "active": some(rng) if partial else None,
        "voxel_size": 0.25,
        "origin": (1.0, 2.0, -3.0),
        "grid_class": GridClass.FOG_VOLUME,
    }
    return TileGrid(**{**fields, **changes})


def vector(partial=True, **changes):
    values = np.random.default_rng(1).standard_normal((len(TILES), 512, 3)).astype(np.float32)
    fields = {"name": "velocity", "values": values, "grid_class": GridClass.UNKNOWN}
    return scalar(partial, **{**fields, **changes})


def some(rng):
    """Half of the voxels; all of one tile, a single one of another."""
    active = rng.random((len(TILES), 512)) < 0.5
    active[0], active[1] = True, False
    active[1, 77] = True
    return active


def voxels(grid):
    """{(i, j, k): value (components,)} of the active voxels."""
    values = grid.values.reshape(len(grid.tiles), 512, -1)
    return {
        tuple(int(c) for c in 8 * grid.tiles[t] + (n >> 6, n >> 3 & 7, n & 7)): values[t, n]
        for t, n in zip(*np.nonzero(grid.mask))
    }
