"""Every tile is stepped once, with the kernel of its class, however many classes there are."""

from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np
import pytest
import warp as wp

from sparselbm.backends import Backend
from sparselbm.grid.build import box
from sparselbm.grid.memory import tile_array, tile_view
from sparselbm.kernels.kernel_trace import KernelTrace
from sparselbm.kernels.launch import TileSweep, group_tiles, run_side_by_side
from sparselbm.lattice import D2Q9
from sparselbm.models.physics import TileClass


@dataclass(frozen=True)
class ManyFlags(TileClass):
    """One flag more than there is today."""

    fifth: bool = False


CLASSES = [ManyFlags(*flags) for flags in product((False, True), repeat=5)]


def adding(number: float, backend: Backend):
    """A kernel that adds a number to every cell of its tiles."""
    trace = KernelTrace(D2Q9, ())
    trace.increase("target", 0, 1, trace.graph.constant(number))
    return trace.kernel(wp.float64, backend)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_each_tile_once(threads, device):
    """32 classes, scattered over the tiles."""
    domain = box((64, 96), device=device)
    which = np.random.default_rng(2).permutation(np.arange(domain.tile_count) % len(CLASSES))
    groups = group_tiles(domain, {tiles: np.flatnonzero(which == k) for k, tiles in enumerate(CLASSES)}, threads)
    target = tile_array(domain, 1, wp.float64)
    arrays = {"parameters": wp.zeros(1, dtype=wp.float64, device=device)}
    sweep = TileSweep(
        domain, groups, lambda tiles: adding(1.0 + CLASSES.index(tiles), domain.backend), arrays=arrays, state_bytes=0
    )
    sweep(target=target)
    assert np.array_equal(tile_view(domain, target, 1), np.broadcast_to(1.0 + which[:, None, None], (domain.tile_count, 1, 64)))


@pytest.mark.parametrize(
    ("members", "words"),
    [([0, 1, 1], "occurs twice"), ([0, 4], "tiles 0 to 3"), ([-1], "tiles 0 to 3"), ([1 << 31], "tiles 0 to 3")],
)
def test_impossible_tiles(members, words, device):
    """Indices beyond the domain, and tiles in two places, are refused."""
    domain = box((16, 16), device=device)
    with pytest.raises(ValueError, match=words):
        group_tiles(domain, {CLASSES[0]: np.array(members)})


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_calls_side_by_side(threads):
    """Each call is made once on any number of threads, and an error of one of them comes out."""
    done: list[int] = []
    run_side_by_side([partial(done.append, k) for k in range(40)], threads)
    assert sorted(done) == list(range(40))
    with pytest.raises(ZeroDivisionError):
        run_side_by_side([lambda: 1 / 0, *[lambda: None] * 3], threads)
