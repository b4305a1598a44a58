"""Cell fields as volumes."""

from dataclasses import dataclass, replace

import numpy as np

from ...files.grid import TILE_EDGE, TileGrid
from ...files.nvdb import write_nvdb
from ...files.vdb import write_vdb
from ..fields import CellField, FlowFrame
from ..reader import SOLID, field_file
from .drawing import Drawing


@dataclass(frozen=True)
class VolumeGrids(Drawing):
    """Velocity, pressure, scalars, further fields and the solid fraction: `fields.vdb`, and a `.nvdb` file for each. The stage
    shows all but the solid fraction.

    Those of each time have the number of its frame, as in `fields_0012.vdb`.
    """

    fields: tuple[CellField, ...] = ()
    """Further fields."""
    region: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None
    """Lower and upper corner of the part that is stored at each time [m]; None: all of it. The last flow is always stored whole,
    so that other runs can start from it."""
    every: int = 1
    """Number of frames from one to the next that has volumes."""

    each_time = False

    def draw(self, stage, moment, time):
        if time is not None and stage.frames % self.every:
            return
        suffix = "" if time is None else f"_{stage.frames:04d}"
        grids, file, bounds = self._grids(moment), f"fields{suffix}.vdb", moment.bounds
        if self.region is not None and time is not None:
            grids = tuple(_within(grid, np.array(self.region)) for grid in grids)
            bounds = np.clip(bounds, *np.array(self.region))
        write_vdb(stage.folder / file, grids)
        for grid in grids:
            is_solid = grid.name == SOLID
            write_nvdb(stage.folder / f"{field_file(grid.name)}{suffix}.nvdb", grid, compress=is_solid)
            if is_solid:
                continue
            stage.add_volume(grid.name, file, grid.name, bounds=bounds, time=time)

    def _grids(self, moment: FlowFrame) -> tuple[TileGrid, ...]:
        """Grids of all fields."""
        grids = moment.snapshot.grids()
        known, kept = {grid.name for grid in grids}, ~moment.snapshot.domain.ghost_tiles
        further = [each for each in self.fields if each.name not in known]
        return (*grids, *(
            replace(grids[0], name=each.name, values=each.of(moment)[kept].astype(np.float32)) for each in further
        ))


def _within(grid: TileGrid, region: np.ndarray) -> TileGrid:
    """The part of a grid whose voxels have their centres in a box, (2, 3) [m]; at least one tile."""
    low, high = (region - np.asarray(grid.origin)) / grid.voxel_size
    first = grid.tiles * TILE_EDGE
    kept = ((first + TILE_EDGE - 1 >= low) & (first <= high)).all(axis=1)
    offsets = np.moveaxis(np.indices((TILE_EDGE,) * 3), 0, -1).reshape(-1, 3)
    cells = first[kept][:, None] + offsets
    inside = ((cells >= low) & (cells <= high)).all(axis=-1)
    return replace(grid, tiles=grid.tiles[kept], values=grid.values[kept], active=grid.mask[kept] & inside)
