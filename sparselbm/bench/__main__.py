"""`python -m sparselbm.bench [device] [file.json]`: prints the results, and writes them to a file if one is given."""

import json
import sys
from pathlib import Path

from .report import BenchRow
from .run import run_bench


def _show(row: BenchRow) -> None:
    target = "" if row.target is None else f", target {row.target:.2f}" + ("" if row.met else " MISSED")
    print(
        f"{row.name:15s} {row.mlups:9.1f} MLUPS  {row.share_of_copy:5.2f} of copy  {row.bytes_per_cell:7.1f} B/cell  "
        f"{row.relative:5.2f} of {row.reference}{target}  {row.note}",
        flush=True,
    )


def main(arguments: list[str]) -> None:
    """Runs the benchmark at full size."""
    report = run_bench(arguments[0] if arguments else None, on_row=_show)
    print(f"copy {report.copy_gbs:.1f} GB/s on {report.machine.processor}, {report.machine.cores} cores")
    if len(arguments) > 1:
        Path(arguments[1]).write_text(json.dumps(report.to_json(), indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
