"""What the machine has to give."""

import psutil
import warp as wp


def free_bytes(device: wp.Device) -> int:
    """Memory that is free on a device [bytes]."""
    return psutil.virtual_memory().available if device.is_cpu else device.free_memory


def gibibytes(size: float) -> str:
    """A size for people, such as 1.25 GiB."""
    return f"{size / 2**30:.2f} GiB"
