"""HDF5 files on a disk that may be full: HDF5 itself ends the process when it cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import h5py


@contextmanager
def hdf5_file(path: Path) -> Iterator[h5py.File]:
    """A new HDF5 file. Raises OSError at the end if not all of it could be written."""
    import h5py

    with open(path, "w+b", buffering=0) as opened:
        kept = _KeptError(opened)
        try:
            with h5py.File(kept, "w") as file:
                yield file
        except Exception:
            if kept.error is None:
                raise
    if kept.error is not None:
        raise kept.error


class _KeptError:
    """A file whose first error is kept for later; everything that is written afterwards is lost, and reads as zeros."""

    def __init__(self, file: FileIO):
        self._file = file
        self.error: OSError | None = None

    def write(self, data) -> int:
        left = memoryview(data).cast("B")
        size = len(left)
        while len(left) and self.error is None:
            try:
                left = left[self._file.write(left) :]
            except OSError as error:
                self.error = error
        return size

    def read(self, size: int) -> bytes:
        found = bytearray(size)
        self.readinto(found)
        return bytes(found)

    def readinto(self, buffer) -> int:
        target = memoryview(buffer).cast("B")
        found = self._file.readinto(target) or 0
        target[found:] = bytes(len(target) - found)
        return len(target)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()

    def truncate(self, size: int | None = None) -> int:
        try:
            return self._file.truncate(size)
        except OSError as error:
            self.error = self.error or error
            return size or 0

    def flush(self) -> None:
        """Nothing is buffered."""
