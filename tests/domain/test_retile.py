"""State carried over from one set of tiles to another."""

import numpy as np
import pytest
import warp as wp

from sparselbm.errors import DomainError
from sparselbm.geometry import TriangleMesh
from sparselbm.grid import transfer
from sparselbm.grid.build import box, inside
from sparselbm.grid.memory import put_tiles, tile_array, tile_view


def pipe(shift, device, **options):
    mesh = TriangleMesh.cylinder(5.0, (0.0, 20.0 + shift, 20.0), (48.0, 20.0, 20.0), 32)
    return inside(
        mesh, **{"voxel_size": 1.0, "origin": (0.0, 0.0, 0.0), "shape": (48, 40, 40), "device": device, **options}
    )


def numbered(domain, size):
    """An array whose values tell the cell and the component, from 1 on."""
    array = tile_array(domain, size, wp.float32)
    i, j, k = np.moveaxis(domain.cell_indices() + 8 * np.round(np.asarray(domain.origin) / 8).astype(int), -1, 0)
    code = 1 + ((i * 48 + j) * 48 + k)[:, None] * size + np.arange(size)[:, None]
    put_tiles(code, array)
    return array


@pytest.mark.parametrize("origin", [(0.0, 0.0, 0.0), (-8.0, 8.0, 0.0)])
def test_tiles_of_the_same_place_keep_their_values(origin, device):
    old, new = pipe(0.0, device), pipe(6.0, device, origin=origin, shape=(56, 32, 40))
    got = transfer(old, new, numbered(old, 3), 3, into=numbered(new, 3))
    offset = np.round(np.asarray(origin) / 8).astype(int)
    shared = np.array([tuple(tile + offset) in set(map(tuple, old.tiles)) for tile in new.tiles])
    assert 0 < shared.sum() < len(shared)
    values, expected = tile_view(new, got, 3), tile_view(new, numbered(new, 3), 3)
    assert np.array_equal(values[shared], expected[shared])
    assert not values[~shared].any()


def test_what_is_refused(device):
    old = box((16, 16, 16), device=device)
    array = tile_array(old, 1, wp.float32)
    with pytest.raises(DomainError, match="multiple of 8"):
        transfer(old, box((16, 16, 16), origin=(4.0, 0.0, 0.0), device=device), array, 1, into=array)
    with pytest.raises(DomainError, match="must be equal"):
        transfer(old, box((16, 16, 16), voxel_size=0.5, device=device), array, 1, into=array)
    with pytest.raises(DomainError, match="is needed"):
        transfer(old, old, array, 19, into=array)
