"""Machine on which a computation runs."""

import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import warp as wp

from ..system import core_count


@dataclass(frozen=True)
class Machine:
    """Machine and time of a computation."""

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


def describe_machine(device: wp.Device) -> Machine:
    """Describes the machine of this process."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Machine(_cpu_name() if device.is_cpu else device.name, core_count(), device.alias, wp.__version__, now)


def _cpu_name() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
