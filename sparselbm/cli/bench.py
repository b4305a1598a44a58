"""`sparselbm bench`: speed, beside that of a memory copy."""

import json
from typing import Annotated

from rich.table import Table

from . import options as o
from .exits import running
from .show import err, out

Size = Annotated[int, o.option("--size", "Cells along an edge of the periodic box.")]


def bench(size: Size = 128, device: o.Device = None, json_file: o.JsonFile = None) -> None:
    """Measure the step, with walls, in pipes and backwards, against the memory copy of the same minute.

    Examples:

    sparselbm bench

    sparselbm bench --size 64 --device cpu --json bench.json
    """
    from ..bench import run_bench

    place = o.device_of(device)
    with running():
        report = run_bench(place, size=size, on_row=lambda row: err.print(f"{row.name}: {row.mlups:.1f} MLUPS", highlight=False))
    table = Table(title=f"{size}^3 on {place}; memory copy {report.copy_gbs:.1f} GB/s", title_justify="left")
    for name in ("", "MLUPS", "share of copy", "bytes a cell"):
        table.add_column(name, justify="right" if name else "left")
    for row in report.rows:
        table.add_row(row.name, f"{row.mlups:.1f}", f"{row.share_of_copy:.1%}", f"{row.bytes_per_cell:.0f}")
    out.print(table)
    if json_file is not None:
        json_file.write_text(json.dumps(report.to_json(), indent=2) + "\n")
