"""What a bench measures, as values."""

import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import warp as wp


@dataclass(frozen=True)
class Machine:
    """Where and when a bench ran."""

    processor: str
    """Name of the CPU, or of the GPU on CUDA."""
    cores: int
    """Cores that this process may use."""
    device: str
    """The Warp device, such as `cpu` or `cuda:0`."""
    warp: str
    """Version of Warp."""
    date: str
    """Time of the start, ISO 8601, UTC."""


@dataclass(frozen=True)
class BenchRow:
    """One measured case. All times of a row are taken in turn, so that ratios hold on a machine that others use too."""

    name: str
    mlups: float
    """Million updates of fluid cells a second."""
    share_of_copy: float
    """Bytes that the case must move a second, over those that a memory copy moves."""
    bytes_per_cell: float
    """Memory of all arrays over the cells of all tiles [bytes]."""
    cells: int
    """Fluid cells."""
    relative: float
    """Speed for each fluid cell over that of `reference`."""
    reference: str
    target: float | None
    """Least `relative` that the project aims at."""
    note: str
    """What the case is, and what else was seen."""

    @property
    def met(self) -> bool:
        """Whether the target is reached; true where there is none."""
        return self.target is None or self.relative >= self.target


@dataclass(frozen=True)
class BenchReport:
    """The rows of a bench and the machine's memory copy beside them."""

    machine: Machine
    size: int
    """Cells along an edge of the periodic box."""
    copy_gbs: float
    """Best bandwidth of a copy between arrays as large as a state, reads and writes counted [GB/s]."""
    rows: tuple[BenchRow, ...]

    def row(self, name: str) -> BenchRow:
        """The row of that name. Raises KeyError."""
        found = {row.name: row for row in self.rows}
        if name not in found:
            raise KeyError(f"no row {name!r}; there are: {', '.join(found)}")
        return found[name]

    def to_json(self) -> dict:
        """The report as JSON holds it: `machine`, `size`, `copy_gbs` and `rows`, with the names of the fields above."""
        return asdict(self)


def describe_machine(device: wp.Device) -> Machine:
    """The machine that this process runs on."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Machine(_cpu_name() if device.is_cpu else device.name, cores, device.alias, wp.__version__, now)


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
