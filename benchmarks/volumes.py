"""Seconds and memory of writing 8 million velocities as `.vdb` and `.nvdb`. Run: python benchmarks/volumes.py [FOLDER]"""

import sys
import tempfile
import threading
from pathlib import Path
from time import perf_counter, sleep

import numpy as np
import psutil

from sparselbm.files.grid import GridClass, TileGrid
from sparselbm.files.nvdb import write_nvdb
from sparselbm.files.vdb import write_vdb

TILES_ALONG = 25
"""25^3 tiles of 512 voxels are 8 million."""
WAYS = {
    "nvdb": lambda path, grid: write_nvdb(path.with_suffix(".nvdb"), grid),
    "nvdb, ZIP": lambda path, grid: write_nvdb(path.with_suffix(".nvdb"), grid, compress=True),
    "vdb, ZIP": lambda path, grid: write_vdb(path.with_suffix(".vdb"), [grid]),
    "vdb, ZIP, half": lambda path, grid: write_vdb(path.with_suffix(".vdb"), [grid], half=True),
    "vdb": lambda path, grid: write_vdb(path.with_suffix(".vdb"), [grid], compress=False),
}


def vortices(tiles_along: int) -> TileGrid:
    """A smooth velocity with a little noise, as a flow's: plain numbers would deflate to nothing."""
    ticks = np.arange(tiles_along, dtype=np.int32)
    tiles = np.stack(np.meshgrid(ticks, ticks, ticks, indexing="ij"), axis=-1).reshape(-1, 3)
    inner = np.stack(np.unravel_index(np.arange(512), (8, 8, 8)), axis=-1)
    values = np.empty((len(tiles), 512, 3), np.float32)
    noise = np.random.default_rng(0)
    for k, tile in enumerate(tiles):
        x = (8 * tile + inner) * np.float32(0.1)
        values[k] = np.sin(x[:, [1, 2, 0]]) + np.cos(x[:, [2, 0, 1]]) + 1e-3 * noise.standard_normal((512, 3))
    return TileGrid(name="velocity", tiles=tiles, values=values, voxel_size=0.01, grid_class=GridClass.FOG_VOLUME)


def measured(work) -> tuple[float, int]:
    """Seconds, and the most bytes that the process grew by meanwhile."""
    process, done, most = psutil.Process(), threading.Event(), [0]

    def watch() -> None:
        while not done.is_set():
            most[0] = max(most[0], process.memory_info().rss)
            sleep(0.002)

    before = process.memory_info().rss
    watcher = threading.Thread(target=watch)
    watcher.start()
    began = perf_counter()
    work()
    seconds = perf_counter() - began
    done.set()
    watcher.join()
    return seconds, most[0] - before


if __name__ == "__main__":
    grid = vortices(TILES_ALONG)
    data = grid.values.nbytes
    print(f"{grid.values[..., 0].size / 1e6:.1f} million voxels, {data / 1e6:.0f} MB")
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as folder:
        for name, write in WAYS.items():
            path = Path(folder) / "velocity"
            seconds, growth = measured(lambda: write(path, grid))  # noqa: B023
            (file,) = Path(folder).iterdir()
            print(
                f"{name:15s} {seconds:5.1f} s, peak memory {(data + growth) / data:.2f} times the data, "
                f"file {file.stat().st_size / 1e6:.0f} MB"
            )
            file.unlink()
