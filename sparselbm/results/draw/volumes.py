"""Cell fields as volumes."""

from dataclasses import dataclass

from ...files.nvdb import write_nvdb
from ...files.vdb import write_vdb
from ..reader import field_file
from .drawing import Drawing


@dataclass(frozen=True)
class VolumeGrids(Drawing):
    """Velocity, pressure and scalars: `fields.vdb` (shown by the stage), and a `.nvdb` file for each.

    Those of each time have the number of its frame, as in `fields_0012.vdb`.
    """

    each_time = False

    def draw(self, stage, moment, time):
        suffix = "" if time is None else f"_{stage.frames:04d}"
        grids, file = moment.snapshot.grids(), f"fields{suffix}.vdb"
        write_vdb(stage.folder / file, grids)
        for grid in grids:
            write_nvdb(stage.folder / f"{field_file(grid.name)}{suffix}.nvdb", grid)
            stage.add_volume(grid.name, file, grid.name, bounds=moment.bounds, time=time)
