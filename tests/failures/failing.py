"""Failures of a process or of its disk at a random moment: a value for each kind."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOM = 64 << 20
"""Size of a disk that is not full [bytes]."""


class Failure(ABC):
    """What happens to a process that writes into a folder of a small disk."""

    codes: tuple[int, ...]
    """Exit codes of a process whose work was not complete by then; 0 is always one if it was."""

    def disk(self, folder: Path, draw: random.Random):
        """Context in which a folder is a disk of its own, if the failure needs one; it is whole and has room at the end."""
        return _no_disk(folder)

    @abstractmethod
    def happen(self, process: subprocess.Popen, folder: Path, draw: random.Random) -> None:
        """Lets it happen to a process, and the folder of its output, on the disk `folder.parent`."""

    def end(self, folder: Path) -> None:  # noqa: B027
        """Ends it once the process has ended, so that its files can be read, and others written. Most need nothing."""


@dataclass(frozen=True)
class Signalled(Failure):
    """A signal, such as SIGKILL, which a process cannot handle."""

    number: int
    codes: tuple[int, ...]

    def happen(self, process, folder, draw):
        process.send_signal(self.number)


@dataclass(frozen=True)
class Removed(Failure):
    """The folder is removed."""

    codes = (1, 2)

    def happen(self, process, folder, draw):
        shutil.rmtree(folder, ignore_errors=True)  # Files that are written meanwhile stay.


@dataclass(frozen=True)
class Full(Failure):
    """The disk has 200 kB to 5 MB from the start, or another file fills it at some moment."""

    codes = (1, 2)

    @contextmanager
    def disk(self, folder, draw):
        with _mounted(folder, draw.choice((ROOM, round(200e3 * 25.0 ** draw.random())))):
            yield

    def happen(self, process, folder, draw):
        free = shutil.disk_usage(folder.parent).free
        # The process may write meanwhile, so that there is less room than that, and the disk is full.
        with (folder.parent / "ballast").open("wb") as file, contextlib.suppress(OSError):
            os.posix_fallocate(file.fileno(), 0, max(free - draw.choice((0, 4096, 100_000)), 1))

    def end(self, folder):
        _mount("-o", f"remount,size={2 * ROOM}", folder.parent)


@dataclass(frozen=True)
class ReadOnly(Failure):
    """The disk becomes read-only."""

    codes = (1, 2)

    @contextmanager
    def disk(self, folder, draw):
        with _mounted(folder, ROOM):
            yield

    def happen(self, process, folder, draw):
        _mount("--bind", folder.parent, folder.parent)
        _mount("-o", "remount,bind,ro", folder.parent)

    def end(self, folder):
        if os.statvfs(folder.parent).f_flag & os.ST_RDONLY:  # The process may have ended before.
            subprocess.run(["umount", folder.parent], check=True)


FAILURES = {
    "killed": Signalled(signal.SIGKILL, (-signal.SIGKILL,)),
    "ended": Signalled(signal.SIGTERM, (128 + signal.SIGTERM,)),
    "full": Full(), "read-only": ReadOnly(), "removed": Removed(),
}


@contextmanager
def _no_disk(folder: Path) -> Iterator[None]:
    folder.mkdir()
    yield


@contextmanager
def _mounted(folder: Path, size: int) -> Iterator[None]:
    """A disk in memory. Skips the test where mounting is not permitted."""
    folder.mkdir()
    try:
        _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("mounting a disk is not permitted")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _mount(*arguments: object) -> None:
    subprocess.run(["mount", *map(str, arguments)], check=True, capture_output=True)
