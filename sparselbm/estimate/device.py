"""Free memory of the device."""

import psutil
import warp as wp


def free_bytes(device: wp.Device) -> int:
    """Free memory of a device [bytes]."""
    return psutil.virtual_memory().available if device.is_cpu else device.free_memory


def gibibytes(size: float) -> str:
    """Formats a size in bytes, such as 1.25 GiB."""
    return f"{size / 2**30:.2f} GiB"
