"""Results of a benchmark."""

import os
import platform
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import warp as wp


@dataclass(frozen=True)
class Machine:
    """Machine and time of a benchmark."""

    processor: str
    """Name of the CPU, or of the GPU on CUDA."""
    cores: int
    """Number of cores available to this process."""
    device: str
    """The Warp device, such as `cpu` or `cuda:0`."""
    warp: str
    """Version of Warp."""
    date: str
    """Time of the start, ISO 8601, UTC."""


@dataclass(frozen=True)
class BenchRow:
    """Result of one case. All times of a row are measured alternately, so that ratios hold on a shared machine."""

    name: str
    mlups: float
    """Million fluid cell updates per second."""
    share_of_copy: float
    """Required memory traffic per second, relative to that of a memory copy."""
    bytes_per_cell: float
    """Memory of all arrays per cell of a tile [bytes]."""
    cells: int
    """Number of fluid cells."""
    relative: float
    """Speed per fluid cell relative to that of `reference`."""
    reference: str
    target: float | None
    """Smallest acceptable value of `relative`."""
    note: str
    """Description of the case, and further observations."""

    @property
    def met(self) -> bool:
        """Whether the target is reached; true if there is none."""
        return self.target is None or self.relative >= self.target


@dataclass(frozen=True)
class BenchReport:
    """Rows of a benchmark, and the memory copy of the machine."""

    machine: Machine
    size: int
    """Number of cells along an edge of the periodic box."""
    copy_gbs: float
    """Best bandwidth of a copy between arrays of the size of a state, counting reads and writes [GB/s]."""
    rows: tuple[BenchRow, ...]

    def row(self, name: str) -> BenchRow:
        """Row with this name. Raises KeyError."""
        found = {row.name: row for row in self.rows}
        if name not in found:
            raise KeyError(f"there is no row {name!r}: use one of {', '.join(found)}")
        return found[name]

    def to_json(self) -> dict:
        """Returns the report for JSON: `machine`, `size`, `copy_gbs` and `rows`, with the names of the fields."""
        return asdict(self)


def describe_machine(device: wp.Device) -> Machine:
    """Describes the machine of this process."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Machine(_cpu_name() if device.is_cpu else device.name, cores, device.alias, wp.__version__, now)


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
