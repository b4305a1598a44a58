"""Calls of the operating system that differ between Linux, macOS and Windows, each with what is done where one is missing."""

import contextlib
import mmap
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

HUGE_PAGE = 1 << 21
"""Size of a huge page [bytes]."""
_NO_DRIVER = "Could not find or load the NVIDIA CUDA driver"


def core_count() -> int:
    """Number of cores that this process may use; of all cores where the system does not report it."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def new_pages(size: int) -> mmap.mmap:
    """Returns `size` bytes of memory, zero, on huge pages where the system has them."""
    if not hasattr(mmap, "MAP_PRIVATE"):
        return mmap.mmap(-1, size)
    # Private, since Linux gives huge pages to shared memory only if the administrator has enabled it.
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE") and size >= 2 * HUGE_PAGE:
        with contextlib.suppress(OSError):  # A kernel without them.
            pages.madvise(mmap.MADV_HUGEPAGE)
    return pages


def lend_pages(pages: mmap.mmap) -> None:
    """Leaves unused memory to other programs until it is written again; nothing happens where the system has no such call."""
    if hasattr(mmap, "MADV_FREE"):
        with contextlib.suppress(OSError):
            pages.madvise(mmap.MADV_FREE)


def sync_file(path: Path) -> None:
    """Writes the contents of a file to the disk. It is opened for writing, as Windows requires."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Writes the names in a folder to the disk; Windows has no such call and does not need it."""
    if os.name != "posix":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[TextIO | None]:
    """Context with an open file that only one process at a time gets; None if another one has it.

    The lock ends with the process, however that ends. Windows has no such call: there every process gets the file.
    """
    with open(path, "a+", encoding="utf-8") as file:
        yield file if _is_first(file) else None


def _is_first(file: TextIO) -> bool:
    if os.name != "posix":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


@contextlib.contextmanager
def without_driver_warning() -> Iterator[None]:
    """Removes Warp's warning that there is no CUDA driver from the error stream of the process, which compiled code writes to.

    Everything else that is written to it meanwhile follows at the end.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as written:
        stream = os.dup(2)
        os.dup2(written.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stream, 2)
            os.close(stream)
            written.seek(0)
            kept = [line for line in written.read().decode(errors="replace").splitlines() if _NO_DRIVER not in line]
            if kept:
                print("\n".join(kept), file=sys.stderr)
