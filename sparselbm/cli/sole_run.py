"""One run at a time in a folder of results."""

import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import OutputExistsError
from ..system import locked


@contextmanager
def sole_run(folder: Path) -> Iterator[None]:
    """Context in which no other run may use a folder of results. Raises OutputExistsError if one does.

    The lock stands in the system's folder for temporary files, so that the folder of results holds nothing else.
    """
    name = zlib.crc32(str(folder.resolve()).encode())
    place = Path(tempfile.gettempdir()) / f"sparselbm_{getattr(os, 'getuid', int)()}_{name:08x}.lock"
    with locked(place) as lock:
        if lock is None:
            number = place.read_text(encoding="utf-8").strip()
            raise OutputExistsError(
                f"process {number} is writing results into {folder}: wait until it ends, or choose another folder with --output"
            )
        with suppress(OSError):  # On a full disk the lock holds all the same.
            os.ftruncate(lock.fileno(), 0)
            os.write(lock.fileno(), str(os.getpid()).encode())
        yield
